import { afterEach, expect, it } from 'vitest';
import { until } from '../e2e/harness.ts';
import { System } from '../model/system.ts';
import { CREATION, num } from '../pipeline/samples.ts';

let system: System;
afterEach(() => system.end());

it('a thousand items that are free at once start by the hundred, and people are answered in between', async () => {
  system = new System();
  system.begin();
  system.record((tx) => {
    for (let n = 1; n <= 1_000; n++) {
      const about = { project: 'shop', item: num(n), actor: 'test:admin', cause: null } as const;
      tx.record({ ...about, kind: 'item.created', payload: CREATION });
      tx.record({ ...about, kind: 'item.queued', payload: { queued: true } });
    }
  });
  system.say('m1', 'why 1000');
  const answered = (): number | undefined => system.eventsOf('command.handled')[0];
  await until(() => answered() !== undefined && system.reads.counts('shop').backlog === 0);
  const moves = system.eventsOf('item.moved');
  expect(moves).toHaveLength(1_000);
  // The answer stands among them, not behind.
  expect(answered()).toBeLessThan(moves.at(-1) ?? 0);
  await system.settle();
});
