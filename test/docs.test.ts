import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../commands/index.ts';
import { SUBCOMMANDS } from '../src/cli/subcommands.ts';
import { ERROR_CODES } from '../src/errors.ts';

/** The documents against the code: what they name must be there, and what people meet must be named. */

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((name) => name !== '' && statSync(join(root, name), { throwIfNoEntry: false })?.isFile() === true);
const documents = files.filter((name) => name.endsWith('.md') && !name.startsWith('demo/repository/'));
const code = files.filter((name) => /^(?:src|bin|demo|commands|transports)\/.*\.[jt]s$/.test(name));

/** Every match of the pattern's first group, with where it stands. */
const allIn = (names: readonly string[], pattern: RegExp): { name: string; found: string }[] =>
  names.flatMap((name) => [...read(name).matchAll(pattern)].map((match) => ({ name, found: match[1] ?? '' })));

describe('documents', () => {
  it('are there', () => {
    const wanted = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/operations.md', 'docs/security.md'];
    expect(documents).toEqual(expect.arrayContaining([...wanted, 'docs/commands.md', 'docs/configuration.md', 'docs/runtimes.md']));
    expect(read('LICENSE')).toContain('Apache License');
  });

  it('link to files and headings that exist', () => {
    const broken = allIn(documents, /\]\(((?!https?:|mailto:)[^)\s]+)\)/g).filter(({ name, found }) => {
      const [path = '', heading] = found.split('#');
      const target = path === '' ? name : join(dirname(name), path);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !headingsOf(target).has(heading);
    });
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = allIn(documents, /npm (?:--prefix \S+ )?(?:run (?:--silent )?)([\w:]+)/g);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ found }) => scripts[found] === undefined)).toEqual([]);
  });

  it('name subcommands of the command line that exist, and their options', () => {
    const known = new Set([...SUBCOMMANDS.map(({ name }) => name), 'help', '--version', '--help']);
    const named = allIn(documents, /(?:npx musher|musher --|`musher) (--?\w+|[a-z]+(?:-[a-z]+)*)/g);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ found }) => !known.has(found))).toEqual([]);
    for (const { name } of SUBCOMMANDS) expect(read('docs/operations.md')).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('name every error code in the table of docs/operations.md, and no other', () => {
    const rows = allIn(['docs/operations.md'], /^\| `([A-Z][A-Z_]+)` \|[^|]+\|[^|]+\|$/gm).map(({ found }) => found);
    expect(rows.toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted());
  });

  it('give a reason for every dependency in docs/architecture.md, and for no other', () => {
    type Names = Record<string, string>;
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<string, Names>;
    const [, reasons = ''] = /\n## Why each dependency\n([^]*?)\n## /.exec(read('docs/architecture.md')) ?? [];
    const cells = reasons.match(/^\| (?:`[^`]+`(?:, )?)+ \|/gm)?.join(' ') ?? '';
    const rows = [...cells.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const wanted = [dependencies, devDependencies, optionalDependencies].flatMap((names) => Object.keys(names ?? {}));
    expect(rows.toSorted()).toEqual(wanted.toSorted());
  });

  it('name every table of the log and every folder of the sources in docs/architecture.md', () => {
    const text = read('docs/architecture.md');
    const listed = new Set([...text.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z_]+/g) ?? []));
    const tables = allIn(code, /\bCREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)/g).map(({ found }) => found);
    expect(tables.length).toBeGreaterThan(20);
    expect(tables.filter((table) => !listed.has(table))).toEqual([]);
    const folders = new Set(
      code.map((name) => /^(?:src\/[^/]+|[^/]+)\//.exec(name)?.[0]).filter((name) => name !== undefined && name !== 'src/'),
    );
    expect([...folders].filter((folder) => !new RegExp(`^${folder} +\\S|  ${folder} `, 'm').test(text))).toEqual([]);
  });

  it('name the environment variables that the code knows, and no other', () => {
    // The launcher's note to itself, and what only tests set.
    const internal = new Set(['MUSHER_HANDED_OVER', 'MUSHER_CRASH_AT']);
    const inCode = new Set(allIn(code, /\b(MUSHER_[A-Z_]*[A-Z])\b/g).map(({ found }) => found));
    const inDocuments = new Set(allIn(documents, /\b(MUSHER_[A-Z_]*[A-Z])\b/g).map(({ found }) => found));
    expect(inCode.size).toBeGreaterThan(10);
    expect([...inDocuments].filter((name) => !inCode.has(name))).toEqual([]);
    expect([...inCode].filter((name) => !inDocuments.has(name) && !internal.has(name))).toEqual([]);
  });
});

describe('README.md', () => {
  const names = new Set(COMMANDS.flatMap(({ words, aliases = [] }) => [words].concat(aliases)).map((words) => words.join(' ')));

  it('lists commands that exist, each once', () => {
    const rows = allIn(['README.md'], /^\| (`.+?`) \|/gm).flatMap(({ found }) =>
      // The name of two words where there is one: `timer list`.
      [...found.matchAll(/`([a-z]+)(?: ([a-z]+))?/g)].map(([, first = '', second = '']) =>
        names.has(`${first} ${second}`) ? `${first} ${second}` : first,
      ),
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((name, index) => !names.has(name) || rows.indexOf(name) < index)).toEqual([]);
  });

  it('types only commands that exist', () => {
    const typed = allIn(['README.md'], /^\w+> (\w+)/gm);
    expect(typed.length).toBeGreaterThan(1);
    expect(typed.filter(({ found }) => !names.has(found))).toEqual([]);
  });
});

describe('the repository', () => {
  it('speaks of no machine and no place where it was made', () => {
    // Written so that this file does not find itself.
    const anywhere = /[/]work[/]|[/]root[/]|\bblue[p]rint\b|\bissue[ ]#?\d/;
    const told = files.filter((name) => name !== 'package-lock.json' && anywhere.test(read(name)));
    const temporary = documents.filter((name) => read(name).includes('/tmp/'));
    expect([...told, ...temporary]).toEqual([]);
  });

  it('locks packages without the address of a registry', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  // npm leaves out a platform's package that the registry did not have at that moment, and `npm ci` then refuses the file.
  it('locks the packages of all platforms, those of others included', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { optionalDependencies?: object }> };
    const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });
});

/** Headings of a document, as links name them. */
function headingsOf(name: string): Set<string> {
  const headings = [...read(name).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('docs/glossary.md', () => {
  const SAID = ['README.md', 'docs/commands.md', 'docs/configuration.md', 'docs/runtimes.md', 'docs/security.md'];
  const rows = Array.from(read('docs/glossary.md').matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]*)\|$/gm), ([, word = '', not = '']) => ({
    word: word.trim(),
    not: not
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  })).slice(1);
  const forbidden = new Set(rows.flatMap(({ not }) => not));
  /** Also the parts of a name: `ticketOf` is a ticket. */
  const wordsIn = (text: string): string[] => Array.from(text.matchAll(/[A-Z]?[a-z]+/g), ([word]) => word.toLowerCase().replace(/s$/, ''));

  it('has each word once', () => {
    const words = rows.flatMap(({ word }) => word.split(',').map((one) => one.trim()));
    expect(words.length).toBeGreaterThan(25);
    expect(new Set(words).size).toBe(words.length);
  });

  it('names the words that are used nowhere, in names and texts alike', () => {
    // People say what they like.
    const ours = code.filter((name) => /^(?:src|commands)\//.test(name) && name !== 'src/bot/loop/phrases.ts');
    const wrong = [...ours, ...SAID].flatMap((file) =>
      // Browsers call it so, and Node.
      wordsIn(read(file).replaceAll(/BroadcastChannel|child\.channel/g, ''))
        .filter((word) => forbidden.has(word))
        .map((word) => `${file}: ${word}`),
    );
    expect(forbidden.size).toBeGreaterThan(4);
    expect(wrong).toEqual([]);
    expect(wordsIn('const ticketOf = (aWorker) => "Tickets"')).toEqual(expect.arrayContaining(['ticket', 'worker']));
  });
});
