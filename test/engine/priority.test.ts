import { expect, it } from 'vitest';
import { MAX_CODERS } from '../model/plain.ts';
import { System } from '../model/system.ts';

it('a priority that is set while items wait decides who gets the next free agent', async () => {
  const system = new System();
  system.begin();
  try {
    const all = [1, 2, 3, 4, 5].map((n) => MAX_CODERS + n);
    for (let n = 1; n <= MAX_CODERS + 5; n++) system.say(`make${n}`, `create story Item ${n}`);
    for (let n = 1; n <= MAX_CODERS + 5; n++) system.say(`start${n}`, `start ${n}`);
    await system.settle();
    const [first, second, third, fourth, last] = all as [number, number, number, number, number];
    system.say('low', `priority ${first} low`);
    system.say('high', `priority ${last} ${fourth} high`);
    await system.settle();
    const taken: number[] = [];
    for (let i = 0; i < all.length; i++) {
      const before = new Set(system.reads.openRuns('shop').map(({ item }) => item));
      const agent = system.outside.running[0];
      if (agent === undefined) throw new Error('nobody is at work');
      system.outside.finish(agent, 'commit', system.clock.now());
      await system.settle();
      taken.push(...system.reads.openRuns('shop').flatMap(({ item }) => (before.has(item) ? [] : [item])));
    }
    expect(taken).toEqual([fourth, last, second, third, first]);
  } finally {
    system.end();
  }
});
