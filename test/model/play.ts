import process from 'node:process';
import * as fc from 'fast-check';
import type { QaMode } from '../../src/pipeline/types.ts';
import type { Result } from './edge.ts';
import { System } from './system.ts';

/** One thing that happens to Musher. `n` picks an item; a number that is not there is a thing that people type too. */
type Act =
  | { readonly do: 'say'; readonly text: string; readonly n: number; readonly m: number; readonly next: 'settle' | 'again' | 'crash' }
  | { readonly do: 'result'; readonly which: number; readonly result: Result }
  | { readonly do: 'use'; readonly which: number; readonly microUsd: number }
  | { readonly do: 'gates'; readonly mode: 'pass' | 'fail' | 'hang' }
  | { readonly do: 'gate ends'; readonly exitCode: 0 | 1 }
  | { readonly do: 'git'; readonly slow: boolean; readonly conflicts: boolean }
  | { readonly do: 'git answers' }
  /** An item that nobody gets in the way of comes to its merge. */
  | { readonly do: 'through'; readonly n: number }
  /** The look whether it fits is answered when a person has sent the item elsewhere. */
  | { readonly do: 'late'; readonly n: number; readonly text: string; readonly conflicts: boolean }
  | { readonly do: 'deaf'; readonly deaf: boolean }
  | { readonly do: 'again'; readonly which: number }
  | { readonly do: 'clock'; readonly ms: number }
  | { readonly do: 'restart'; readonly orderly: boolean };

const TEXTS = [
  'create story Tea',
  'start N',
  'start N',
  'stop N',
  'move N qa',
  'move N current',
  'move N merge',
  'move N archived',
  'move N backlog',
  'supersede N by M',
  'edit N title Coffee',
  'priority N high',
  'priority N low',
  'label N ui',
  'unlabel N ui',
  'edit N qa agent',
  'edit N qa server',
  'edit N qa human',
  'depends N on M',
  'depends N on nothing',
  'approve N',
  'approve N',
  'reject N no',
  'accept N',
  'unblock N',
  'retry N',
  'delete N',
  'delete N --purge',
  'yes',
  'yes',
  'no',
  'timer N in 10m start',
  'timer N in 1h stop',
  'undo',
  'budget N',
  'why N',
  'pause',
  'pause for 10m',
  'pause --stop',
  'panic',
  'resume',
  'resume',
  'resume',
];
const nat = (max: number): fc.Arbitrary<number> => fc.nat({ max });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      text: fc.constantFrom(...TEXTS),
      n: nat(3),
      m: nat(3),
      next: fc.constantFrom('settle' as const, 'settle' as const, 'settle' as const, 'again' as const, 'crash' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('result' as const),
      which: nat(3),
      result: fc.constantFrom(
        'commit' as const,
        'commit' as const,
        'commit' as const,
        'nothing' as const,
        'fail' as const,
        'limited' as const,
        'reject' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('use' as const), which: nat(3), microUsd: fc.integer({ min: 1, max: 50 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('gates' as const), mode: fc.constantFrom('pass' as const, 'fail' as const, 'hang' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('gate ends' as const), exitCode: fc.constantFrom(0 as const, 0 as const, 1 as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('git' as const), slow: fc.boolean(), conflicts: fc.constantFrom(false, false, true) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('git answers' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('through' as const), n: nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('late' as const),
      n: nat(3),
      text: fc.constantFrom('stop N', 'move N current', 'move N qa', 'start N', 'delete N'),
      conflicts: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deaf' as const), deaf: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), which: nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('clock' as const), ms: fc.constantFrom(1_000, 60_000, 700_000, 4_000_000, 90_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), orderly: fc.boolean() }) },
);

/** Most items wait for a person, as in a project that has not chosen. */
const mode = fc.constantFrom<QaMode>('human', 'human', 'agent', 'server');

async function play(acts: readonly Act[], deaf: boolean, qa: QaMode): Promise<System> {
  const system = new System({ qa });
  system.outside.deaf = deaf;
  system.begin();
  const said: { readonly id: string; readonly text: string }[] = [];
  const say = (text: string): string => {
    const id = `m${said.length + 1}`;
    said.push({ id, text });
    system.say(id, text);
    return id;
  };
  try {
    // Something to talk about; the second is at work.
    for (const text of ['create story One', 'create story Two', 'start 2']) say(text);
    await system.settle();
    system.check(false);
    for (const one of acts) {
      await perform(system, one, say, said);
      await system.settle();
      system.check(one.do === 'restart');
    }
    system.check(true);
    return system;
  } finally {
    system.end();
  }
}

async function perform(
  system: System,
  one: Act,
  say: (text: string) => string,
  said: readonly { id: string; text: string }[],
): Promise<void> {
  const { outside } = system;
  switch (one.do) {
    case 'say': {
      const text = one.text.replace('N', String(one.n + 1)).replace('M', String(one.m + 1));
      const id = say(text);
      if (one.next === 'again') system.say(id, text);
      if (one.next === 'crash') await system.restart(false);
      return;
    }
    case 'result': {
      const agent = outside.running[one.which % Math.max(1, outside.running.length)];
      if (agent !== undefined) outside.finish(agent, one.result, system.clock.now());
      return;
    }
    case 'use': {
      const agent = outside.running[one.which % Math.max(1, outside.running.length)];
      if (agent !== undefined) outside.use(agent, one.microUsd);
      return;
    }
    case 'gates':
      outside.gateMode = one.mode;
      return;
    case 'gate ends':
      [...outside.gates][0]?.end(one.exitCode);
      return;
    case 'git':
      outside.slow = one.slow;
      outside.conflicts = one.conflicts;
      return;
    case 'git answers':
      return outside.letGo();
    case 'through':
      return through(system, one.n + 1, say);
    case 'late':
      outside.slow = true;
      await through(system, one.n + 1, say);
      await system.settle();
      say(one.text.replace('N', String(one.n + 1)));
      if (one.text.startsWith('delete')) say('yes');
      await system.settle();
      outside.slow = false;
      outside.conflicts = one.conflicts;
      return outside.letGo();
    case 'deaf':
      outside.deaf = one.deaf;
      return;
    case 'again': {
      const message = said[one.which % said.length];
      if (message !== undefined) system.say(message.id, message.text);
      return;
    }
    case 'clock':
      return system.clock.move(one.ms);
    case 'restart':
      return system.restart(one.orderly);
  }
}

/** Starts an item, lets its agents do their work, and approves it; where it is somewhere else already, it goes on from there. */
async function through(system: System, number: number, say: (text: string) => string): Promise<void> {
  const { outside } = system;
  const work = async (): Promise<void> => {
    await system.settle();
    for (const agent of outside.running.filter(({ item }) => item === number)) outside.finish(agent, 'commit', system.clock.now());
    await system.settle();
  };
  say(`start ${number}`);
  await work();
  // The gates may hang, and a reviewer may be an agent.
  for (const gate of outside.gates) gate.end(0);
  await work();
  say(`approve ${number}`);
}

/** The same histories each time, so that a change is what turns it red; `MODEL_SEED=random` looks at others. */
const SEED = process.env['MODEL_SEED'] === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(process.env['MODEL_SEED'] ?? 7);

/** What random histories came to, so that it shows whether they come through the whole pipeline. */
export interface Played {
  readonly runs: number;
  readonly acts: number;
  readonly items: number;
  readonly agents: number;
  readonly merges: number;
}

/** Plays random histories against the model. A failure names its seed and path, by which the very same one comes again. */
export async function playMany(runs: number): Promise<Played> {
  const played = { runs, acts: 0, items: 0, agents: 0, merges: 0 };
  const one = async (acts: readonly Act[], deaf: boolean, qa: QaMode): Promise<void> => {
    const system = await play(acts, deaf, qa);
    played.acts += acts.length;
    played.items += system.numbers.length;
    played.agents += system.outside.agents.size;
    played.merges += system.outside.base.length - 1;
  };
  await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 30, size: 'max' }), fc.boolean(), mode, one), { numRuns: runs, seed: SEED });
  return played;
}
