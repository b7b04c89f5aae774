import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/bot/command-table.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { problemDocument } from '../../src/words/bot/problem-document.ts';
import { plainText } from '../../src/message/plain.ts';
import { sampleCommands, sampleContext, sampleTable } from './sample-commands.ts';
import type { ParseProblem } from '../../src/words/bot/parse-problem.ts';

const parse = (source: string) => parseCommand(source, sampleTable, sampleContext);
const args = (source: string): Record<string, unknown> => {
  const parsed = parse(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.error.message}`);
  return { ...parsed.value.args };
};
const problem = (source: string): ParseProblem => {
  const parsed = parse(source);
  if (parsed.ok) throw new Error(`${source} was understood.`);
  return parsed.error;
};
/** The part of the text that a problem points at. */
const pointed = (source: string): string => {
  const { offset, length } = problem(source);
  return source.slice(offset, offset + length);
};
const demo = (number: number) => ({ project: 'demo', number });

describe('parseCommand', () => {
  it('finds a command by its words and aliases in any case', () => {
    expect(args('SHOW 42')).toEqual({ item: demo(42) });
    expect(args('view #42')).toEqual({ item: demo(42) });
  });

  it('prefers the longest name', () => {
    const parsed = parse('timer list');
    expect(parsed.ok && parsed.value.command.words).toEqual(['timer', 'list']);
    expect(problem('timer lost')).toMatchObject({ code: 'extra-argument' });
  });

  it.each(['constructor', '__proto__', 'toString 42', 'hasOwnProperty'])('knows no command %s', (source) => {
    expect(problem(source)).toMatchObject({ code: 'unknown-command', near: [] });
  });

  it('names an item of another project, in any case', () => {
    expect(args('show Shop#3')).toEqual({ item: { project: 'shop', number: 3 } });
  });

  it('points at an unknown project and names the nearest', () => {
    expect(problem('show shpo#3')).toMatchObject({ code: 'bad-argument', argument: 'item', near: ['shop#3'] });
    expect(pointed('show shpo#3')).toBe('shpo#3');
  });

  it.each(['0', '-1', '4.2', '1e3', '99999999999999999999', 'x', '#', 'demo#', '４２', '42;'])('takes %s for no item', (typed) => {
    expect(problem(`show ${typed}`)).toMatchObject({ code: 'bad-argument', argument: 'item' });
    expect(pointed(`show ${typed}`)).toBe(typed);
  });

  it('reads items apart by spaces and commas, each once', () => {
    expect(args('depends 42 on 40,41, shop#3 40')).toEqual({
      item: demo(42),
      on: true,
      others: [demo(40), demo(41), { project: 'shop', number: 3 }],
    });
  });

  it('takes 50 items at once and no more', () => {
    const numbers = Array.from({ length: 51 }, (_, index) => index + 1);
    expect(args(`depends 99 on ${numbers.slice(0, 50).join(' ')}`)['others']).toHaveLength(50);
    expect(problem(`depends 99 on ${numbers.join(',')}`).message).toContain('50');
  });

  it('asks for the argument that is missing, at the end of the text', () => {
    expect(problem('depends 42')).toMatchObject({ code: 'missing-argument', argument: 'on', offset: 10, length: 0 });
    expect(problem('show')).toMatchObject({ code: 'missing-argument', argument: 'item' });
  });

  it('points at a word too many', () => {
    expect(problem('show 42 43').code).toBe('extra-argument');
    expect(pointed('show 42 43 44')).toBe('43');
  });

  it('gives null for what was left out, and skips an optional argument in the middle that does not fit', () => {
    expect(args('logs 42')).toEqual({ item: demo(42), lines: null });
    expect(args('note three things')).toEqual({ count: null, quiet: false, text: 'three things' });
    expect(args('note 3 things')).toEqual({ count: 3, quiet: false, text: 'things' });
  });

  it('holds an integer against its range', () => {
    expect(args('logs 42 1000')['lines']).toBe(1000);
    expect(problem('logs 42 1001').message).toBe('“1001” is not a whole number from 1 to 1000.');
  });

  it('reads one of two kinds of argument, also one of several words', () => {
    expect(args('cost 42')).toEqual({ of: demo(42) });
    expect(args('cost BY  agent')).toEqual({ of: 'by agent' });
    expect(args('cost')).toEqual({ of: null });
    expect(problem('cost by').code).toBe('bad-argument');
  });

  it.each(['delete --purge 42', 'delete 42 --purge', 'delete 42 —purge', 'delete 42 –PURGE'])('takes a flag anywhere: %s', (source) => {
    expect(args(source)).toEqual({ item: demo(42), purge: true, force: false });
  });

  it('points at an unknown flag and names the nearest', () => {
    expect(problem('delete 42 --prge')).toMatchObject({ code: 'extra-argument', near: ['--purge'] });
    expect(pointed('delete 42 --prge')).toBe('--prge');
  });

  it('keeps a text as it was typed, with its quotes, dashes and line breaks', () => {
    const reason = '"open quote\n\n  --purge it — don\'t “ask”  twice';
    expect(args(`reject 42   ${reason}  \n`)).toEqual({ item: demo(42), reason });
  });

  it('takes known flags before a text and leaves others in it', () => {
    expect(args('note --quiet --loud text')).toEqual({ count: null, quiet: true, text: '--loud text' });
    expect(args('note text --quiet')).toEqual({ count: null, quiet: false, text: 'text --quiet' });
  });

  it.each([
    ['create bug Fix it', 'Fix it', ''],
    ['create bug Fix it -- it breaks\n- [ ] works', 'Fix it', 'it breaks\n- [ ] works'],
    ['create bug Fix it — it breaks', 'Fix it', 'it breaks'],
    ['create bug Fix — really — it -- why', 'Fix — really — it', 'why'],
    ['create bug Fix it\nwhy -- because', 'Fix it', 'why -- because'],
    ['create bug “Fix -- it” -- why', 'Fix -- it', 'why'],
    ['create bug "Fix" the "login"', '"Fix" the "login"', ''],
    ['create bug re-do the--thing', 're-do the--thing', ''],
    ['create bug Fix it --', 'Fix it', ''],
    ['create bug Fix it\r\nwhy', 'Fix it', 'why'],
  ])('cuts %j into title and description', (source, title, body) => {
    expect(args(source)['title']).toMatchObject({ title, body });
  });

  it('wants a title before a description, and not one of a page', () => {
    expect(problem('create bug -- why')).toMatchObject({ code: 'bad-argument', argument: 'title' });
    expect(problem(`create bug ${'x'.repeat(201)}`).message).toContain('201 characters');
  });

  it('points at a quote that is never closed', () => {
    expect(problem('assign 42 "coder-1')).toMatchObject({ code: 'bad-argument', argument: 'agent', offset: 10, length: 1 });
  });

  it('names agents that are known, and the nearest to one that is not', () => {
    expect(args('assign 42 QA')['agent']).toBe('qa');
    expect(problem('assign 42 coder2')).toMatchObject({ near: ['coder-2'] });
  });

  it('suggests only commands that the sender may use', () => {
    const viewer = parseCommand('delet 42', sampleTable, sampleContext, (command) => command.role === 'viewer');
    expect(viewer.ok).toBe(false);
    expect(!viewer.ok && viewer.error.near).toEqual([]);
    expect(problem('delet 42').near).toEqual(['delete']);
    expect(problem('timer lst').near).toEqual([]);
    expect(problem('tmer list').near).toEqual(['timer list', 'timer']);
  });

  it('tells an empty text', () => {
    for (const source of ['', ' \n\t']) expect(problem(source).code).toBe('empty');
  });

  it('refuses a list in which two commands share a name', () => {
    expect(() => commandTable([...sampleCommands, ...sampleCommands.slice(0, 1)])).toThrow('Two commands are called “help”.');
  });
});

describe('punctuation after a command', () => {
  it('is forgiven, and a question mark only where nothing is changed', () => {
    const found = (source: string): string | undefined => {
      const parsed = parse(source);
      return parsed.ok ? parsed.value.command.words.join(' ') : undefined;
    };
    const viewer = sampleTable.commands.find(({ role, words }) => role === 'viewer' && words[0] === 'help');
    expect(viewer).toBeDefined();
    expect(found('Help?')).toBe('help');
    expect(found('HELP!')).toBe('help');
    expect(found('Status.')).toBe('status');
    const steering = sampleTable.commands.filter(({ role }) => role !== 'viewer');
    expect(steering.length).toBeGreaterThan(0);
    expect(steering.filter(({ words }) => found(`${words.join(' ')}?`) !== undefined)).toEqual([]);
  });
});

describe('problemDocument', () => {
  const shown = (source: string): string => plainText(problemDocument(problem(source)), { width: 80 });

  it('says what happened, points at the word, and says what to do next', () => {
    const lines = shown('show  42x').split('\n');
    expect(lines[0]).toContain('“42x”');
    expect(lines.slice(-6)).toEqual([
      '    show  42x',
      '          ^^^',
      '',
      'Usage  show <item>',
      '',
      expect.stringContaining('`help show`'),
    ]);
  });

  it('points at the right column after wide characters and on a later line', () => {
    const lines = shown('depends 42\non 漢字 x').split('\n');
    expect(lines[lines.indexOf('    on 漢字 x') + 1]).toBe('       ^^^^');
  });

  it('asks whether a command was meant', () => {
    expect(shown('shwo 42')).toContain('Did you mean `show`?');
  });

  it('shows only the part around the place of a long line, cut visibly', () => {
    const lines = shown(`show ${'x'.repeat(500)}`).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    expect(lines.find((line) => line.includes('show xxx'))).toMatch(/x…$/);
  });
});

/** Pieces that parsers trip over, put together at random with plain and binary text. */
const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 6,
    arbitrary: fc
      .array(
        fc.constantFrom(
          ...sampleCommands.map(({ words }) => words.join(' ')),
          '42',
          '#',
          'shop#',
          '--purge',
          '--',
          '—',
          '–quiet',
          '"',
          "'",
          '“',
          '”',
          '‘',
          '\\',
          ',',
          '\n',
          '\r',
          ' ',
          '\u0000',
          '\ud800',
          '\udfff',
          '\u202e',
          '\u2066',
          '\u200d',
          '\ufeff',
          '{{',
          '${',
          '(a+)+$',
          '.*',
          '__proto__',
          'constructor',
          '1e999',
          '-5',
          'on',
          'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
          '- [ ] x',
          '```',
          '99999999999999999999',
          '٤٢',
          '👩‍👩‍👧‍👦',
        ),
        { maxLength: 12 },
      )
      .chain((parts) => fc.constantFrom(' ', '', '  ').map((between) => parts.join(between))),
  },
);

describe('hostile text', () => {
  it('100,000 of them give a command or a typed problem that points into the text, and never throw', { timeout: 300_000 }, () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(hostile, (source) => {
        const parsed = parse(source);
        if (parsed.ok) {
          codes.add('ok');
          return;
        }
        const { code, offset, length } = parsed.error;
        codes.add(code);
        if (offset < 0 || length < 0 || offset + length > source.length) throw new Error(`${code} points outside: ${offset}+${length}`);
      }),
      { numRuns: 100_000 },
    );
    // That the generator reaches every way out is part of the test.
    expect([...codes].sort()).toEqual(['bad-argument', 'empty', 'extra-argument', 'missing-argument', 'ok', 'unknown-command']);
  });

  it('renders every problem without control characters', () => {
    fc.assert(
      fc.property(hostile, (source) => {
        const parsed = parse(source);
        if (parsed.ok) return;
        expect(plainText(problemDocument(parsed.error), { width: 80 })).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
      }),
      { numRuns: 3000 },
    );
  });

  const million = 1_000_000;
  it.each([
    ['one word', 'x'.repeat(million)],
    ['spaces', ' '.repeat(million)],
    ['spaces and a word', `${' '.repeat(million)}x`],
    ['single letters', 'x '.repeat(million / 2)],
    ['quotes that open', '“ '.repeat(million / 2)],
    ['straight quotes', '"'.repeat(million)],
    ['quotes in words', `show "${'a"'.repeat(million / 2)}`],
    ['a long text', `reject 42 ${'y \n'.repeat(million / 3)}`],
    ['a long title', `create bug ${'a -'.repeat(million / 3)}`],
    ['dashes', `create bug ${' --'.repeat(million / 3)}`],
    ['flags', `delete 42 ${'--purge '.repeat(million / 8)}`],
    ['unknown flags', `delete 42 ${'--p'.repeat(million / 3)}`],
    ['commas', `depends 42 on ${','.repeat(million)}`],
    ['numbers', `show ${'4'.repeat(million)}`],
    ['hashes', `show ${'#'.repeat(million)}`],
    ['NULs', '\u0000'.repeat(million)],
    ['lone surrogates', '\ud800'.repeat(million)],
    ['combining marks', `show a${'\u0301'.repeat(million)}`],
  ])('reads 1 MB of %s, and says little of it', (_, source) => {
    // How fast is the bench's to say; what grows with the square of the length would not come back in the time of a test.
    const parsed = parse(source);
    const shown = parsed.ok ? '' : plainText(problemDocument(parsed.error), { width: 80 });
    expect(shown.length).toBeLessThan(1500);
  });
});
