import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record } from 'fast-check';
import { expect, it } from 'vitest';
import { decide, projectFacts } from '../../src/decide/facts.ts';
import { rankOf } from '../../src/pipeline/next/priority.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { System } from '../model/system.ts';
import { projectSettings } from '../commands/harness.ts';

/** Two slots, two coders, and more items than that: what frees one of them has to be noticed by those who wait in line. */
const ITEMS = 9;

const say = record({
  do: constant('say' as const),
  text: constantFrom(
    'start N',
    'start N',
    'start N',
    'stop N',
    'assign N coder-1',
    'assign N any',
    'depends N on M',
    'depends N on nothing',
    'model N opus',
    'model N default',
    'priority N high',
    'priority N low',
    'edit N qa human',
    'edit N qa server',
    'approve N',
    'retry N',
    'unblock N',
    'move N merge',
    'move N backlog',
    'delete N',
    'yes',
    'budget today +$0.01',
    'budget N +$0.01',
    'pause for 10m',
    'pause --stop',
    'resume',
    'resume',
  ),
  n: nat(ITEMS - 1),
  m: nat(ITEMS - 1),
});
const act = oneof(
  { weight: 6, arbitrary: say },
  {
    weight: 8,
    arbitrary: record({
      do: constant('result' as const),
      which: nat(3),
      result: constantFrom('commit' as const, 'commit' as const, 'fail' as const, 'limited' as const, 'nothing' as const),
    }),
  },
  { weight: 2, arbitrary: record({ do: constant('use' as const), which: nat(3), microUsd: constantFrom(1, 400) }) },
  { weight: 1, arbitrary: record({ do: constant('clock' as const), ms: constantFrom(1_000, 700_000, 90_000_000) }) },
  { weight: 1, arbitrary: record({ do: constant('restart' as const) }) },
);

/** Whoever is free may take it. */
function isOpen({ assignedTo, model = null }: WorkItem): boolean {
  return assignedTo === null && model === null;
}

/** Items that could have the slot or the agent that another one has got, and came before it. */
function passedOver(system: System, settings: ReturnType<typeof projectSettings>, before: ReadonlySet<string>): string[] {
  const { reads } = system;
  const facts = projectFacts(reads, settings, system.clock.now());
  const inLine = reads.active('shop').filter((item) => {
    const step = decide(reads, item, facts);
    return isOpen(item) && step.do === 'wait' && (step.for === 'slot' || step.for === 'agent');
  });
  const precedes = (a: WorkItem, b: WorkItem): boolean =>
    a.stage.name === 'current' &&
    b.stage.name === 'current' &&
    (rankOf(a) - rankOf(b) || a.stageSince - b.stageSince || a.number - b.number) < 0;
  return reads.openRuns('shop').flatMap((run) => {
    const item = reads.item('shop', run.item);
    if (item === null || before.has(`${run.item}.${run.run}`) || !isOpen(item)) return [];
    const waiting = inLine.find((one) => one.payer === item.payer && precedes(one, item));
    return waiting === undefined ? [] : [`${item.number} was taken before ${waiting.number}`];
  });
}

it('a look at what has changed leaves nothing that a look at everything would do, and nobody is passed over', async () => {
  const { budget, agents: all } = projectSettings('shop', '/nowhere');
  // One coder alone can take the model that is chosen at times.
  const [first, ...others] = all;
  const agents = first === undefined ? [] : [{ ...first, knownModels: ['opus'] }, ...others];
  const changed = { agents, qa: 'server' as const, budget: { ...budget, day: { tokens: null, microUsd: 1_000 } } };
  const settings = { ...projectSettings('shop', '/nowhere'), ...changed };
  let runs = 0;
  await assert(
    asyncProperty(array(act, { minLength: 10, maxLength: 30, size: 'max' }), async (acts) => {
      const system = new System(changed);
      system.begin();
      let ids = 0;
      const type = (text: string): void => system.say(`m${(ids += 1)}`, text);
      try {
        for (let n = 1; n <= ITEMS; n++) type(`create story Item ${n}`);
        for (const text of ['depends 8 on 1', 'depends 9 on 1 2']) type(text);
        for (let n = 1; n <= ITEMS; n++) type(`start ${n}`);
        await system.settle();
        for (const one of acts) {
          const before = new Set(system.reads.openRuns('shop').map(({ item, run }) => `${item}.${run}`));
          const running = system.outside.running;
          if (one.do === 'say') type(one.text.replace('N', String(one.n + 1)).replace('M', String(one.m + 1)));
          else if (one.do === 'clock') system.clock.move(one.ms);
          else if (one.do === 'restart') await system.restart(true);
          else {
            const agent = running[one.which % Math.max(1, running.length)];
            if (agent !== undefined && one.do === 'use') system.outside.use(agent, one.microUsd);
            else if (agent !== undefined && one.do === 'result') system.outside.finish(agent, one.result, system.clock.now());
          }
          await system.settle();
          expect([...system.undone(), ...passedOver(system, settings, before)]).toEqual([]);
        }
        runs += system.outside.agents.size;
      } finally {
        system.end();
      }
    }),
    { numRuns: 40, seed: 11, endOnFailure: true },
  );
  expect(runs).toBeGreaterThan(100);
});
