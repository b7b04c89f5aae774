import { expect, it } from 'vitest';
import { notices, type Sent } from '../../scripts/corpus/notices.ts';
import { repliesSent } from '../../scripts/corpus/replies.ts';
import { onPhone, PHONE_COLUMNS } from '../../src/message/phone.ts';
import { plainText } from '../../src/message/plain.ts';
import { displayWidth } from '../../src/message/width.ts';
import { rendered } from '../../transports/discord/render/render.ts';
import { messageContent, partsOf } from '../../transports/matrix/sending/content.ts';
import { renderMessages } from '../../transports/slack/render/render.ts';

/** What agents, people and git wrote is shown as it is, however wide. */
const VERBATIM = /^reply to (?:diff|logs|dump|snapshots \d+ \d|show|requests)|^notice request/;

const lines = (text: string): string[] => text.split('\n');

/** The lines of a document that a network shows in a fixed-width font, so that a phone can't break them well. */
const FIXED: { readonly [network: string]: (sent: Sent) => string[] } = {
  Slack: ({ body }) =>
    renderMessages(body).flatMap(({ blocks }) =>
      blocks.flatMap((block) =>
        block.type === 'rich_text'
          ? block.elements.flatMap((part) =>
              part.type === 'rich_text_preformatted' ? part.elements.flatMap((one) => ('text' in one ? lines(one.text ?? '') : [])) : [],
            )
          : [],
      ),
    ),
  Discord: ({ body }) =>
    rendered(body, () => 'c:x').flatMap(({ content }) =>
      Array.from(content.matchAll(/```[a-z]*\n(.*?)\n```/gs), ([, text = '']) => lines(text)).flat(),
    ),
  Matrix: ({ body }) =>
    partsOf(body).flatMap((part) => {
      const html = String(messageContent(part, 'key', null)['formatted_body']);
      return Array.from(html.matchAll(/<pre><code[^>]*>(.*?)<\/code><\/pre>|(<table>)/gs), ([, text = '', drawn = '']) =>
        drawn === '' ? lines(text) : ['x'.repeat(PHONE_COLUMNS + 1)],
      ).flat();
    }),
  terminal: ({ body }) =>
    lines(plainText({ blocks: onPhone(body, 0).blocks.filter(({ kind }) => kind !== 'code') }, { width: PHONE_COLUMNS })),
};

it('nothing that Musher lays out itself is wider than a phone, in any network', async () => {
  const sent = [...notices(), ...(await repliesSent())].filter(({ of }) => !VERBATIM.test(of));
  const wide = Object.entries(FIXED).flatMap(([network, fixed]) =>
    sent.flatMap((one) =>
      fixed(one)
        .filter((line) => displayWidth(line) > PHONE_COLUMNS)
        .map((line) => `${network}, ${one.of}: ${line}`),
    ),
  );
  expect(wide).toEqual([]);
  expect(sent.length).toBeGreaterThan(300);
}, 120_000);
