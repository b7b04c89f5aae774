import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  code,
  codeBlock,
  doc,
  emphasis,
  heading,
  line,
  link,
  list,
  paragraph,
  quote,
  right,
  strong,
  table,
} from '../../../src/message/build.ts';
import type { Document } from '../../../src/message/document.ts';
import { rendered } from '../../../transports/discord/render/render.ts';
import { asRead, notifiedBy } from '../../fakes/discord/markdown.ts';

const content = (document: Document): string => rendered(document, () => 'c:x')[0]?.content ?? '';
const read = (document: Document): string => asRead(content(document), (id) => id);
/** What markdown is made of, in any order. */
const hostile = fc
  .array(
    fc.constantFrom(
      '*',
      '_',
      '`',
      '``',
      '```',
      '~',
      '|',
      '<',
      '>',
      '@everyone',
      '@',
      '#',
      '# ',
      '- ',
      '1. ',
      ':',
      '[',
      '](',
      ')',
      '\\',
      'a',
      'b ',
      ' ',
      '\n',
      'http://x.y',
      '<@1>',
      '<:a:1>',
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => `x${parts.join('')}x`);

describe('Discord’s markdown', () => {
  /** A text that is not shown as expected; null where there is none. */
  const wrong = (shown: (text: string) => string, expected: (text: string) => string = (text) => text): unknown =>
    fc.check(fc.property(hostile, (text) => shown(text) === expected(text))).counterexample;

  it('shows any text as it stands', () => {
    expect(wrong((text) => read(line(text)))).toBeNull();
    const styled = (text: string): string => read(doc(paragraph(strong(text), ' and ', emphasis(text))));
    expect(wrong(styled, (text) => `${text} and ${text}`)).toBeNull();
  });

  it('shows literal text as it stands, in a line and in a block', () => {
    const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ');
    const inLine = (text: string): string => spaced(read(line('is ', code(text), ' so')));
    expect(wrong(inLine, (text) => spaced(`is ${text} so`))).toBeNull();
    expect(wrong((text) => read(doc(codeBlock(text))).replaceAll('\u200b', ''))).toBeNull();
  });

  it('leaves no link that unfurls', () => {
    expect(content(line('see https://a.b/c'))).toBe(String.raw`see https\://a.b/c`);
    expect(content(line(link('https://a.b/c d>e', 'there')))).toBe('[there](<https://a.b/c%20d%3Ee>)');
    expect(content(line(link('https://a.b/c')))).toBe('<https://a.b/c>');
    expect(content(line(link('javascript:alert(1)', 'x')))).toBe(String.raw`x javascript\:alert\(1\)`);
  });

  it('renders what documents have', () => {
    const document = doc(
      heading('Board'),
      list(['one', ['two ', strong('bold')]]),
      table(['Item', right('Cost')], [['42', '1.20']]),
      quote('said\nso'),
    );
    expect(content(document)).toBe(
      ['### Board', '- one', '- two **bold**', '```', 'Item  Cost', '----  ----', '42    1.20', '```', '> said', '> so'].join('\n'),
    );
  });

  it('would notify without what every message carries', () => {
    expect(notifiedBy('@everyone <@123>', undefined)).toEqual(['everyone', '123']);
    expect(notifiedBy('@everyone <@123>', { parse: [] })).toEqual([]);
  });
});
