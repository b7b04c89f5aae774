import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentSettings } from '../../src/config/settings.ts';
import { projectSettings } from '../commands/harness.ts';
import { NO_DEFAULTS } from '../pipeline/facts.ts';
import { System } from '../model/system.ts';

const [coder, other] = projectSettings('shop', '/nowhere').agents as [AgentSettings, AgentSettings];
const AGENTS = [
  { ...coder, maxParallel: 2 },
  { ...other, auto: false, model: 'haiku', knownModels: ['haiku'] },
];

let system: System;
beforeEach(() => {
  system = new System({
    agents: AGENTS,
    maxCoders: 4,
    defaults: { ...NO_DEFAULTS, refactor: { agent: 'coder-2', model: 'opus' } },
  });
  system.begin();
});
afterEach(() => system.end());

let ids = 0;
async function type(...lines: string[]): Promise<void> {
  for (const line of lines) system.say(`m${(ids += 1)}`, line);
  await system.settle();
}
const runs = (): string[] =>
  system.outside.running.map(({ item, model }) => {
    const run = system.reads.openRuns('shop').find((one) => one.item === item);
    return `${item} ${run?.agent} ${model ?? '-'}`;
  });

it('a run gets the model that was chosen, keeps it, and the next one gets what is chosen then', async () => {
  await type('create story One', 'model 1 opus', 'start 1');
  expect(runs()).toEqual(['1 coder-1 opus']);
  await type('model 1 sonnet');
  await system.restart(true);
  await system.settle();
  expect(runs()).toEqual(['1 coder-1 opus']);
  const [agent] = system.outside.running;
  if (agent === undefined) throw new Error('nobody is at work');
  system.outside.finish(agent, 'fail', system.clock.now());
  await system.settle();
  expect(runs()).toEqual(['1 coder-1 sonnet']);
});

it('an agent takes as many at a time as it may, and one that is not taken by itself only what asks for it', async () => {
  await type('create story One', 'create story Two', 'create story Three', 'create refactor Four', 'start 1-4');
  expect(runs().toSorted()).toEqual(['1 coder-1 -', '2 coder-1 -', '4 coder-2 opus']);
  await type('assign 3 coder-2');
  expect(runs()).toHaveLength(3);
  const four = system.outside.running.find(({ item }) => item === 4);
  if (four === undefined) throw new Error('nobody works on 4');
  system.outside.finish(four, 'commit', system.clock.now());
  await system.settle();
  expect(runs()).toContain('3 coder-2 haiku');
});

it('an item that waits for the one agent with its model keeps nobody waiting who could use another', async () => {
  system.end();
  system = new System({ agents: [{ ...coder, knownModels: ['opus'] }, other] });
  system.begin();
  await type('create story One', 'create story Two', 'create story Three', 'create story Four', 'start 1-4', 'model 3 opus');
  const second = system.outside.running.find(({ item }) => item === 2);
  if (second === undefined) throw new Error('nobody works on 2');
  system.outside.finish(second, 'commit', system.clock.now());
  await system.settle();
  expect(runs().toSorted()).toEqual(['1 coder-1 -', '4 coder-2 -']);
});
