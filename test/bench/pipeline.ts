import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../src/log/log.ts';
import { Bench } from '../e2e/harness.ts';
import { worktrees } from '../e2e/leaks.ts';
import { times, type Row } from './measure.ts';

/** Items of the timed round, and of the one in which processes are counted: a count takes a shell for each of them. */
const TIMED = 100;
const COUNTED = 20;
/** Bare git by a shell script takes this much of the time, and starts so many processes. */
const MOST_TIMES = 2.5;
const MOST_PROCESSES = 25;
const CODERS = 4;
const LONGEST_MS = 300_000;

/** Only commits, as fast as that can be done. */
export const AGENT = `set -e
echo done > "item-$MUSHER_ITEM.txt"
git add --all
git -c user.name=agent -c user.email=agent@example.org commit --quiet --message "work on $MUSHER_ITEM"
`;

/** The same items by bare git, one after the other: a worktree, the agent's commit, a gate, a squash in a merge worktree, a gate, the branch moved and its checkout brought along, all cleaned up. */
export const SCRIPT = `set -e
items=$1
git worktree add --quiet --detach ../merge main
MUSHER_ITEM=0
while [ $MUSHER_ITEM -lt $items ]; do
  MUSHER_ITEM=$((MUSHER_ITEM + 1)); export MUSHER_ITEM
  git worktree add --quiet -b "item/$MUSHER_ITEM" "../trees/$MUSHER_ITEM" main
  (cd "../trees/$MUSHER_ITEM" && /bin/sh ../../agent.sh && /bin/sh -c true)
  old=$(git rev-parse main)
  (cd ../merge && git checkout --quiet --detach main && git merge --quiet --squash "item/$MUSHER_ITEM" >/dev/null && git commit --quiet --message "$MUSHER_ITEM" && /bin/sh -c true)
  new=$(git -C ../merge rev-parse HEAD)
  git update-ref refs/heads/main "$new" "$old"
  git read-tree -m -u "$old" "$new"
  git worktree remove --force "../trees/$MUSHER_ITEM"
  git branch --quiet -D "item/$MUSHER_ITEM"
done
`;

/** A hundred items from backlog to done with four coders and a gate, against the git commands alone. */
export async function benchPipeline(): Promise<Row[]> {
  const floor = byScript(TIMED, false).ms;
  const musher = (await byMusher(TIMED, false)).ms;
  const [bare, ours] = [byScript(COUNTED, true), await byMusher(COUNTED, true)];
  const ratio = musher / floor;
  return [
    {
      what: `${TIMED} items through the pipeline with ${CODERS} coders, against the bare git commands one after another`,
      floor: `${(floor / 1_000).toFixed(1)} s`,
      musher: `${(musher / 1_000).toFixed(1)} s`,
      ratio: times(ratio),
      goal: `≤ ${MOST_TIMES}×`,
      met: ratio <= MOST_TIMES,
    },
    {
      what: 'processes of git for an item, those of its agent included',
      floor: (bare.processes / COUNTED).toFixed(1),
      musher: (ours.processes / COUNTED).toFixed(1),
      ratio: '',
      goal: `≤ ${MOST_PROCESSES}`,
      met: ours.processes / COUNTED <= MOST_PROCESSES,
    },
  ];
}

interface Brought {
  readonly ms: number;
  readonly processes: number;
}

function madeBench(): Bench {
  const names = Array.from({ length: CODERS }, (_, n) => `coder-${n + 1}`);
  // From the worktree of an item, below the data directory.
  const coder = { stage: 'current' as const, command: ['/bin/sh', '../../../../agent.sh'] };
  const bench = new Bench({
    top: `qa = "server"\nmax_coders = ${CODERS}`,
    gates: { test: 'true' },
    agents: Object.fromEntries(names.map((name) => [name, coder])),
  });
  bench.write('agent.sh', AGENT);
  return bench;
}

/** Puts a git before the real one that writes down each start of it. */
function counting(bench: Bench): { readonly path: string; count(): number; kinds(): Map<string, number> } {
  const folder = join(bench.dir, 'counting');
  const calls = join(bench.dir, 'calls');
  mkdirSync(folder);
  writeFileSync(calls, '');
  const real = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "$*" | head -c 300 | head -n 1 >> '${calls}'\nexec '${real}' "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  const lines = (): string[] => readFileSync(calls, 'utf8').split('\n').filter(Boolean);
  const command = (line: string): string =>
    line
      .replaceAll(/(?:-c|-C) \S+/g, '')
      .trim()
      .split(' ')[0] ?? '';
  return {
    path: `${folder}:${process.env['PATH'] ?? ''}`,
    count: () => lines().length,
    kinds: () => {
      const kinds = new Map<string, number>();
      for (const line of lines()) kinds.set(command(line), (kinds.get(command(line)) ?? 0) + 1);
      return kinds;
    },
  };
}

function byScript(items: number, counted: boolean): Brought {
  const bench = madeBench();
  try {
    const count = counted ? counting(bench) : null;
    bench.write('script.sh', SCRIPT);
    const began = performance.now();
    execFileSync('/bin/sh', [join(bench.dir, 'script.sh'), String(items)], {
      cwd: bench.repo,
      env: { PATH: count?.path ?? process.env['PATH'], HOME: join(bench.dir, 'home'), GIT_CONFIG_NOSYSTEM: '1' },
    });
    return { ms: performance.now() - began, processes: count?.count() ?? 0 };
  } finally {
    bench.discard();
  }
}

async function byMusher(items: number, counted: boolean): Promise<Brought> {
  const bench = madeBench();
  try {
    const count = counted ? counting(bench) : null;
    const musher = bench.start(count === null ? {} : { PATH: count.path });
    musher.type('ping');
    await musher.said(/pong/);
    const before = count?.count() ?? 0;
    const began = performance.now();
    for (let n = 1; n <= items; n++) musher.type(`create story Item ${n}`, `start ${n}`);
    // One connection for all looks: whoever watches must not take the time that is measured.
    const log = new Database(join(bench.data, DATABASE_FILE), { readonly: true, fileMustExist: true });
    try {
      const merged = log.prepare<[], number>("SELECT n FROM counts WHERE stage = 'done'").pluck();
      while (merged.get() !== items || worktrees(bench, 'shop', bench.items()).length > 0) {
        if (performance.now() - began > LONGEST_MS)
          throw new Error(`not all of ${items} items came through: ${bench.problems().join(' ')}`);
        await sleep(20);
      }
    } finally {
      log.close();
    }
    const ms = performance.now() - began;
    const processes = (count?.count() ?? 0) - before;
    if (count !== null) process.stderr.write(`${[...count.kinds()].map(([kind, n]) => `${kind} ${(n / items).toFixed(1)}`).join(', ')}\n`);
    await musher.end();
    return { ms, processes };
  } finally {
    await bench.close();
  }
}
