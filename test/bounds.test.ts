import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BOUNDS } from '../src/bounds.ts';

const ROOT = join(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Row {
  readonly name: string;
  readonly most: number;
  readonly what: string;
  readonly beyond: string;
}

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** `8 MiB`, `4,096` */
function numberOf(text: string): number {
  const [number = '', unit] = text.split(' ');
  return Number(number.replaceAll(',', '')) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN));
}

it('security.md shows each bound with what it is of and what happens beyond it', () => {
  const comments = textOf('src/bounds.ts').matchAll(/\/\*\* ([^*]*)\. Beyond: ([^*]*)\. \*\/\s+(\w+): /g);
  const said = new Map(Array.from(comments, ([, what = '', beyond = '', name = '']) => [name, { what, beyond }]));
  const none = { what: '', beyond: '' };
  const table = Object.entries(BOUNDS).map(([name, most]): Row => {
    const { what, beyond } = said.get(name) ?? none;
    return { name, most, what, beyond };
  });
  const rows = textOf('docs/security.md').matchAll(/^\| `(\w+)` \| ([\d,]+(?: [KMG]iB)?) \| (.*) \| (.*) \|$/gm);
  const shown = Array.from(rows, ([, name = '', most = '', what = '', beyond = '']): Row => ({ name, most: numberOf(most), what, beyond }));
  expect(shown).toEqual(table);
});

/** Numbers of Musher's own by such names: what it shows, how often it tries, what it writes itself. */
const OWN = new Set([
  'src/agents/process/follow.ts CHUNK_BYTES',
  'src/agents/process/follow.ts OPEN_BYTES',
  'src/agents/runtimes/gemini/gemini.ts LONGEST_CALL',
  'src/agents/runtimes/resume-time.ts LONGEST_WAIT',
  'src/agents/shown-input.ts MOST_SHOWN',
  'src/agents/supervision/supervise.ts LONGEST_LINGER_MS',
  'src/agents/transcript.ts TAIL_BYTES',
  'src/engine/measure/measure.ts LONGEST_VALUE',
  'src/engine/measure/measure.ts TAIL_BYTES',
  'src/engine/merge/components.ts TAIL_BYTES',
  'src/engine/merge/gates.ts TAIL_BYTES',
  'src/engine/merge/merge.ts MOST_TRIES',
  'src/engine/recovery/copy.ts MOST_TIMERS',
  'src/engine/run/run-budget.ts MOST_LAUNCHES',
  'src/engine/run/settle-run.ts MOST_LIMITED',
  'src/git/own-dir.ts MOST_FACTS',
  'src/git/run.ts LONGEST_SILENCE',
  'src/git/shell/marked-output.ts TAIL_BYTES',
  'src/git/shell/runner.ts MOST_IDLE',
  'src/git/shell/script.ts MOST_INPUT_BYTES',
  'src/git/untouched/index-file.ts HEADER_BYTES',
  'src/git/worktree/room.ts ROOM_BYTES',
  'src/git/worktree/whole-index.ts HEADER_BYTES',
  'src/git/worktree/whole-index.ts SMALLEST_BYTES',
  'src/git/worktree/whole-index.ts STAT_BYTES',
  'src/mcp/tools/approve.ts LONGEST_NAME',
  'src/mcp/tools/ask.ts LONGEST_CHOICE',
  'src/mcp/tools/ask.ts MOST_CHOICES',
  'src/mcp/tools/gates.ts TAIL_BYTES',
  'src/mcp/tools/git.ts MOST_DIFF_BYTES',
  'src/mcp/tools/git.ts MOST_FILES',
  'src/redaction/file.ts CHUNK_BYTES',
]);

/** Names of constants that are bounds by their name, and no entry of the table. */
function beside(path: string, text: string): string[] {
  const named = text.matchAll(
    /^\s*(?:export )?const ((?:MOST|LARGEST|LONGEST|DEEPEST_PATH|MAX)_[A-Z_]+|[A-Z_]+_BYTES)\b[^=;]*= (?!BOUNDS\.)/gm,
  );
  return Array.from(named, ([, name]) => `${path} ${name}`);
}

it('no other file of the parts that read from agents and repositories has a bound', () => {
  const found = ['agents', 'engine', 'git', 'mcp', 'redaction', 'sandbox'].flatMap((part) =>
    readdirSync(join(ROOT, 'src', part), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => beside(`src/${part}/${file}`, textOf(`src/${part}/${file}`))),
  );
  expect(found.toSorted()).toEqual([...OWN].toSorted());
  expect(beside('x.ts', 'const MOST_BYTES = BOUNDS.gitFile;\nexport const LARGEST_FILE = 5;\nconst LINE_BYTES: number = 7;')).toEqual([
    'x.ts LARGEST_FILE',
    'x.ts LINE_BYTES',
  ]);
});
