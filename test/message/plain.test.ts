import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  action,
  actions,
  code,
  codeBlock,
  command,
  doc,
  fields,
  heading,
  image,
  join,
  line,
  link,
  list,
  mention,
  ordered,
  paragraph,
  progress,
  quote,
  right,
  strong,
  table,
} from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { displayWidth } from '../../src/message/width.ts';

const plain = (block: Block, width = 60): string => plainText(doc(block), { width });

describe('plainText', () => {
  it('wraps a paragraph at white space and keeps its line breaks and indents', () => {
    expect(plain(paragraph('one two three four\n  five'), 9)).toBe('one two\nthree\nfour\n  five');
  });

  it('breaks a word only where it is wider than the line', () => {
    expect(plain(paragraph('ab ', 'x'.repeat(12)), 5)).toBe('ab\nxxxxx\nxxxxx\nxx');
  });

  it('does not break between a word and what is glued to it', () => {
    expect(plain(paragraph('aaaa ', strong('bbb'), ', c'), 8)).toBe('aaaa\nbbb, c');
  });

  it('aligns a table by what is seen, not by the length of strings', () => {
    const block = table(
      ['Item', right('Cost')],
      [
        ['漢字', '1'],
        ['👩‍👩‍👧‍👦', '10'],
        ['e\u0301te\u0301', '100'],
      ],
    );
    expect(plain(block).split('\n')).toEqual(['Item  Cost', '----  ----', '漢字     1', '👩‍👩‍👧‍👦      10', 'e\u0301te\u0301    100']);
  });

  it('breaks no word of a table while another column has spaces to wrap at, and narrows equal columns alike', () => {
    const id = 'discord:1573640799629869586';
    const told = 'everything, each item in a thread of its own';
    const rooms = plain(table(['Room', 'Told', 'Network'], [[`${id} (here)`, told, 'online']]), 64);
    expect(rooms).toContain(id);
    expect(Math.max(...rooms.split('\n').map((one) => one.length))).toBeLessThanOrEqual(64);
    const [head] = plain(table(['First', 'Second'], [['abcd '.repeat(9), 'abcd '.repeat(9)]]), 42).split('\n');
    expect(head?.indexOf('Second')).toBe(22);
  });

  it('wraps the cells of a table that is too wide, and cuts nothing', () => {
    const text = plain(table(['No', 'Title'], [['42', 'a title of many words that needs room']]), 24);
    expect(text.split('\n')).toEqual(['No  Title', '--  --------------------', '42  a title of many', '    words that needs', '    room']);
  });

  it('makes a list of a table whose words would have to be broken', () => {
    const rows = [['3', 'discord:1573640799629869586', '', 'online']];
    expect(plain(table(['Run', 'Room', 'Quiet', 'State'], rows), 32)).toBe(
      '- Run 3 · Room:\n  discord:1573640799629869586 ·\n  State: online',
    );
  });

  it('hangs the lines of a list under its mark', () => {
    expect(plain(list(['one two three']), 9)).toBe('- one two\n  three');
    expect(plain(ordered(['a', ['b ', code('c')], [command('start 1')]]))).toBe('1. a\n2. b `c`\n3. `start 1`');
  });

  it('aligns fields and leaves out those without a value', () => {
    expect(
      plain(
        fields([
          ['Stage', 'qa'],
          ['Why', null],
          ['Assigned', code('coder-1')],
        ]),
      ),
    ).toBe('Stage     qa\nAssigned  coder-1');
  });

  it('indents code and never wraps it', () => {
    expect(plain(codeBlock('a\n\n\tb'), 5)).toBe('    a\n\n        b');
  });

  it('draws a progress bar of any share, without a division by zero', () => {
    expect(plain(progress('slots', 1, 4))).toBe('slots [#####---------------] 1/4 (25 %)');
    expect(plain(progress('', 0, 0))).toBe('[--------------------] 0/0 (0 %)');
    expect(plain(progress('over', 9, 3))).toContain('(100 %)');
  });

  it('shows actions as what to type', () => {
    expect(plain(actions(action('Approve', 'approve 42'), action('Reject', 'reject 42 reason', 'danger')))).toBe(
      'type: approve 42  (Approve)\ntype: reject 42 reason  (Reject)',
    );
  });

  it('shows links, mentions and quotes in words, and no pictures', () => {
    expect(plain(paragraph(link('https://example.org', 'docs'), ' ', link('https://example.org'), ' ', mention('U1', 'Ada')))).toBe(
      'docs <https://example.org> https://example.org @Ada',
    );
    expect(plain(quote('a\nb'))).toBe('> a\n> b');
    // The text beside a picture says the same.
    expect(plainText(doc(paragraph('the board'), image({ of: 'code', title: '', rows: [] }, 'the board')), { width: 60 })).toBe(
      'the board',
    );
  });

  it('sets blocks apart by a blank line, but not under a heading', () => {
    expect(plainText(join(doc(heading('Board'), paragraph('a')), line('b')), { width: 60 })).toBe('Board\na\n\nb');
  });

  it('paints only where it is asked to, and the text is the same without', () => {
    const document = doc(heading('Board'), paragraph('a ', strong('b'), ' ', code('c')), table(['x'], [[strong('y')]]));
    const painted = plainText(document, { width: 40, paint: (text, look) => `<${look}>${text}</>` });
    expect(painted).toContain('<strong>Board</>');
    expect(painted.replaceAll(/<\/?[a-z]*>/g, '')).toBe(plainText(document, { width: 40 }));
  });

  it('keeps every line of wrapped blocks within the width, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 12, max: 60 }), (text, width) => {
        for (const block of [paragraph(text), list([text]), quote(text), fields([['Name', text]])]) {
          for (const shown of plain(block, width).split('\n')) expect(displayWidth(shown)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('lets no control character through, wherever the text stands', () => {
    const bad = '\u001b[31m\u0007\u009b\u0000\r\u202e\ud800';
    const text = plainText(
      doc(
        heading(bad),
        paragraph(bad, strong(bad), code(bad), command(bad), link(bad, bad), mention(bad, bad)),
        list([bad]),
        table([bad], [[bad]]),
        fields([[bad, bad]]),
        codeBlock(bad),
        quote(bad),
        progress(bad, 1, 2),
        actions(action(bad, bad)),
        image({ of: 'code', title: bad, rows: [bad] }, bad),
      ),
      { width: 80 },
    );
    expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
    expect(text.isWellFormed()).toBe(true);
  });

  it('renders a megabyte in a moment', () => {
    // Of its own: others may use the machine at the same time.
    const before = process.cpuUsage();
    plainText(doc(paragraph('word '.repeat(200_000)), codeBlock('漢字\n'.repeat(50_000))), { width: 80 });
    const { user } = process.cpuUsage(before);
    expect(user / 1_000).toBeLessThan(3000);
  });
});
