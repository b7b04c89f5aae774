import { afterEach, expect, it } from 'vitest';
import { until } from '../e2e/harness.ts';
import { System } from '../model/system.ts';
import { projectSettings } from '../commands/harness.ts';

let system: System;
afterEach(() => system.end());

it('what waits for a day that runs in progress hold begins with the new day, though nothing happens at midnight', async () => {
  const caps = { tokens: null, microUsd: 100 };
  const { budget } = projectSettings('shop', '/nowhere');
  system = new System({ budget: { ...budget, day: caps } });
  system.begin();
  const working = (): number[] => system.outside.running.map(({ item }) => item);
  for (const [i, text] of ['create story One', 'create story Two', 'start 1'].entries()) system.say(`m${i}`, text);
  await until(() => working().length === 1);
  system.say('m3', 'start 2');
  await until(() => system.reads.item('shop', 2)?.stage.name === 'current');
  await system.settle();
  const [first] = system.outside.running;
  expect(working()).toEqual([1]);
  if (first === undefined) throw new Error('no run');
  system.outside.use(first, 40);
  await system.settle();
  expect(working()).toEqual([1]);
  system.clock.move(24 * 3_600_000);
  await until(() => working().length === 2);
  // Together no more than the new day has.
  expect(system.reads.openRuns('shop').map(({ reserved }) => reserved?.microUsd?.cap)).toEqual([100, 40]);
});
