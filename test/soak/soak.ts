import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_FILE } from '../../src/log/log.ts';
import { Bench, type Session } from '../e2e/harness.ts';
import { processes, worktrees } from '../e2e/leaks.ts';

/** What the running program holds while nothing is to do. */
export interface Held {
  readonly rss: number;
  /** After garbage collection. */
  readonly heapUsed: number;
  readonly timers: number;
  readonly handles: number;
  /** Open file descriptors. */
  readonly files: number;
  /** Processes of its runs and gates, and its own children. */
  readonly children: number;
  /** Worktrees and branches of items that are over. */
  readonly worktrees: number;
  readonly walBytes: number;
}

export interface Soaked {
  readonly items: number;
  readonly seconds: number;
  readonly base: Held;
  readonly end: Held;
  /** One line for each thing that is not as it has to be. */
  readonly wrong: readonly string[];
}

/** Items before the base line is taken: all code has run by then, and all caches hold what they hold. */
const WARM_UP = 20;
/** Items that are under way at the same time. */
const AT_ONCE = 12;
const MiB = 2 ** 20;
/** SQLite writes the file back at 1,000 pages of 4 KiB; one large transaction may go over it. */
const LARGEST_WAL = 8 * MiB;
const PROBE = join(import.meta.dirname, 'probe.ts');

/** Does what an agent does as fast as it can be done: commits one file, reports what it used, approves. */
const AGENT = `set -e
if [ "$MUSHER_ROLE" = coder ]; then
  echo done > "item-$MUSHER_ITEM.txt"
  git add --all
  git -c user.name=agent -c user.email=agent@example.org commit --quiet --message "work on $MUSHER_ITEM"
else
  '${process.execPath}' '${join(import.meta.dirname, '../e2e/agents/give-verdict.ts')}' approve
fi
echo '{"type":"usage","model":"small","input_tokens":100,"output_tokens":10,"cost_usd":0.01}'
echo '{"type":"result","status":"success","text":"done"}'
`;

/**
 * Brings items through the whole pipeline of the real program, with real git and processes, until `most` are through or
 * `lastingMs` are over, and compares what the program holds then with what it held after the first of them.
 */
export async function soak({ most, lastingMs }: { most: number; lastingMs: number }): Promise<Soaked> {
  // From the worktree of an item, below the data directory.
  const agent = { command: ['/bin/sh', '../../../../agent.sh'] };
  const coder = { ...agent, stage: 'current' as const };
  const bench = new Bench({
    top: 'qa = "agent"\nmax_coders = 5',
    gates: { test: 'true' },
    agents: {
      'coder-1': coder,
      'coder-2': coder,
      'coder-3': coder,
      'coder-4': coder,
      'coder-5': coder,
      'qa-1': { ...agent, stage: 'qa' },
      'qa-2': { ...agent, stage: 'qa' },
      'qa-3': { ...agent, stage: 'qa' },
    },
  });
  bench.write('agent.sh', AGENT);
  const file = join(bench.dir, 'held.json');
  const musher = bench.start({ NODE_OPTIONS: `--import "${PROBE}"`, MUSHER_PROBE: file });
  let whole = false;
  try {
    const began = performance.now();
    const over = (): boolean => performance.now() - began > lastingMs;
    await bring(bench, musher, 0, WARM_UP, () => false);
    const base = await held(bench, musher, file);
    const items = await bring(bench, musher, WARM_UP, most, over);
    const seconds = (performance.now() - began) / 1_000;
    const end = await held(bench, musher, file);
    const { code, err } = await musher.end();
    const wrong = [...differences(base, end), ...unfinished(bench, items), ...(code === 0 ? [] : [`Musher ended with ${code}: ${err}`])];
    whole = true;
    return { items, seconds, base, end, wrong };
  } finally {
    // What lies about after a soak that broke off is not its reason.
    await bench.close().catch((error: unknown) => {
      if (whole) throw error;
    });
  }
}

/** Adds items until there are `most`, or it is enough; resolves to their number when all are through and tidied away. */
async function bring(bench: Bench, musher: Session, from: number, most: number, enough: () => boolean): Promise<number> {
  let made = from;
  let moved = performance.now();
  let through = -1;
  for (;;) {
    const { done, blocked } = counts(bench);
    if (blocked > 0) throw new Error(`an item of the soak was blocked: ${bench.problems().join('\n')}`);
    if (done > through) [through, moved] = [done, performance.now()];
    if (performance.now() - moved > 120_000) throw new Error(`nothing has moved for two minutes, at ${done} of ${made} items`);
    const full = made >= most || (made > from && enough());
    if (full && done === made && leftOver(bench) === 0 && bench.unanswered() === 0) return made;
    for (const last = full ? made : Math.min(most, done + AT_ONCE); made < last;) {
      made += 1;
      musher.type(`create story Item ${made}`, `start ${made}`);
    }
    await sleep(200);
  }
}

function counts(bench: Bench): { done: number; blocked: number } {
  if (!bench.hasLog) return { done: 0, blocked: 0 };
  const rows = bench.rows<{ stage: string; n: number }>(
    "SELECT json_extract(state, '$.stage.name') AS stage, count(*) AS n FROM items GROUP BY 1",
  );
  const of = (stage: string): number => rows.find((row) => row.stage === stage)?.n ?? 0;
  return { done: of('done'), blocked: of('archived') };
}

/** What still lies in the repository of items that are over, and processes beside Musher's own. */
function leftOver(bench: Bench): number {
  return worktrees(bench, 'shop', bench.items()).length + processes(bench).length - 1;
}

/** Whether Musher has no process at work or kept ready: a shell for git rests a while before it goes, and holds three files. */
function rests({ pid }: Session): boolean {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() === '';
}

async function held(bench: Bench, musher: Session, file: string): Promise<Held> {
  for (const deadline = performance.now() + 60_000; !rests(musher); await sleep(50))
    if (performance.now() > deadline) throw new Error('Musher has processes that do not go');
  rmSync(file, { force: true });
  process.kill(musher.pid, 'SIGUSR2');
  const deadline = performance.now() + 60_000;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error('the program did not say what it holds');
    await sleep(50);
  }
  return {
    ...(JSON.parse(readFileSync(file, 'utf8')) as Pick<Held, 'rss' | 'heapUsed' | 'timers' | 'handles'>),
    files: readdirSync(`/proc/${musher.pid}/fd`).length,
    children: processes(bench).filter(({ pid }) => pid !== musher.pid).length,
    worktrees: worktrees(bench, 'shop', bench.items()).length,
    walBytes: statSync(join(bench.data, `${DATABASE_FILE}-wal`), { throwIfNoEntry: false })?.size ?? 0,
  };
}

interface Figure {
  readonly what: string;
  readonly of: keyof Held;
  /** What it may be at the end. */
  readonly most: (base: number) => number;
}

/** What may differ, with the reason. */
const FIGURES: readonly Figure[] = [
  // Compiled code and the pages of its heap that were used once: V8 gives neither back at once.
  { what: 'heap after garbage collection', of: 'heapUsed', most: (base) => base + 12 * MiB },
  { what: 'resident memory', of: 'rss', most: (base) => base * 1.5 + 48 * MiB },
  // A timer of upkeep may stand at one look and not at the other.
  { what: 'timers', of: 'timers', most: (base) => base + 3 },
  { what: 'handles', of: 'handles', most: (base) => base + 2 },
  { what: 'open files', of: 'files', most: (base) => base + 2 },
  { what: 'child processes', of: 'children', most: () => 0 },
  { what: 'worktrees and branches of items that are over', of: 'worktrees', most: () => 0 },
  { what: 'write-ahead file', of: 'walBytes', most: () => LARGEST_WAL },
];
const BYTES: ReadonlySet<keyof Held> = new Set(['heapUsed', 'rss', 'walBytes']);

/** Each figure at both times, in words. */
export function soakRows({ base, end }: Pick<Soaked, 'base' | 'end'>): { what: string; base: string; end: string; met: boolean }[] {
  const shown = (of: keyof Held, value: number): string => (BYTES.has(of) ? `${(value / MiB).toFixed(1)} MiB` : String(value));
  return FIGURES.map(({ what, of, most }) => ({
    what,
    base: shown(of, base[of]),
    end: shown(of, end[of]),
    met: end[of] <= most(base[of]),
  }));
}

/** The figures as plain lines. */
export function soakLines(soaked: Soaked): string[] {
  return [
    `soak: ${soaked.items} items through the whole pipeline in ${soaked.seconds.toFixed(0)} s`,
    ...soakRows(soaked).map(({ what, base, end }) => `${what}: ${base} after ${WARM_UP} items, ${end} at the end`),
  ];
}

function differences(base: Held, end: Held): string[] {
  return soakRows({ base, end }).flatMap((row) =>
    row.met ? [] : [`${row.what}: ${row.base} after ${WARM_UP} items, ${row.end} at the end: not back at the base line`],
  );
}

/** Every item was merged once, and what its runs used was counted once. */
function unfinished(bench: Bench, items: number): string[] {
  const merges = bench.merges.length;
  const spent = bench.rows<{ n: number }>("SELECT count(*) AS n FROM events WHERE kind = 'run.usage'")[0]?.n ?? 0;
  return [
    ...(merges === items ? [] : [`${items} items and ${merges} merges`]),
    ...(spent === items * 2 ? [] : [`${items} items with two runs each, and ${spent} reports of use`]),
  ];
}
