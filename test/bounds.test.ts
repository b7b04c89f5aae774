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
  'commands/budget/cost.ts MOST_ROWS',
  'commands/find/labels.ts MOST_LOOKED_AT',
  'commands/find/labels.ts MOST_MERGED',
  'commands/find/mine.ts MOST_LOOKED_AT',
  'commands/find/mine.ts MOST_MERGED',
  'commands/find/today.ts MOST_OF_A_DAY',
  'commands/look/graph.ts MOST_ITEMS',
  'commands/look/show.ts MOST_ROWS',
  'commands/look/why.ts MOST_EVENTS',
  'commands/musher/health.ts MOST_ROOMS',
  'commands/musher/htop.ts MOST_SECONDS',
  'commands/musher/reload.ts MOST_KEYS',
  'src/agents/process/follow.ts CHUNK_BYTES',
  'src/agents/process/follow.ts OPEN_BYTES',
  'src/agents/process/keeper-talk.ts TOKEN_BYTES',
  'src/agents/process/keeper.ts SHORT_BYTES',
  'src/agents/runtimes/gemini/gemini.ts LONGEST_CALL',
  'src/agents/shown-input.ts MOST_SHOWN',
  'src/agents/supervision/supervise.ts LONGEST_LINGER_MS',
  'src/agents/transcript.ts TAIL_BYTES',
  'src/app/batch.ts LONGEST_NAMED',
  'src/app/batch.ts LONGEST_WAIT_S',
  'src/app/lifecycle/monitor.ts LONGEST_REQUEST_MS',
  'src/app/lifecycle/wait-until-sent.ts LONGEST_MS',
  'src/app/processes.ts PAGE_BYTES',
  'src/backoff.ts MOST_DOUBLINGS',
  'src/bot/command-table.ts LONGEST_NAME_WORD',
  'src/bot/pages/diff.ts MOST_BYTES',
  'src/bot/pages/found.ts MOST_SAID',
  'src/bot/pages/history.ts MOST_PAGES',
  'src/bot/pages/logs.ts MOST_READ',
  'src/bot/parse/argument.ts LONGEST_QUOTE',
  'src/bot/parse/arguments-budget.ts LONGEST_SHOWN',
  'src/bot/parse/arguments-named.ts MOST_CHOICES',
  'src/bot/routines/routines.ts MOST_COUNTED',
  'src/bot/several/called.ts MOST_LOOKED_AT',
  'src/cli/doctor/networks.ts LONGEST_LOOK',
  'src/clock.ts LONGEST_TIMEOUT',
  'src/delivery/delivery.ts MOST_TRIES',
  'src/delivery/delivery.ts MOST_UNCOUNTED',
  'src/delivery/retire-buttons.ts MOST_TRIES',
  'src/engine/merge/merge.ts MOST_TRIES',
  'src/engine/recovery/copy.ts MOST_TIMERS',
  'src/engine/run/run-budget.ts MOST_LAUNCHES',
  'src/engine/run/settle-run.ts MOST_LIMITED',
  'src/git/shell/marked-output.ts TAIL_BYTES',
  'src/git/shell/runner.ts MOST_IDLE',
  'src/git/shell/script.ts MOST_INPUT_BYTES',
  'src/git/untouched/index-file.ts HEADER_BYTES',
  'src/git/worktree/room.ts ROOM_BYTES',
  'src/git/worktree/whole-index.ts HEADER_BYTES',
  'src/git/worktree/whole-index.ts SMALLEST_BYTES',
  'src/git/worktree/whole-index.ts STAT_BYTES',
  'src/log/events.ts SALT_BYTES',
  'src/log/reads/budget-reads.ts LONGEST_DAY_MS',
  'src/log/tables/cards.ts MOST_EDITS',
  'src/log/tables/outbox.ts MOST_BEFORE',
  'src/log/tables/outbox.ts MOST_PARTED',
  'src/log/tables/window-messages.ts MOST_KEPT',
  'src/log/tables/windows.ts MOST_LINKS',
  'src/log/tables/windows.ts MOST_WINDOWS',
  'src/pipeline/later/routine.ts MOST_FAILURES',
  'src/redaction/file.ts CHUNK_BYTES',
  'src/words/absence.ts LONGEST_REASON',
  'src/words/item/board.ts MOST_LINES',
  'src/words/item/faults.ts MOST_OUTPUT_MB',
  'src/words/pictures/block.ts MOST_ROWS',
  'src/words/pictures/cost.ts MOST_BARS',
  'src/words/pictures/diff.ts MOST_FILES',
  'src/words/steer/two-person.ts MOST_NAMED',
]);

/** Names of constants that are bounds by their name, and no entry of the table. */
function beside(path: string, text: string): string[] {
  const named = text.matchAll(
    /^\s*(?:export )?const ((?:MOST|LARGEST|LONGEST|DEEPEST_PATH|MAX)_[A-Z_]+|[A-Z_]+_BYTES)\b[^=;]*= (?!BOUNDS\.)/gm,
  );
  return Array.from(named, ([, name]) => `${path} ${name}`);
}

/** What one network alone limits, and what its pages show. */
const NETWORKS = /^(?:transports|src\/pages|src\/pictures|src\/app\/page)\//;

/** Files of these folders. */
const FILES = ['src', 'commands', 'transports'].flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ path: `${part}/${file}`, text: textOf(`${part}/${file}`) })),
);

it('each bound is used', () => {
  const used = new Set(FILES.flatMap(({ text }) => Array.from(text.matchAll(/\bBOUNDS\.(\w+)/g), ([, name]) => name)));
  expect(Object.keys(BOUNDS).filter((name) => !used.has(name))).toEqual([]);
});

it('no other file but those of one network has a bound', () => {
  const found = FILES.filter(({ path }) => !NETWORKS.test(path)).flatMap(({ path, text }) => beside(path, text));
  expect(found.toSorted()).toEqual([...OWN].toSorted());
  expect(beside('x.ts', 'const MOST_BYTES = BOUNDS.gitFile;\nexport const LARGEST_FILE = 5;\nconst LINE_BYTES: number = 7;')).toEqual([
    'x.ts LARGEST_FILE',
    'x.ts LINE_BYTES',
  ]);
});
