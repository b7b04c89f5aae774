import { expect, it } from 'vitest';
import { notices } from '../../scripts/corpus/notices.ts';
import { repliesSent } from '../../scripts/corpus/replies.ts';
import { line, phrase } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { moment } from '../../src/words/time.ts';
import { rendered } from '../../transports/discord/render/render.ts';
import { documentHtml } from '../../transports/matrix/sending/html.ts';
import { renderMessages } from '../../transports/slack/render/render.ts';

const NOW = Date.UTC(2026, 10, 21, 13, 5);
const at = (when: number) => line(...phrase`Since ${moment(when, NOW, 'Europe/Berlin')}, of course.`);

it('shows a time in the zone of whoever reads it, where the network can, and in words otherwise', () => {
  const today = at(NOW);
  const before = at(NOW - 86_400_000);
  const seconds = NOW / 1000;
  expect(plainText(today, { width: 80 })).toBe('Since 14:05, of course.');
  expect(plainText(before, { width: 80 })).toBe('Since 2026-11-20 14:05, of course.');
  expect(documentHtml(today)).toBe('<p>Since 14:05, of course.</p>');
  expect(rendered(today, () => '')[0]?.content).toBe(`Since <t:${seconds}:t>, of course.`);
  expect(rendered(before, () => '')[0]?.content).toBe(`Since <t:${seconds - 86_400}:f>, of course.`);
  const [slack] = renderMessages(today);
  expect(slack?.text).toBe('Since 14:05, of course.');
  expect(slack?.blocks[0]).toMatchObject({
    elements: [
      {
        elements: [{ text: 'Since ' }, { type: 'date', timestamp: seconds, format: '{time}', fallback: '14:05' }, { text: ', of course.' }],
      },
    ],
  });
});

/** What people and agents wrote, what is to be typed, and when a day or quiet hours end on the clock of the configuration. */
const TYPED = /^reply to (?:help|logs|diff|dump|timer|every|create|subscribe|rooms|show)/;

it('no text has a time of day as mere letters', async () => {
  const written = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if ('kind' in value && (value.kind === 'code' || value.kind === 'command' || value.kind === 'time')) return [];
    const own = 'text' in value && typeof value.text === 'string' ? [value.text] : [];
    return [...own, ...Object.values(value).flatMap(written)];
  };
  const sent = [...notices(), ...(await repliesSent())].filter(({ of }) => !TYPED.test(of));
  const found = sent.flatMap(({ of, body }) =>
    written(body)
      .filter((text) => /\b\d{1,2}:\d{2}\b|\[object/.test(text))
      .map((text) => `${of}: ${text}`),
  );
  expect(found).toEqual([]);
}, 120_000);
