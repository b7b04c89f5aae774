import { System } from '../model/system.ts';
import { CREATION, num } from '../pipeline/samples.ts';
import { median, millis, times, type Row } from './measure.ts';

const [FEW, MANY] = [100, 10_000];
/** Commands that are measured on each board, and items that one merge frees. */
const COMMANDS = 100;
const ROUNDS = 4;
const FREED = 1_000;
const MOST = 1.2;

/** What a command and its effect cost on a large board, and a look after a merge that frees a thousand items, against a small one. */
export async function benchScale(): Promise<Row[]> {
  // In turns, and the first of each only warms up: what is compiled by then would be the difference.
  const boards: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) for (const [i, open] of [FEW, MANY].entries()) boards[i]?.push(await onBoard(open));
  const [few, many] = boards.map((costs) => middle(costs.slice(1))) as [Cost, Cost];
  const row = (what: string, floor: number, musher: number): Row => ({
    what,
    floor: millis(floor),
    musher: millis(musher),
    ratio: times(musher / floor),
    goal: `≤ ${MOST}×`,
    met: musher / floor <= MOST,
  });
  return [
    row(`a command and its effect with ${MANY.toLocaleString('en')} open items, against ${FEW}`, few.command, many.command),
    row(`an agent's end until the next one is at work there`, few.next, many.next),
    row(`what a merge frees: ${FREED.toLocaleString('en')} items, until all are started`, few.freed, many.freed),
  ];
}

interface Cost {
  /** Milliseconds, medians. */
  readonly command: number;
  readonly next: number;
  /** Milliseconds for all. */
  readonly freed: number;
}

function middle(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost): number => median(costs.map((cost) => cost[key]));
  return { command: of('command'), next: of('next'), freed: of('freed') };
}

/** A project with two slots and that many items that wait for one, the real engine, log and commands, and agents that the bench drives. */
async function onBoard(open: number): Promise<Cost> {
  const system = new System({ qa: 'server' });
  try {
    system.begin();
    const about = (n: number) => ({ project: 'shop', item: num(n), actor: 'test:admin', cause: null }) as const;
    // The first is what a thousand others depend on.
    const dependents = Array.from({ length: FREED }, (_, i) => open + COMMANDS + 2 + i);
    const make = (numbers: readonly number[], on: readonly number[], started: boolean): void =>
      system.record((tx) => {
        for (const n of numbers) {
          tx.record({ ...about(n), kind: 'item.created', payload: { ...CREATION, dependsOn: on.map(num) } });
          if (started) tx.record({ ...about(n), kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } });
        }
      });
    const all = Array.from({ length: open + COMMANDS + 1 }, (_, i) => i + 1);
    make(all.slice(0, open + 1), [], true);
    make(all.slice(open + 1), [], false);
    make(dependents, [1], false);
    await rest(system);
    const command = await each(COMMANDS, async (i) => {
      system.say(`m${i}`, `start ${open + 2 + i}`);
      await until(() => system.reads.item('shop', open + 2 + i)?.stage.name === 'current');
    });
    const next = await each(COMMANDS, async () => {
      const agent = system.outside.running.find(({ item }) => item !== 1);
      const before = system.outside.agents.size;
      if (agent === undefined) throw new Error('nobody is at work');
      system.outside.finish(agent, 'commit', system.clock.now());
      await until(() => system.outside.agents.size > before);
    });
    await rest(system);
    const first = system.outside.running.find(({ item }) => item === 1);
    if (first === undefined) throw new Error('the first is not at work');
    system.outside.finish(first, 'commit', system.clock.now());
    await until(() => system.reads.item('shop', 1)?.stage.name === 'done');
    const began = performance.now();
    await until(() => system.reads.counts('shop').backlog === 0);
    return { command: median(command), next: median(next), freed: performance.now() - began };
  } finally {
    await rest(system);
    system.end();
  }
}

/** Milliseconds of each. */
async function each(count: number, work: (i: number) => Promise<void>): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await work(i);
    took.push(performance.now() - began);
  }
  return took;
}

/** Waits by turns of the event loop: a timer's millisecond would be most of what is measured. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Until nothing has been written for a while. */
async function rest(system: System): Promise<void> {
  for (let [quiet, seq] = [0, -1]; quiet < 200;) {
    await turn();
    const now = system.reads.lastSeq();
    quiet = now === seq ? quiet + 1 : 0;
    seq = now;
  }
}
