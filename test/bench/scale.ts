import { System } from '../model/system.ts';
import { CREATION, num } from '../pipeline/samples.ts';
import { median, millis, times, type Row } from './measure.ts';

const [FEW, MANY] = [100, 10_000];
/** Commands, and ends of agents, that are measured on each board in a round; and items that one merge frees. */
const STEPS = 100;
const ROUNDS = 6;
const FREED = 1_000;
const MOST = 1.2;
/** Ends a bench that waits in vain; nothing is measured by it. */
const LONGEST_WAIT_MS = 120_000;

/** What a command and its effect cost on a large board, and a look after a merge that frees a thousand items, against a small one. */
export async function benchScale(): Promise<Row[]> {
  const rounds: (readonly [Cost, Cost])[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await onBoth(round));
  // The first only warms up: what is compiled by then would be the difference.
  const counted = rounds.slice(1);
  const row = (what: string, key: keyof Cost): Row => {
    const [floor, musher] = [0, 1].map((which) => median(counted.flatMap((costs) => costs[which]?.[key] ?? []))) as [number, number];
    return {
      what,
      floor: millis(floor),
      musher: millis(musher),
      ratio: times(musher / floor),
      goal: `≤ ${MOST}×`,
      met: musher / floor <= MOST,
    };
  };
  return [
    row(`a command and its effect with ${MANY.toLocaleString('en')} open items, against ${FEW}`, 'command'),
    row(`an agent's end until the next one is at work there`, 'next'),
    row(`what a merge frees: ${FREED.toLocaleString('en')} items, until all are started`, 'freed'),
  ];
}

/** Milliseconds, one for each time. */
interface Cost {
  readonly command: number[];
  readonly next: number[];
  readonly freed: number[];
}

/**
 * Both boards side by side, one step on each in turn and the first of them changing: whatever slows the machine for a
 * while, slows both.
 */
async function onBoth(round: number): Promise<readonly [Cost, Cost]> {
  const few = await board(FEW);
  try {
    const many = await board(MANY);
    try {
      const inTurns = async (key: keyof Cost, step: (one: Board, i: number) => Promise<void>): Promise<void> => {
        for (let i = 0; i < STEPS; i++) {
          for (const one of i % 2 === 0 ? [few, many] : [many, few]) {
            const began = performance.now();
            await step(one, i);
            one.cost[key].push(performance.now() - began);
            // What a step leaves to be done must not run in the other's.
            await rest(one.system);
          }
        }
      };
      await inTurns('command', command);
      await inTurns('next', next);
      for (const one of round % 2 === 0 ? [few, many] : [many, few]) {
        await endFirst(one);
        const began = performance.now();
        await until(() => one.system.reads.counts('shop').backlog === 0);
        one.cost.freed.push(performance.now() - began);
        await rest(one.system);
      }
      return [few.cost, many.cost];
    } finally {
      await close(many);
    }
  } finally {
    await close(few);
  }
}

interface Board {
  readonly system: System;
  /** How many items wait for a slot. */
  readonly open: number;
  readonly cost: Cost;
}

/** A project with two slots and that many items that wait for one, the real engine, log and commands, and agents that the bench drives. */
async function board(open: number): Promise<Board> {
  const system = new System({ qa: 'server' });
  system.begin();
  const about = (n: number) => ({ project: 'shop', item: num(n), actor: 'test:admin', cause: null }) as const;
  // The first is what a thousand others depend on.
  const dependents = Array.from({ length: FREED }, (_, i) => open + STEPS + 2 + i);
  // Whoever starts an item that depends on others queues it: it starts by itself once they are done.
  const make = (numbers: readonly number[], on: readonly number[], start: 'now' | 'queued' | 'later'): void =>
    system.record((tx) => {
      for (const n of numbers) {
        tx.record({ ...about(n), kind: 'item.created', payload: { ...CREATION, dependsOn: on.map(num) } });
        if (start === 'queued') tx.record({ ...about(n), kind: 'item.queued', payload: { queued: true } });
        if (start === 'now') tx.record({ ...about(n), kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } });
      }
    });
  const all = Array.from({ length: open + STEPS + 1 }, (_, i) => i + 1);
  make(all.slice(0, open + 1), [], 'now');
  make(all.slice(open + 1), [], 'later');
  make(dependents, [1], 'queued');
  await rest(system);
  return { system, open, cost: { command: [], next: [], freed: [] } };
}

async function close({ system }: Board): Promise<void> {
  await rest(system);
  system.end();
}

async function command({ system, open }: Board, i: number): Promise<void> {
  system.say(`m${i}`, `start ${open + 2 + i}`);
  await until(() => system.reads.item('shop', open + 2 + i)?.stage.name === 'current');
}

async function next({ system }: Board): Promise<void> {
  const agent = system.outside.running.find(({ item }) => item !== 1);
  const before = system.outside.agents.size;
  if (agent === undefined) throw new Error('nobody is at work');
  system.outside.finish(agent, 'commit', system.clock.now());
  await until(() => system.outside.agents.size > before);
}

async function endFirst({ system }: Board): Promise<void> {
  const first = system.outside.running.find(({ item }) => item === 1);
  if (first === undefined) throw new Error('the first is not at work');
  system.outside.finish(first, 'commit', system.clock.now());
  await until(() => system.reads.item('shop', 1)?.stage.name === 'done');
}

/** Waits by turns of the event loop: a timer's millisecond would be most of what is measured. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = performance.now() + LONGEST_WAIT_MS; !holds(); await turn())
    if (performance.now() > deadline) throw new Error('the board does not come to where it should: nothing is left to happen there');
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
