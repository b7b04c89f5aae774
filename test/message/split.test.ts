import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, action, codeBlock, doc, fields, heading, link, list, paragraph, quote, strong, table } from '../../src/message/build.ts';
import type { Block, Document, Inline } from '../../src/message/document.ts';
import { textSize, type TextUnit } from '../../src/message/measure.ts';
import { plainText } from '../../src/message/plain.ts';
import { clampText, splitDocument } from '../../src/message/split.ts';

const unit = fc.constantFrom<TextUnit>('utf16', 'bytes');
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom('word ', 'line\n', '👩‍👩‍👧‍👦', 'é', '漢字', '\u202e', 'x'.repeat(70)), { maxLength: 60 }).map((all) => all.join('')),
);

describe('clampText', () => {
  it('stays within the limit and says how much it left out', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 100, max: 200 }), unit, (text, limit, counted) => {
        const clamped = clampText(text, limit, counted);
        expect(textSize(clamped, counted)).toBeLessThanOrEqual(limit);
        const cut = clamped === text ? text.length : clamped.lastIndexOf('…');
        const left = clamped === text ? 0 : Number(/… \[(\d+) characters left out\]$/.exec(clamped)?.[1]);
        expect(text.startsWith(clamped.slice(0, cut))).toBe(true);
        expect(left + cut).toBe(text.length);
      }),
    );
  });
});

const inline: fc.Arbitrary<Inline> = fc.oneof(
  anyText.map((text): Inline => ({ kind: 'text', text })),
  anyText.map((text): Inline => ({ kind: 'strong', text })),
  anyText.map((text): Inline => ({ kind: 'command', text })),
  anyText.map((text): Inline => ({ kind: 'link', url: `https://example.org/${encodeURIComponent(text.toWellFormed())}`, text })),
);
const content = fc.array(inline, { maxLength: 4 });
const block: fc.Arbitrary<Block> = fc.oneof(
  content.map((all): Block => ({ kind: 'paragraph', content: all })),
  fc.array(content, { minLength: 1, maxLength: 6 }).map((items): Block => ({ kind: 'list', ordered: false, items })),
  fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 6 }).map((rows): Block => ({
    kind: 'table',
    columns: [
      { title: 'A', align: 'left' },
      { title: 'B', align: 'right' },
    ],
    rows,
  })),
  fc.array(fc.tuple(anyText, content), { minLength: 1, maxLength: 4 }).map((all): Block => fields(all)),
  anyText.map((text) => codeBlock(text)),
  anyText.map((text) => quote(text)),
  anyText.map((text) => actions(action('Do it', text))),
);

/** The size that a network without any markup counts. */
function size(document: Document): number {
  return textSize(plainText(document, { width: 4000 }), 'bytes');
}

describe('splitDocument', () => {
  it('gives parts that all fit, and leaves no letter out', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), fc.integer({ min: 160, max: 600 }), (blocks, limit) => {
        const parts = splitDocument({ blocks }, (part) => size(part) <= limit);
        for (const part of parts) expect(size(part)).toBeLessThanOrEqual(limit);
        const letters = (documents: readonly Document[]): number =>
          documents
            .map((document) => plainText(document, { width: 4000 }).replaceAll(/\(part \d+ of \d+\)/g, ''))
            .join('')
            .replaceAll(/[^\p{L}]/gu, '').length;
        // Table heads and field names may be repeated; nothing may be missing.
        expect(letters(parts)).toBeGreaterThanOrEqual(
          letters([{ blocks: blocks.filter(({ kind }) => kind !== 'table' && kind !== 'actions') }]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('writes a field out whose name leaves no room for the widest letter of its value', () => {
    const blocks = [fields([['word '.repeat(21), [{ kind: 'strong', text: `${'x'.repeat(50)}\u202e` }]]]), fields([['', []]])];
    for (let limit = 120; limit < 320; limit++)
      for (const part of splitDocument({ blocks }, (one) => size(one) <= limit)) expect(size(part)).toBeLessThanOrEqual(limit);
  });

  it('leaves a document that fits as it is, without a mark', () => {
    const document = doc(paragraph('short'));
    expect(splitDocument(document, () => true)).toEqual([document]);
  });

  it('gives the lines of a long code block back in order, each part a code block of its own', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    const parts = splitDocument(doc(codeBlock(lines.join('\n'), 'text')), (part) => size(part) <= 200);
    expect(parts.length).toBeGreaterThan(2);
    const codes = parts.map(({ blocks }) => blocks[0]);
    expect(codes.every((one) => one?.kind === 'code' && one.language === 'text')).toBe(true);
    expect(codes.map((one) => (one?.kind === 'code' ? one.text : '')).join('\n')).toBe(lines.join('\n'));
  });

  it('repeats the head of a table in every part and keeps each row once', () => {
    const rows = Array.from({ length: 30 }, (_, index) => [`row ${index}`, 'x']);
    const parts = splitDocument(doc(table(['Name', 'Value'], rows)), (part) => size(part) <= 200);
    const tables = parts.flatMap(({ blocks }) => blocks.filter((one) => one.kind === 'table'));
    expect(tables).toHaveLength(parts.length);
    expect(tables.flatMap((one) => one.rows).map((row) => row[0]?.[0])).toEqual(rows.map(([name]) => ({ kind: 'text', text: name })));
  });

  it('says on every part which one it is', () => {
    const parts = splitDocument(doc(paragraph('word '.repeat(100))), (part) => size(part) <= 200);
    parts.forEach((part, index) => expect(plainText(part, { width: 80 })).toContain(`(part ${index + 1} of ${parts.length})`));
  });

  it('keeps a heading with what it heads', () => {
    const parts = splitDocument(doc(paragraph('a'.repeat(100)), heading('Head'), paragraph('b'.repeat(120))), (part) => size(part) <= 200);
    expect(parts[1]?.blocks[0]).toEqual(heading('Head'));
  });

  it('cuts at a limit so small that not even one word fits, and ends', () => {
    const parts = splitDocument(
      doc(paragraph(strong('abc'), link('https://example.org/long')), list(['one', 'two'])),
      (part) => size(part) <= 25,
    );
    expect(parts.map((part) => plainText(part, { width: 80 })).join('')).toContain('a');
  });
});
