import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { commandText } from '../../src/bot/loop/address.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { answerIn } from '../../src/bot/loop/confirm.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { problemDocument } from '../../src/words/bot/problem-document.ts';
import { INGRESS_KINDS } from '../../src/message/address.ts';
import { plainText } from '../../src/message/plain.ts';

const MEGABYTE = 2 ** 20;
const ROOT = join(import.meta.dirname, '../..');

describe('11. A text of any length and kind', () => {
  const table = commandTable(COMMANDS);
  const rules = { botNames: ['musher'], botIds: ['U0123', '@musher:example.org'], prefix: '!' };
  const fills = [
    'a',
    ' ',
    '\n',
    '"',
    '“',
    "'",
    '-',
    '--a ',
    '\\',
    '#',
    '1,',
    '<@',
    '@',
    '!',
    '\u0000',
    '\ud800',
    '\u202e',
    '\u0301',
    '👩‍👩‍👧‍👦',
    '(a+)+$',
  ];

  it.each(fills.map((fill) => [fill]))('a megabyte of %j is a command or a typed problem, over every kind of ingress', (fill) => {
    const whole = fill.repeat(Math.ceil(MEGABYTE / fill.length));
    for (const text of [whole, `musher: show ${whole}`, `!create story x ${whole}`, `<@U0123> depends 1 on ${whole}`]) {
      const ways = INGRESS_KINDS.map((ingress) => commandText(text, { ...rules, ingress }));
      // Most kinds find the same command in it.
      for (const command of new Set(ways.flatMap((way) => (way.addressed ? [way.command] : [])))) {
        expect(answerIn(command)).toBeNull();
        const parsed = parseCommand(command, table, { currentProject: 'shop', projects: ['shop'] });
        const shown = parsed.ok ? '' : plainText(problemDocument(parsed.error), { width: 80 });
        // What is said of it is short, whatever it was.
        expect(shown.length).toBeLessThan(2_000);
      }
    }
  });
});

describe('13. Between a person’s words and a process', () => {
  const sources = ['src', 'transports', 'commands'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(join(ROOT, folder, file), 'utf8') })),
  );
  const having = (pattern: RegExp): string[] =>
    sources
      .filter(({ text }) => pattern.test(text))
      .map(({ path }) => path)
      .toSorted();

  it('no shell is asked for by an option, or by a function that takes a line', () => {
    expect(
      having(
        /\bshell:\s*(?!false)|\bexecSync\(|\bexecaCommand|\bchild_process'\)\.exec\b|import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'/,
      ),
    ).toEqual([]);
  });

  it('Musher starts programs in these places alone, with lists of arguments', () => {
    expect(having(/^\s*(?:const \w+ = |return |await )*.*['"]\/bin\/sh['"]/m).filter((path) => path !== 'src/config/schema.ts')).toEqual([
      // A wrapper of our own text, whose arguments are the program's.
      'src/agents/process/start.ts',
      // Whether a program is there, inside the sandbox: its path is an argument.
      'src/agents/supervision/sandboxed.ts',
      // The commands of the project file, which only its owner writes.
      'src/engine/shell.ts',
      // Brings the owner's checkout along when they ask for it; its folder and branch are quoted words.
      'src/git/base/catch-up.ts',
      // A limit on what git may write, and git in a sandbox as arguments.
      'src/git/boxed/collect.ts',
      // Bounds of memory and computing time, and git as arguments.
      'src/git/run.ts',
      // A loop of our own text: what git is given is data that it reads.
      'src/git/shell/git-shell.ts',
      // The attacker of the sandbox's trial, inside it.
      'src/sandbox/attack.ts',
      // bwrap as arguments, deaf to a polite end.
      'src/sandbox/guard.ts',
    ]);
  });
});
