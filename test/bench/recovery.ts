import { Bench, create, until } from '../e2e/harness.ts';
import { median, millis, times, type Row } from './measure.ts';

const ROUNDS = 3;

/**
 * SIGKILL with three agents at work, then a start, until the room is told that Musher is back and what it found: agents taken
 * up, worktrees, branches and log looked through. Against a start of the same log with nothing to recover.
 */
export async function benchRecovery(): Promise<Row> {
  const bench = new Bench({ top: 'max_coders = 3', agents: { a: 'current', b: 'current', c: 'current' } });
  try {
    const numbers = [1, 2, 3];
    const first = bench.start();
    first.type(...numbers.flatMap((n) => [create(`Item ${n}`, `coder: raise there-${n}; await go; hang`), `start ${n}`]));
    await until(() => numbers.every((n) => bench.raised(`there-${n}`) && bench.only('run.started', n).length === 1));
    await first.kill();
    const back: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const musher = bench.start();
      await musher.said(/is back after .*3 agents are still at work/);
      back.push(performance.now() - start);
      await musher.kill();
    }
    const last = bench.start();
    last.type(...numbers.map((n) => `stop ${n}`));
    await until(() => numbers.every((n) => bench.only('run.ended', n).length === 1));
    await last.end();
    const plain: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const musher = bench.start();
      musher.type('ping');
      await musher.said(/pong/);
      plain.push(performance.now() - start);
      await musher.end();
    }
    const [floor, taken] = [median(plain), median(back)];
    return {
      what: 'after SIGKILL with three agents at work, until all is found and told, against a start after a proper end',
      floor: millis(floor),
      musher: millis(taken),
      ratio: times(taken / floor),
      goal: '',
      met: true,
    };
  } finally {
    await bench.close();
  }
}
