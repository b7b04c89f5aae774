import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  action,
  actions,
  code,
  codeBlock,
  doc,
  fields,
  heading,
  image,
  link,
  list,
  mention,
  ordered,
  paragraph,
  progress,
  quote,
  right,
  table,
} from '../../../src/message/build.ts';
import type { Block } from '../../../src/message/document.ts';
import { SLACK_LIMITS } from '../../../transports/slack/limits.ts';
import { escapeText, typedText } from '../../../transports/slack/render/mrkdwn.ts';
import { renderMessages } from '../../../transports/slack/render/render.ts';
import { refusalOf } from '../../fakes/slack/refusal.ts';
import { rendered } from '../../fakes/slack/shown.ts';

const foreign = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('<!channel>', '<@U1>', '&lt;!here&gt;', '*bold* `x`', 'a\0b', '\ud83d', '', ' ', '\n', '👩‍👩‍👧‍👦', 'x'.repeat(5_000)),
);
const inline = fc.oneof(
  foreign,
  foreign.map((text) => code(text)),
  fc.tuple(foreign, foreign).map(([url, text]) => link(url, text)),
  fc.tuple(foreign, foreign).map(([id, name]) => mention(id, name)),
);
const content = fc.array(inline, { maxLength: 4 });
const block: fc.Arbitrary<Block> = fc.oneof(
  content.map((all) => paragraph(...all)),
  content.map((all) => heading(...all)),
  fc.array(content, { maxLength: 5 }).map((all) => list(all)),
  fc.array(content, { maxLength: 5 }).map((all) => ordered(all)),
  fc.array(fc.tuple(foreign, inline), { maxLength: 5 }).map((rows) => table(['a', right('b')], rows)),
  fc.array(fc.tuple(foreign, inline), { maxLength: 5 }).map((pairs) => fields(pairs)),
  foreign.map((text) => codeBlock(text)),
  foreign.map((text) => quote(text)),
  fc.tuple(foreign, fc.nat(200)).map(([label, done]) => progress(label, done, 100)),
  foreign.map((words) => image({ of: 'code', title: words, rows: [] }, words)),
  fc
    .array(fc.tuple(foreign, foreign, fc.constantFrom('plain' as const, 'primary' as const, 'danger' as const)), { maxLength: 30 })
    .map((all) => actions(...all.map(([label, command, style]) => action(label, command, style)))),
);

describe('a document', () => {
  it('becomes messages that Slack takes and that notify nobody, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), (blocks) => {
        for (const { text, blocks: shown } of renderMessages({ blocks })) {
          const json = shown as unknown as Record<string, unknown>[];
          expect(refusalOf(text, json)).toBeNull();
          expect(text.length).toBeLessThanOrEqual(SLACK_LIMITS.text);
          expect(rendered(text, json).notified).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('keeps to the number of blocks and splits the rest', () => {
    const many = doc(...Array.from({ length: 120 }, (_, index) => paragraph(`p${index}.`)));
    const messages = renderMessages(many);
    expect(messages.length).toBe(3);
    expect(messages.every(({ blocks }) => blocks.length <= SLACK_LIMITS.blocks)).toBe(true);
    const text = messages.map((one) => rendered(one.text, one.blocks as never).text).join('\n');
    expect(text.match(/p\d+\./g)).toEqual(Array.from({ length: 120 }, (_, index) => `p${index}.`));
  });

  it('has a heading as a header, or in bold where it is too long for one', () => {
    expect(renderMessages(doc(heading('Short')))[0]?.blocks[0]).toMatchObject({
      type: 'header',
      text: { type: 'plain_text', text: 'Short' },
    });
    expect(renderMessages(doc(heading('x'.repeat(151))))[0]?.blocks[0]?.type).toBe('rich_text');
  });

  it('has links that can be followed, and others as text', () => {
    const [message] = renderMessages(doc(paragraph(link('https://a.example/x', 'the run'), ' ', link('javascript:alert(1)', 'not this'))));
    expect(JSON.stringify(message?.blocks)).toContain('{"type":"link","url":"https://a.example/x","text":"the run"}');
    expect(JSON.stringify(message?.blocks)).not.toContain('"url":"javascript');
  });

  it('puts at most 25 buttons into a row, in the order given, each with an id of its own there', () => {
    const [message] = renderMessages(doc(actions(...Array.from({ length: 30 }, (_, index) => action(`b${index}`, `c ${index}`)))));
    expect(message?.blocks.map((one) => ('elements' in one ? one.elements.length : 0))).toEqual([25, 5]);
  });
});

it('escapes what begins and ends markup', () => {
  expect(escapeText('<!channel> & <@U1> &lt;')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt; &amp;lt;');
});

describe('typed text', () => {
  it('is what Slack was given, for any text without its markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typedText(escapeText(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['<https://a.example>', 'https://a.example'],
    ['<https://a.example|a.example>', 'a.example'],
    ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
    ['<#C1|general>', '#general'],
    ['<#C1>', '#C1'],
    ['<!subteam^S1|@team>', '@team'],
    ['<@U1|ada>', '<@U1>'],
    ['<@U1>', '<@U1>'],
    ['&lt;@U1&gt;', '<@U1>'],
    ['&amp;lt;', '&lt;'],
  ])('of %s is %s', (given, typed) => {
    expect(typedText(given)).toBe(typed);
  });
});
