import { Bench, create, until } from '../e2e/harness.ts';
import { median, millis, times, type Row } from './measure.ts';

const ROUNDS = 3;
const NUMBERS = [1, 2, 3];

/**
 * SIGKILL with three agents at work, then a start, until the room is told that Musher is back and what it found: agents taken
 * up, worktrees, branches and log looked through. Against a start of the same log with nothing to recover.
 */
export async function benchRecovery(): Promise<Row> {
  const rounds: Round[] = [];
  // Each on a log of its own: what a start has found is told once in a while only.
  for (let round = 0; round < ROUNDS; round++) rounds.push(await recoverOnce());
  const [floor, taken] = [median(rounds.map(({ plain }) => plain)), median(rounds.map(({ back }) => back))];
  return {
    what: 'after SIGKILL with three agents at work, until all is found and told, against a start after a proper end',
    floor: millis(floor),
    musher: millis(taken),
    ratio: times(taken / floor),
    goal: '',
    met: true,
  };
}

/** Milliseconds until the room is told, and until the first answer of a start with nothing to recover. */
interface Round {
  readonly back: number;
  readonly plain: number;
}

async function recoverOnce(): Promise<Round> {
  const bench = new Bench({ top: 'max_coders = 3', agents: { a: 'current', b: 'current', c: 'current' } });
  try {
    const first = bench.start();
    first.type(...NUMBERS.flatMap((n) => [create(`Item ${n}`, `coder: raise there-${n}; await go; hang`), `start ${n}`]));
    await until(() => NUMBERS.every((n) => bench.raised(`there-${n}`) && bench.only('run.started', n).length === 1));
    await first.kill();
    let begun = performance.now();
    const second = bench.start();
    await second.said(/is back after .*3 agents are still running/);
    const back = performance.now() - begun;
    second.type(...NUMBERS.map((n) => `stop ${n}`));
    await until(() => NUMBERS.every((n) => bench.only('run.ended', n).length === 1));
    await second.end();
    begun = performance.now();
    const third = bench.start();
    third.type('ping');
    await third.said(/pong/);
    const plain = performance.now() - begun;
    await third.end();
    return { back, plain };
  } finally {
    await bench.close();
  }
}
