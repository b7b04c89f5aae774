import { afterEach, expect, it } from 'vitest';
import { until } from '../e2e/harness.ts';
import { System } from '../model/system.ts';

let system: System;
afterEach(() => system.end());

it.each(['commit', 'reject'] as const)(
  'a verdict (%s) of an agent decides nothing where a person has taken the review over meanwhile',
  async (verdict) => {
    system = new System({ qa: 'agent' });
    system.begin();
    const stage = (): string | undefined => system.reads.item('shop', 1)?.stage.name;
    const ended = (): number => system.reads.runs('shop', 1).filter(({ state }) => state === 'ended').length;
    const finish = async (result: 'commit' | 'reject'): Promise<void> => {
      const before = ended();
      const [agent] = system.outside.running;
      if (agent === undefined) throw new Error('no agent is at work');
      system.outside.finish(agent, result, system.clock.now());
      await until(() => ended() === before + 1);
    };
    system.say('m1', 'create story One');
    system.say('m2', 'start 1');
    await until(() => system.outside.running.length === 1);
    await finish('commit');
    await until(() => stage() === 'qa' && system.outside.running.length === 1);
    system.say('m3', 'edit 1 qa human');
    await until(() => system.reads.item('shop', 1)?.qaMode === 'human');
    await finish(verdict);
    await system.settle();
    expect([stage(), system.outside.running]).toEqual(['qa', []]);
    system.say('m4', 'approve 1');
    await until(() => stage() === 'done');
    await system.settle();
    system.check(true);
  },
);
