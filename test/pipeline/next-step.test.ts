import { actorName } from '../../src/pipeline/actor.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortage } from '../../src/pipeline/budget/budget.ts';
import { isBusy } from '../../src/pipeline/next/candidates.ts';
import type { Unmet } from '../../src/pipeline/next/dependencies.ts';
import { nextStep } from '../../src/pipeline/next/next-step.ts';
import { created, transition } from '../../src/pipeline/transition.ts';
import { QA_MODES, STAGES, type WorkItem } from '../../src/pipeline/types.ts';
import { nextWords } from '../../src/words/item/reasons.ts';
import { stepWords } from '../../src/words/item/step.ts';
import { AGENTS, NO_DEFAULTS, QUIET } from './facts.ts';
import { budget } from './random-budgets.ts';
import { anyFailure, anyStage, anyTime, draft, fit } from './random-events.ts';
import { archivedStage, CREATION, EXECUTION_STATES, eventOf, num, sha, STAGE, standing, T0, type ExecutionState } from './samples.ts';
import type { AgentFact, Facts, Step } from '../../src/pipeline/next/step.ts';

const { backlog, current, qa, merge, done } = STAGE;
const failure = (cause: 'run' | 'gate' | 'conflict' | 'rejected' | 'setup') => ({ cause, summary: 'it broke', evidence: '…' }) as const;
const waits = (what: Extract<Step, { do: 'wait' }>['for']): Partial<Step> => ({ do: 'wait', for: what });
const unmet = (never: Unmet['never']): Pick<Facts, 'unmet'> => ({ unmet: [{ number: num(3), stage: 'current', never }] });
const limitedUntil = T0 + 60_000;

type Case = readonly [situation: string, item: WorkItem, facts: Partial<Facts>, step: Partial<Step>];
const cases: readonly Case[] = [
  ['in the backlog, untouched', standing(backlog), {}, waits('start')],
  ['in the backlog and asked to start', standing(backlog, 'idle', { queued: true }), {}, { do: 'start' }],
  ['asked to start before its dependencies are met', standing(backlog, 'idle', { queued: true }), unmet(null), waits('dependencies')],
  ['queued, and freed by its last dependency', standing(backlog, 'idle', { queued: true, dependsOn: [num(3)] }), {}, { do: 'start' }],
  ['freed by its last dependency, but started by nobody', standing(backlog, 'idle', { dependsOn: [num(3)] }), {}, waits('start')],
  ['waiting for others, but started by nobody', standing(backlog, 'idle', { dependsOn: [num(3)] }), unmet(null), waits('start')],
  [
    'queued, and depending on what never comes',
    standing(backlog, 'idle', { queued: true, dependsOn: [num(3)] }),
    unmet({ kind: 'abandoned' }),
    waits('dependencies'),
  ],
  ['held', standing(current, 'idle', { held: { by: 'console:ann', since: T0 } }), {}, waits('hold')],
  ['held, but done meanwhile', standing(done, 'idle', { held: { by: 'console:ann', since: T0 } }), {}, { do: 'rest' }],
  ['deleted', standing(current, 'idle', { deletedAt: T0 }), {}, { do: 'rest' }],

  [
    'held, with a snapshot to be restored',
    standing(current, 'idle', { held: { by: 'console:ann', since: T0 }, errand: { kind: 'restore', snapshot: 2, by: 'console:ann' } }),
    {},
    { do: 'restore', reason: { kind: 'restore-asked', by: 'console:ann', snapshot: 2 } },
  ],
  [
    'done, with its merge to be taken back',
    standing(done, 'idle', { errand: { kind: 'undo', reason: '', by: 'console:ann' } }),
    {},
    { do: 'undo' },
  ],
  ['in merge, its dependencies no longer met', standing(merge), unmet(null), waits('dependencies')],
  ['in merge at its last step, whatever it depends on', standing(merge, 'idle', { landing: sha('d') }), unmet(null), { do: 'merge' }],

  ['in current with a free agent', standing(current), {}, { do: 'run', stage: 'current', agent: 'coder-1' }],
  [
    'in current with one agent busy',
    standing(current),
    { busy: new Map([['coder-1', [num(3)]]]), coders: 1 },
    { do: 'run', agent: 'coder-2' },
  ],
  ['assigned to an agent', standing(current, 'idle', { assignedTo: 'coder-2' }), {}, { do: 'run', agent: 'coder-2' }],
  [
    'assigned to a busy agent',
    standing(current, 'idle', { assignedTo: 'coder-1' }),
    { busy: new Map([['coder-1', [num(3)]]]), coders: 1 },
    waits('agent'),
  ],
  ['assigned to an agent of another stage', standing(current, 'idle', { assignedTo: 'qa' }), {}, waits('configuration')],
  ['in current with every slot taken', standing(current), { coders: 2 }, waits('slot')],
  [
    'in current with every agent busy',
    standing(current),
    {
      maxCoders: 3,
      coders: 2,
      busy: new Map([
        ['coder-1', [num(3)]],
        ['coder-2', [num(4)]],
      ]),
    },
    waits('agent'),
  ],
  [
    'meant for an agent by its type',
    standing(current),
    { defaults: { ...NO_DEFAULTS, story: { agent: 'coder-2', model: null } } },
    { do: 'run', agent: 'coder-2', model: null },
  ],
  ['with a model of its own', standing(current, 'idle', { model: 'opus' }), {}, { do: 'run', agent: 'coder-1', model: 'opus' }],
  [
    'with a model that one agent is known to have',
    standing(current, 'idle', { model: 'opus' }),
    { agents: twoCoders({}, { knownModels: ['opus'] }) },
    { do: 'run', agent: 'coder-2', model: 'opus' },
  ],
  [
    'with a model that nobody is known to have',
    standing(current, 'idle', { model: 'haiku' }),
    { agents: twoCoders({}, { knownModels: ['opus'] }) },
    { do: 'run', agent: 'coder-1', model: 'haiku' },
  ],
  [
    'with an agent that is not taken by itself',
    standing(current),
    { agents: twoCoders({ auto: false }, {}) },
    { do: 'run', agent: 'coder-2' },
  ],
  [
    'with nobody who is taken by itself',
    standing(current),
    { agents: twoCoders({ auto: false }, { auto: false }) },
    waits('configuration'),
  ],
  [
    'with a model that only an agent has who is not taken by itself',
    standing(current, 'idle', { model: 'opus' }),
    { agents: twoCoders({}, { auto: false, knownModels: ['opus'] }) },
    waits('configuration'),
  ],
  [
    'assigned to an agent that is not taken by itself',
    standing(current, 'idle', { assignedTo: 'coder-1' }),
    { agents: twoCoders({ auto: false }, {}) },
    { do: 'run', agent: 'coder-1' },
  ],
  [
    'with an agent that takes two at a time',
    standing(current),
    { agents: twoCoders({ maxParallel: 2 }, {}), busy: new Map([['coder-1', [num(3)]]]), coders: 1 },
    { do: 'run', agent: 'coder-1' },
  ],
  ['in current without a configured agent', standing(current), { agents: [] }, waits('configuration')],
  ['in current, its dependencies no longer met', standing(current), unmet(null), waits('dependencies')],
  ['being made ready', standing(current, 'pending'), {}, { do: 'watch' }],
  ['being worked on', standing(current, 'running'), {}, { do: 'watch' }],
  ['worked on', standing(current, 'completed'), {}, { do: 'gates' }],
  ['rate-limited', standing(current, 'rateLimited'), {}, { ...waits('rate-limit'), until: limitedUntil }],
  [
    'rate-limited by a clock that was years ahead',
    standing(current, 'rateLimited'),
    { now: limitedUntil - 40 * 86_400_000 },
    { do: 'run' },
  ],
  ['rate-limited until now', standing(current, 'rateLimited'), { now: limitedUntil }, { do: 'run' }],
  [
    'in its last retry',
    standing(current, 'idle', { attempts: 3 }),
    {},
    { do: 'run', reason: { kind: 'another-attempt', attempt: 4, of: 4 } },
  ],
  ['out of retries', standing(current, 'idle', { attempts: 4, failure: failure('gate') }), {}, { do: 'block' }],
  ['sent back too often', standing(current, 'idle', { sentBack: 4 }), {}, { do: 'block' }],
  ['out of retries with a finished run', standing(current, 'completed', { attempts: 4 }), {}, { do: 'gates' }],

  ['in qa by the server', standing(qa), {}, { do: 'gates' }],
  ['in qa by a person', standing(qa, 'idle', { qaMode: 'human' }), {}, waits('approval')],
  ['in qa by an agent', standing(qa, 'idle', { qaMode: 'agent' }), {}, { do: 'run', stage: 'qa', agent: 'qa' }],
  ['in qa by the project’s default', standing(qa), { qaDefault: 'human' }, waits('approval')],
  ['in qa with the agent busy', standing(qa), { qaDefault: 'agent', busy: new Map([['qa', [num(3)]]]) }, waits('agent')],
  ['in qa with coder slots taken', standing(qa), { qaDefault: 'agent', coders: 9 }, { do: 'run', stage: 'qa' }],
  ['under review', standing(qa, 'running'), {}, { do: 'watch' }],
  ['in qa and rate-limited', standing(qa, 'rateLimited'), { qaDefault: 'agent' }, { ...waits('rate-limit'), until: limitedUntil }],
  ['in qa and out of retries', standing(qa, 'idle', { attempts: 4 }), { qaDefault: 'agent' }, { do: 'block' }],

  ['first in the merge queue', standing(merge), { mergeHead: num(7) }, { do: 'merge' }],
  ['the only one to merge', standing(merge), {}, { do: 'merge' }],
  ['later in the merge queue', standing(merge), { mergeHead: num(3) }, waits('merge-queue')],
  [
    'in conflict',
    standing(merge, 'idle', { attempts: 1, failure: failure('conflict') }),
    {},
    { do: 'run', stage: 'merge', agent: 'mergemaster' },
  ],
  [
    'in conflict without a mergemaster',
    standing(merge, 'idle', { attempts: 1, failure: failure('conflict') }),
    { agents: [] },
    { do: 'send-back' },
  ],
  ['its conflict resolved', standing(merge, 'completed', { attempts: 1, failure: failure('conflict') }), {}, { do: 'merge' }],
  ['in merge and out of retries', standing(merge, 'idle', { attempts: 4, failure: failure('conflict') }), {}, { do: 'block' }],
  ['its conflict being resolved', standing(merge, 'running'), {}, { do: 'watch' }],
  ['in merge and rate-limited', standing(merge, 'rateLimited'), {}, { ...waits('rate-limit'), until: limitedUntil }],

  ['merged', standing(done), {}, { do: 'rest' }],
  ['completed', standing(archivedStage('completed', 'done')), {}, { do: 'rest' }],
  ['abandoned', standing(archivedStage('abandoned', 'qa')), {}, { do: 'rest' }],
  ['superseded', standing(archivedStage('superseded', 'qa')), {}, { do: 'rest', reason: { kind: 'superseded', by: num(9) } }],
  ['blocked', standing(archivedStage('blocked', 'current')), {}, { do: 'wait', for: 'unblock', reason: { kind: 'blocked' } }],
  ['failed to merge', standing(archivedStage('mergeFailed', 'merge')), {}, waits('unblock')],
  [
    'held by review',
    standing(archivedStage('reviewHeld', 'merge')),
    {},
    { do: 'wait', for: 'acceptance', reason: { kind: 'held-for-review' } },
  ],
];

describe('the next step of an item that is', () => {
  it.each(cases)('%s', (_, item, facts, step) => {
    expect(nextStep(item, { ...QUIET, ...facts })).toMatchObject(step);
  });

  it('waiting names what it waits for and who holds it', () => {
    const busy = new Map([
      ['coder-1', [num(3)]],
      ['coder-2', [num(4)]],
    ]);
    const slot = nextStep(standing(current), { ...QUIET, busy, coders: 2 });
    const onSlots = [
      { agent: 'coder-1', item: num(3) },
      { agent: 'coder-2', item: num(4) },
    ];
    expect(slot.reason).toEqual({ kind: 'slots-busy', max: 2, busy: onSlots });
    const wide = { ...QUIET, busy, coders: 2, maxCoders: 9 };
    expect(nextStep(standing(current), wide).reason).toEqual({ kind: 'agents-busy', busy: onSlots, only: null });
    const own = nextStep(standing(current, 'idle', { assignedTo: 'coder-2' }), wide).reason;
    expect(own).toEqual({ kind: 'agents-busy', busy: onSlots.slice(1), only: { agent: 'coder-2', most: 1 } });
    const lost = unmet({ kind: 'deleted' });
    expect(nextStep(standing(backlog), { ...QUIET, ...lost }).reason).toEqual({ kind: 'not-started', ...lost });
    expect(nextStep(standing(current), { ...QUIET, ...lost }).reason).toEqual({ kind: 'dependencies', ...lost });
  });

  it('blocked says how often it was tried', () => {
    const step = nextStep(standing(current, 'idle', { attempts: 4, failure: failure('gate') }), QUIET);
    expect(step.reason).toEqual({ kind: 'attempts-used-up', attempts: 4, stage: 'current' });
    const one = nextStep(standing(current, 'idle', { attempts: 1, failure: failure('gate') }), { ...QUIET, maxRetries: 0 });
    expect(one.reason).toMatchObject({ attempts: 1 });
  });

  it('waiting that can never end is told from waiting that may', () => {
    for (const item of [standing(backlog, 'idle', { queued: true }), standing(current)]) {
      expect(nextStep(item, { ...QUIET, ...unmet({ kind: 'deleted' }) })).toMatchObject({ for: 'dependencies', never: true });
      expect(nextStep(item, { ...QUIET, ...unmet(null) })).toMatchObject({ for: 'dependencies', never: false });
    }
  });
});

describe('a paused project', () => {
  const pause = { by: 'person:Anna', reason: 'we deploy', until: null, how: 'stop', since: T0 } as const;
  it('begins nothing and says who paused it, but brings a merge to its end whose commit is on its way', () => {
    const paused = { ...QUIET, pause };
    for (const item of [standing(STAGE.backlog, 'idle', { queued: true }), standing(current), standing(qa), standing(merge)]) {
      expect(['start', 'run', 'gates', 'merge']).toContain(nextStep(item, QUIET).do);
      expect(nextStep(item, paused)).toMatchObject({ do: 'wait', for: 'pause', reason: { kind: 'paused', pause }, never: false });
    }
    expect(nextStep(standing(merge, 'idle', { landing: sha('d') }), paused).do).toBe('merge');
    expect(nextStep(standing(current, 'running'), paused).do).toBe('watch');
  });
});

describe('a project whose sandbox does not hold', () => {
  it('runs nothing, and says what has to be mended', () => {
    const broken = { ...QUIET, sandboxProblem: 'bwrap is not on the PATH' };
    for (const stage of [current, qa, merge]) {
      const item = standing(stage, 'idle', { qaMode: 'agent' });
      expect(['run', 'merge']).toContain(nextStep(item, QUIET).do);
      expect(nextStep(item, broken)).toMatchObject({
        do: 'wait',
        for: 'configuration',
        reason: { kind: 'sandbox', problem: 'bwrap is not on the PATH' },
      });
    }
  });
});

/** Two coders, changed so. */
function twoCoders(first: Partial<AgentFact>, second: Partial<AgentFact>): AgentFact[] {
  return [
    { name: 'coder-1', stage: 'current', role: 'coder', ...first },
    { name: 'coder-2', stage: 'current', role: 'coder', ...second },
  ];
}

const name = fc.constantFrom('coder-1', 'coder-2', 'qa', 'mergemaster', 'nobody');
const number = fc.integer({ min: 1, max: 9 }).map(num);
const anyModel = fc.constantFrom('opus', 'haiku');
const choice = fc.record({ agent: fc.option(fc.constantFrom('coder-1', 'coder-2'), { freq: 1 }), model: fc.option(anyModel, { freq: 1 }) });
const facts: fc.Arbitrary<Facts> = fc.record({
  now: anyTime,
  qaDefault: fc.constantFrom(...QA_MODES),
  maxCoders: fc.nat({ max: 3 }),
  maxRetries: fc.nat({ max: 3 }),
  agents: fc.subarray([...AGENTS]).chain((agents) =>
    fc.tuple(
      ...agents.map(({ name: own, stage, role }) =>
        fc.record({
          name: fc.constant(own),
          stage: fc.constant(stage),
          role: fc.constant(role),
          auto: role === 'coder' ? fc.boolean() : fc.constant(true),
          maxParallel: fc.integer({ min: 1, max: 2 }),
          knownModels: fc.constantFrom([], ['opus']),
        }),
      ),
    ),
  ),
  busy: fc.array(fc.tuple(name, fc.array(number, { minLength: 1, maxLength: 2 })), { maxLength: 3 }).map((entries) => new Map(entries)),
  defaults: fc.record({ story: choice, bug: choice, spike: choice, refactor: choice }),
  coders: fc.nat({ max: 3 }),
  unmet: fc.array(fc.record({ number, stage: fc.constantFrom(...STAGES), never: fc.option(fc.constant({ kind: 'deleted' } as const)) }), {
    maxLength: 2,
  }),
  mergeHead: fc.option(number),
  budgets: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(budget, { maxLength: 4 }) }),
  sandboxProblem: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant('bwrap is not on the PATH') }),
  outage: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: anyTime.map((until) => ({ code: 'ENOSPC', said: '', hint: '', until, times: 1 })) },
  ),
  pause: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant({ by: 'console:ann', reason: '', until: null, how: 'finish', since: T0 } as const) },
  ),
  requests: fc.constant(new Map()),
});
/** Items as random histories leave them, and items put together from parts, so that rare places come up often. */
const fromHistory = fc.array(draft, { maxLength: 60 }).map((drafts) => {
  const start = created(eventOf('item.created', CREATION, { seq: 1, at: T0 }));
  return drafts.reduce<WorkItem>((item, drafted, i) => {
    const next = transition(item, fit(drafted, item, i + 2, T0 + i));
    return next.ok ? next.value : item;
  }, start);
});
const fromParts = fc
  .record({
    stage: anyStage,
    state: fc.constantFrom<ExecutionState>(...EXECUTION_STATES),
    attempts: fc.nat({ max: 5 }),
    sentBack: fc.nat({ max: 5 }),
    failure: fc.option(anyFailure),
    held: fc.option(fc.constant({ by: 'console:ann', since: T0 }), { freq: 1 }),
    qaMode: fc.option(fc.constantFrom(...QA_MODES)),
    assignedTo: fc.option(name),
    queued: fc.boolean(),
    dependsOn: fc.uniqueArray(number, { maxLength: 2 }),
  })
  .map(({ stage, state, ...over }) => standing(stage, state, over));

/** The agent that was chosen, or one that is taken by itself and can use the model, where any of them can; and that model. */
function isAsChosen(item: WorkItem, step: Extract<Step, { do: 'run' }>, { agents, defaults }: Facts): boolean {
  const chosen = { agent: item.assignedTo ?? defaults[item.type].agent, model: item.model ?? defaults[item.type].model };
  const { model } = chosen;
  if (step.model !== model) return false;
  if (chosen.agent !== null) return step.agent === chosen.agent;
  const taken = agents.find(({ name: one }) => one === step.agent);
  const coders = agents.filter(({ role }) => role === 'coder');
  const fits =
    model === null || taken?.knownModels?.includes(model) === true || !coders.some(({ knownModels = [] }) => knownModels.includes(model));
  return taken?.auto === true && fits;
}

describe('the next step of any item', () => {
  it('is always there, and has words', () => {
    const reader = { current: 'shop', now: T0, timezone: 'UTC', nameOf: actorName };
    fc.assert(
      fc.property(fc.oneof(fromParts, fromHistory), facts, (item, given) => {
        const step = nextStep(item, given);
        expect(plainText(line(...stepWords(item, step, reader)), { width: 1_000 })).toMatch(/^\S.*\S$/s);
        expect(nextWords(item, step, reader)).toBeDefined();
      }),
      { numRuns: 3_000 },
    );
  });

  it('starts a run only with a configured agent of that stage that is free, in a slot that is free', () => {
    const ready = fc
      .record({
        stage: fc.constantFrom(current, qa, merge),
        attempts: fc.nat({ max: 4 }),
        assignedTo: fc.option(name, { freq: 1 }),
        model: fc.option(anyModel, { freq: 1 }),
      })
      .chain(({ stage, ...over }) => anyFailure.map((last) => standing(stage, 'idle', { ...over, failure: last })));
    let started = 0;
    fc.assert(
      fc.property(ready, facts, (item, given) => {
        const step = nextStep(item, given);
        if (step.do !== 'run') return true;
        started += 1;
        const coding = step.stage === 'current';
        return (
          step.stage === item.stage.name &&
          given.agents.some((agent) => agent.name === step.agent && agent.stage === step.stage && !isBusy(agent, given)) &&
          item.attempts <= given.maxRetries &&
          shortage(given.budgets) === null &&
          (!coding || (given.coders < given.maxCoders && given.unmet.length === 0)) &&
          (!coding || isAsChosen(item, step, given))
        );
      }),
      { numRuns: 5_000 },
    );
    expect(started).toBeGreaterThan(100);
  });

  it('does nothing to an item that is held or deleted', () => {
    const still = fc.record({ held: fc.boolean() }).map(({ held }) => (held ? { held: { by: 'a', since: T0 } } : { deletedAt: T0 }));
    fc.assert(
      fc.property(fromParts, still, facts, (item, over, given) => {
        expect(['wait', 'rest']).toContain(nextStep({ ...item, ...over }, given).do);
      }),
      { numRuns: 1_000 },
    );
  });
});
