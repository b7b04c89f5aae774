import { misfitWords } from '../../src/words/item/misfit.ts';
import { describe, expect, it } from 'vitest';
import type { ItemEvent, ItemEventKind } from '../../src/pipeline/events.ts';
import { created, transition, type TransitionError } from '../../src/pipeline/transition.ts';
import { undoPositionOf } from '../../src/pipeline/undo-position.ts';
import type { Removal, Stage, WorkItem } from '../../src/pipeline/types.ts';
import {
  archivedStage,
  CREATION,
  eventOf,
  EXECUTION_STATES,
  num,
  REASON_NAMES,
  sha,
  STAGE,
  standing,
  story,
  T0,
  type ExecutionState,
} from './samples.ts';
import { ROLE_OF, type WorkStage } from '../../src/pipeline/role.ts';

const FAILURE = { cause: 'gate', summary: 'test: exit 1', evidence: '1 failing' } as const;
const USAGE = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, microUsd: 5 };

const NONE = { tokens: 0, microUsd: 0 };
const BUDGET = {
  scope: 'item',
  name: '7',
  base: { tokens: 50, microUsd: null },
  caps: { tokens: 50, microUsd: null },
  used: NONE,
  reserved: NONE,
  until: null,
} as const;

/** For each kind an event that fits the item as well as such an event can: run numbers, stage and role are the item's own. */
const EVENT: { readonly [K in ItemEventKind]: (item: WorkItem) => Extract<ItemEvent, { kind: K }> } = {
  'item.created': () => eventOf('item.created', CREATION),
  'item.edited': () => eventOf('item.edited', { field: 'title', value: 'Pay by phone', prior: 'Pay by card' }),
  'item.criterion_set': () => eventOf('item.criterion_set', { index: 0, checked: true }),
  'item.dependencies_set': () => eventOf('item.dependencies_set', { dependsOn: [num(3)], prior: [] }),
  'item.assigned': () => eventOf('item.assigned', { agent: 'coder-2', prior: null }),
  'item.told': () => eventOf('item.told', { text: 'use the old API' }),
  'item.climbed': () => eventOf('item.climbed', { of: 'request', number: 1, step: 0, to: 'here' }),
  'item.seconded': () => eventOf('item.seconded', { words: 'delete', askedBy: 'person:anna' }),
  'item.commented': () => eventOf('item.commented', { text: 'agreed' }),
  'item.files_added': () => eventOf('item.files_added', { files: [{ hash: 'ab12', name: 'gap.png', type: 'image/png', bytes: 7 }] }),
  'item.queued': () => eventOf('item.queued', { queued: true }),
  // Moves have a table of their own, in moves.test.ts; this one fits nowhere.
  'item.moved': (item) =>
    eventOf('item.moved', { to: item.stage.name === 'done' ? STAGE.qa : { ...STAGE.done, mergedAt: T0 }, why: '', failure: null }),
  'item.held': () => eventOf('item.held', { why: 'lunch' }),
  'item.released': () => eventOf('item.released', {}),
  'item.accepted': () => eventOf('item.accepted', { head: sha('a') }),
  'item.attempts_reset': () => eventOf('item.attempts_reset', { why: 'retry' }),
  'item.attempt_failed': (item) => eventOf('item.attempt_failed', { failure: FAILURE, stage: item.stage.name, attempt: item.attempts + 1 }),
  'item.work_seen': () => eventOf('item.work_seen', { work: { branch: 'musher/7', head: sha('a'), commitsAhead: 1 } }),
  'item.undone': () => eventOf('item.undone', { words: 'edit', cause: 'inbox:1' }),
  'item.put_back': () => eventOf('item.put_back', { standing: undoPositionOf(story()) }),
  'item.restore_asked': () => eventOf('item.restore_asked', { snapshot: 2 }),
  'item.restored': () => eventOf('item.restored', { snapshot: 2, head: sha('a'), kept: null }),
  'item.undo_asked': () => eventOf('item.undo_asked', { reason: 'it breaks the export' }),
  'undo.attempted': () => eventOf('undo.attempted', { commit: sha('e'), base: sha('b'), merge: sha('d') }),
  'item.errand_failed': () => eventOf('item.errand_failed', { errand: 'undo', why: 'later commits', files: [] }),
  'item.budget_raised': () => eventOf('item.budget_raised', { tokens: 50, microUsd: 0 }),
  'item.deleted': () => eventOf('item.deleted', { purge: false }),
  'item.removed': () => eventOf('item.removed', { done: ['worktree'], left: [] }),
  'item.purged': () => eventOf('item.purged', {}),
  'item.found_merged': () => eventOf('item.found_merged', { mergeCommit: sha('d'), mergedAt: T0 }, { actor: 'musher' }),
  'item.found_undone': () => eventOf('item.found_undone', { commit: sha('e') }, { actor: 'musher' }),
  'run.pending': (item) => {
    const stage: WorkStage = item.stage.name === 'qa' || item.stage.name === 'merge' ? item.stage.name : 'current';
    return eventOf('run.pending', { run: item.runs + 1, agent: 'one', role: ROLE_OF[stage], stage, attempt: 1 });
  },
  'run.started': (item) =>
    eventOf('run.started', { run: item.runs, pid: 5, pidStart: null, model: null, runtime: 'command', base: sha('b') }),
  'run.heard': (item) => eventOf('run.heard', { run: item.runs, told: [1] }),
  'run.session': (item) => eventOf('run.session', { run: item.runs, session: 's' }),
  'run.usage': (item) => eventOf('run.usage', { run: item.runs, agent: 'one', model: 'm', usage: USAGE }),
  'run.budget_crossed': (item) =>
    eventOf('run.budget_crossed', { run: item.runs, crossed: [{ budget: BUDGET, unit: 'tokens', percent: 80 }] }),
  'run.extended': (item) =>
    eventOf('run.extended', { run: item.runs, reserved: { tokens: { cap: 9, by: 'item' }, microUsd: null, person: null } }),
  'item.set_aside': () => eventOf('item.set_aside', { what: [] }),
  'run.price_unknown': (item) => eventOf('run.price_unknown', { run: item.runs, model: 'm' }),
  'run.heartbeat': (item) => eventOf('run.heartbeat', { run: item.runs, activity: 'reads' }),
  'timer.set': () =>
    eventOf('timer.set', {
      timer: 1,
      due: T0,
      command: 'start shop#7',
      from: { at: { transport: 'console', room: 'lobby', thread: null }, senderId: 'ann', ingress: 'terminal', direct: false },
    }),
  'timer.fired': () => eventOf('timer.fired', { timer: 1 }),
  'timer.missed': () => eventOf('timer.missed', { timer: 1 }),
  'timer.cancelled': () => eventOf('timer.cancelled', { timer: 1, why: '' }),
  'run.stop_requested': (item) => eventOf('run.stop_requested', { run: item.runs, why: 'stop' }),
  'run.ended': (item) =>
    eventOf('run.ended', { run: item.runs, reason: 'finished', exitCode: 0, summary: 'done', resumeAt: null, turns: 3, verdict: null }),
  'run.admitted': (item) => eventOf('run.admitted', { run: item.runs, tokenHash: 'h' }),
  'run.connected': (item) => eventOf('run.connected', { run: item.runs, connectionHash: 'c' }),
  'run.reported': (item) => eventOf('run.reported', { run: item.runs, text: '' }),
  'run.verdict': (item) => eventOf('run.verdict', { run: item.runs, verdict: 'approve', reason: '' }),
  'run.blocker': (item) => eventOf('run.blocker', { run: item.runs, reason: 'no network' }),
  'agent.called': (item) => eventOf('agent.called', { run: item.runs, tool: 'git_commit', result: 'abc' }),
  'request.opened': (item) =>
    eventOf('request.opened', {
      run: item.runs,
      request: 7,
      agent: 'coder-1',
      ask: { kind: 'permission', tool: 'Bash', input: '{"command":"rm -rf build"}' },
      brief: 'rm -rf build',
      call: 'c',
      role: 'operator',
      expiresAt: T0 + 900_000,
    }),
  'request.closed': (item) => eventOf('request.closed', { run: item.runs, request: 7, end: 'allowed', text: '' }),
  'request.refused': (item) => eventOf('request.refused', { run: item.runs, brief: 'Write', why: 'it is too long' }),
  'gate.ran': () =>
    eventOf('gate.ran', {
      gate: 'test',
      command: 'npm test',
      where: 'branch',
      commit: sha('a'),
      tree: sha('c'),
      exitCode: 0,
      timedOut: false,
      durationMs: 10,
      outputHash: 'e'.repeat(64),
      outputTail: 'ok',
    }),
  'merge.attempted': () =>
    eventOf('merge.attempted', { commit: sha('d'), base: sha('b'), head: sha('a'), outcome: 'clean', files: ['a.ts'] }),
};
const KINDS = Object.keys(EVENT) as ItemEventKind[];

type Outcome = 'ok' | TransitionError['code'];
interface Place {
  readonly stage: Stage['name'];
  readonly execution: ExecutionState;
  readonly removal: Removal['state'] | null;
  /** Archived, and able to come back. */
  readonly resumable: boolean;
  /** Archived as completed. */
  readonly completed: boolean;
}

const everywhere = (): Outcome => 'ok';
const never = (code: TransitionError['code']) => (): Outcome => code;
const where =
  (fits: (place: Place) => boolean) =>
  (place: Place): Outcome =>
    fits(place) ? 'ok' : 'wrong-state';

/** What becomes of each kind of event at an item that was not deleted. */
const LIVE: { readonly [K in ItemEventKind]: (place: Place) => Outcome } = {
  'item.created': never('exists'),
  'item.edited': everywhere,
  'item.criterion_set': everywhere,
  'item.dependencies_set': everywhere,
  'item.assigned': everywhere,
  'item.told': everywhere,
  'item.commented': everywhere,
  'item.files_added': everywhere,
  'item.climbed': everywhere,
  'item.seconded': everywhere,
  'item.queued': where((place) => place.stage === 'backlog'),
  // The sample goes to done, which only merge may, and from done to qa.
  'item.moved': (place) => (place.stage === 'merge' ? 'ok' : 'invalid-move'),
  'item.held': where((place) => place.stage !== 'done' && place.stage !== 'archived'),
  'item.released': everywhere,
  'item.accepted': everywhere,
  'item.attempts_reset': everywhere,
  'item.attempt_failed': everywhere,
  'item.work_seen': everywhere,
  'item.undone': everywhere,
  'item.put_back': where(({ execution }) => execution !== 'pending' && execution !== 'running'),
  'item.restore_asked': where(({ stage, execution, resumable }) => {
    if (stage === 'done' || (stage === 'archived' && !resumable)) return false;
    return execution !== 'pending' && execution !== 'running';
  }),
  // Only where one was asked for: see the errands below.
  'item.restored': never('wrong-state'),
  'item.undo_asked': where(({ stage, completed }) => stage === 'done' || completed),
  'undo.attempted': never('wrong-state'),
  'item.errand_failed': never('wrong-state'),
  'item.budget_raised': everywhere,
  'item.deleted': everywhere,
  'item.removed': never('wrong-state'),
  'item.purged': never('wrong-state'),
  'item.found_merged': where(({ stage, resumable }) => stage !== 'done' && (stage !== 'archived' || resumable)),
  'item.found_undone': where(({ stage, completed }) => stage === 'done' || completed),
  'run.pending': where(
    (place) => ['current', 'qa', 'merge'].includes(place.stage) && place.execution !== 'pending' && place.execution !== 'running',
  ),
  'run.started': where((place) => place.execution === 'pending'),
  'run.heard': everywhere,
  'run.session': everywhere,
  'run.usage': everywhere,
  'run.budget_crossed': everywhere,
  'run.extended': everywhere,
  'item.set_aside': everywhere,
  'run.price_unknown': everywhere,
  'run.heartbeat': everywhere,
  'timer.set': everywhere,
  'timer.fired': everywhere,
  'timer.missed': everywhere,
  'timer.cancelled': everywhere,
  'run.stop_requested': everywhere,
  'run.ended': everywhere,
  'run.admitted': everywhere,
  'run.connected': everywhere,
  'run.reported': everywhere,
  'run.verdict': everywhere,
  'run.blocker': everywhere,
  'agent.called': everywhere,
  'request.opened': everywhere,
  'request.closed': everywhere,
  'request.refused': everywhere,
  'gate.ran': everywhere,
  'merge.attempted': everywhere,
};
/** A tombstone takes its own clean-up and the accounts of what still ran; nothing undoes a purge. */
const DELETED: { readonly [K in ItemEventKind]?: (place: Place) => Outcome } = {
  'item.deleted': (place) => (place.removal === 'purged' ? 'deleted' : 'ok'),
  'item.removed': (place) => (place.removal === 'purged' ? 'deleted' : 'ok'),
  'item.purged': everywhere,
  'run.usage': everywhere,
  'run.budget_crossed': everywhere,
  'run.extended': everywhere,
  'item.seconded': everywhere,
  'item.set_aside': everywhere,
  'run.price_unknown': everywhere,
  'run.ended': everywhere,
  'request.closed': everywhere,
  'run.stop_requested': everywhere,
};
function expected(kind: ItemEventKind, place: Place): Outcome {
  return place.removal === null ? LIVE[kind](place) : (DELETED[kind]?.(place) ?? 'deleted');
}

function archived(stage: Stage): { resumable: boolean; completed: boolean } {
  const kind = stage.name === 'archived' ? stage.reason.kind : null;
  return { resumable: kind === 'blocked' || kind === 'mergeFailed' || kind === 'reviewHeld', completed: kind === 'completed' };
}

const situations: { name: string; item: WorkItem; place: Place }[] = [];
function situation(stage: Stage, execution: ExecutionState, removal: Removal['state'] | null, name: string): void {
  const over = removal === null ? {} : { deletedAt: T0, removal: { state: removal, purge: removal === 'purged' } };
  situations.push({ name, item: standing(stage, execution, over), place: { stage: stage.name, execution, removal, ...archived(stage) } });
}
situation(STAGE.backlog, 'idle', null, 'backlog');
for (const stage of [STAGE.current, STAGE.qa, STAGE.merge])
  for (const execution of EXECUTION_STATES) situation(stage, execution, null, `${stage.name}, ${execution}`);
situation(STAGE.done, 'idle', null, 'done');
for (const reason of REASON_NAMES)
  situation(archivedStage(reason, reason === 'completed' ? 'done' : 'qa'), 'idle', null, `archived (${reason})`);
for (const removal of ['asked', 'removed', 'purged'] as const)
  for (const stage of [STAGE.backlog, STAGE.current, STAGE.merge, STAGE.done, archivedStage('blocked', 'qa')])
    situation(stage, 'idle', removal, `deleted (${removal}) in ${stage.name}`);

describe('transition', () => {
  it.each(situations)('of an item that is $name takes exactly the events that fit', ({ item, place }) => {
    const outcomes = KINDS.map((kind) => {
      const result = transition(item, EVENT[kind](item));
      return [kind, result.ok ? 'ok' : result.error.code];
    });
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, expected(kind, place)])));
  });

  const results = situations.flatMap(({ item }) => KINDS.map((kind) => ({ item, kind, result: transition(item, EVENT[kind](item)) })));

  it('counts each event that it takes, but for the signs of life and metering of runs', () => {
    const counted = new Set(results.flatMap(({ item, kind, result }) => (result.ok && result.value.version > item.version ? [kind] : [])));
    const taken = new Set(results.flatMap(({ kind, result }) => (result.ok ? [kind] : [])));
    expect([...taken].filter((kind) => !counted.has(kind) && !kind.startsWith('timer.')).sort()).toEqual([
      'agent.called',
      'item.climbed',
      'item.commented',
      'item.files_added',
      'item.seconded',
      'item.set_aside',
      'item.told',
      'request.closed',
      'request.opened',
      'request.refused',
      'run.admitted',
      'run.budget_crossed',
      'run.connected',
      'run.extended',
      'run.heard',
      'run.heartbeat',
      'run.price_unknown',
      'run.reported',
      'run.session',
      'run.usage',
      'run.verdict',
    ]);
    expect(new Set(results.map(({ item, result }) => (result.ok ? result.value.version - item.version : 0)))).toEqual(new Set([0, 1]));
  });

  it('says in each refusal what stands in the way', () => {
    const messages = results.flatMap(({ result }) => (result.ok ? [] : [misfitWords(result.error)]));
    expect(messages.length).toBeGreaterThan(100);
    expect(messages.filter((message) => !/^\S.+\.$/.test(message))).toEqual([]);
  });
});

describe('a creation', () => {
  it('makes an item in the backlog that nobody works on', () => {
    expect(created(eventOf('item.created', CREATION, { seq: 4, at: T0 }))).toMatchObject({
      number: 7,
      stage: { name: 'backlog' },
      execution: { state: 'idle' },
      attempts: 0,
      runs: 0,
      version: 1,
      stepSeq: 4,
      createdAt: T0,
      createdBy: 'console:ann',
      deletedAt: null,
    });
  });
});

describe('an edit', () => {
  it.each([
    ['title', { field: 'title', value: 'New', prior: 'Pay by card' }, { title: 'New' }],
    ['description', { field: 'description', value: 'New', prior: '' }, { description: 'New' }],
    ['type', { field: 'type', value: 'bug', prior: 'story' }, { type: 'bug' }],
    ['qa', { field: 'qa', value: 'human', prior: null }, { qaMode: 'human' }],
    ['model', { field: 'model', value: 'opus', prior: null }, { model: 'opus' }],
    ['labels', { field: 'labels', value: ['ui'], prior: [] }, { labels: ['ui'] }],
    ['priority', { field: 'priority', value: 'high', prior: 'normal' }, { priority: 'high' }],
    ['criteria', { field: 'criteria', value: [{ text: 'b', checked: true }], prior: [] }, { criteria: [{ text: 'b', checked: true }] }],
  ] as const)('of the %s changes that and nothing else', (_, edit, change) => {
    const item = story();
    expect(transition(item, eventOf('item.edited', edit))).toEqual({ ok: true, value: { ...item, ...change, version: 2 } });
  });
});

describe('a criterion', () => {
  it('is checked and unchecked by its place', () => {
    const item = story({ criteria: ['a', 'b', 'c'].map((text) => ({ text, checked: false })) });
    const checked = transition(item, eventOf('item.criterion_set', { index: 1, checked: true }));
    expect(checked.ok && checked.value.criteria.map((criterion) => criterion.checked)).toEqual([false, true, false]);
  });

  it.each([-1, 1, 0.5])('that is not there (%s) is refused', (index) => {
    expect(transition(story(), eventOf('item.criterion_set', { index, checked: true }))).toMatchObject({
      error: { code: 'no-such-criterion' },
    });
  });
});

describe('a run', () => {
  it.each([
    ['current', 'qa'],
    ['current', 'mergemaster'],
    ['qa', 'coder'],
    ['qa', 'mergemaster'],
    ['merge', 'coder'],
    ['merge', 'qa'],
  ] as const)('in %s is refused to a %s', (stage, role) => {
    const result = transition(standing(STAGE[stage]), eventOf('run.pending', { run: 1, agent: 'x', role, stage, attempt: 1 }));
    expect(result).toMatchObject({ ok: false, error: { code: 'wrong-role' } });
  });

  it('meant for another stage is refused', () => {
    const result = transition(
      standing(STAGE.qa),
      eventOf('run.pending', { run: 1, agent: 'x', role: 'coder', stage: 'current', attempt: 1 }),
    );
    expect(result).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
  });

  it('must be the next in number', () => {
    for (const run of [0, 1, 3])
      expect(
        transition(
          standing(STAGE.current, 'idle', { runs: 1 }),
          eventOf('run.pending', { run, agent: 'x', role: 'coder', stage: 'current', attempt: 1 }),
        ).ok,
      ).toBe(false);
  });

  it("that was not reserved can't start", () => {
    const event = eventOf('run.started', { run: 2, pid: 5, pidStart: null, model: null, runtime: 'command', base: sha('b') });
    expect(transition(standing(STAGE.current, 'pending'), event)).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
  });

  const end = (reason: 'finished' | 'failed' | 'rate-limited' | 'stopped', more: { run?: number; resumeAt?: number } = {}): ItemEvent =>
    eventOf('run.ended', { run: 1, reason, exitCode: null, summary: '', resumeAt: null, turns: null, verdict: null, ...more });

  it('that finishes leaves its exit code, and is idle after any other end', () => {
    const running = standing(STAGE.current, 'running');
    expect(transition(running, end('finished'))).toMatchObject({ value: { execution: { state: 'completed', exitCode: 0 } } });
    expect(transition(running, end('failed'))).toMatchObject({ value: { execution: { state: 'idle' } } });
    expect(transition(running, end('stopped'))).toMatchObject({ value: { execution: { state: 'idle' } } });
  });

  it('that hits a rate limit keeps its agent and the time to continue', () => {
    const result = transition(standing(STAGE.qa, 'running'), end('rate-limited', { resumeAt: T0 + 5 }));
    expect(result).toMatchObject({ value: { execution: { state: 'rateLimited', resumeAt: T0 + 5, agent: { role: 'qa' } } } });
  });

  it('that ends late, or ended before, changes nothing but the count of events', () => {
    const item = standing(STAGE.current, 'running', { runs: 2 });
    expect(transition(item, end('finished', { run: 1 }))).toEqual({ ok: true, value: { ...item, version: 2 } });
    const idle = standing(STAGE.current, 'idle', { runs: 1 });
    expect(transition(idle, end('finished'))).toEqual({ ok: true, value: { ...idle, version: 2 } });
  });

  it('shows its signs of life, and a foreign one is ignored', () => {
    const item = standing(STAGE.current, 'running');
    const beat = (run: number): ItemEvent => eventOf('run.heartbeat', { run, activity: null }, { at: T0 + 30_000 });
    expect(transition(item, beat(1))).toMatchObject({ value: { execution: { lastHeartbeat: T0 + 30_000 } } });
    expect(transition(item, beat(2))).toMatchObject({ value: { execution: { lastHeartbeat: T0 } } });
  });
});

describe('being sent back to current', () => {
  const back = (actor: string): ItemEvent => eventOf('item.moved', { to: STAGE.current, why: 'no', failure: FAILURE }, { actor });

  it('is counted when Musher or an agent does it, and forgotten when a person does', () => {
    const item = standing(STAGE.qa, 'idle', { sentBack: 1 });
    expect(transition(item, back('musher'))).toMatchObject({ value: { sentBack: 2, failure: FAILURE } });
    expect(transition(item, back('agent:qa-1'))).toMatchObject({ value: { sentBack: 2 } });
    expect(transition(item, back('console:ann'))).toMatchObject({ value: { sentBack: 0 } });
  });

  it('takes back what a person accepted', () => {
    expect(transition(standing(STAGE.merge, 'idle', { accepted: sha('a') }), back('musher'))).toMatchObject({ value: { accepted: null } });
  });

  it('keeps the evidence on the way through current and the archive, and drops it when the item moves on', () => {
    const failed = standing(STAGE.current, 'idle', { failure: FAILURE });
    const moved = (to: 'qa' | 'archived'): ItemEvent =>
      eventOf('item.moved', {
        to: to === 'qa' ? STAGE.qa : { name: 'archived', archivedAt: T0, reason: { kind: 'blocked', reason: 'x' } },
        why: '',
        failure: null,
      });
    expect(transition(failed, moved('archived'))).toMatchObject({ value: { failure: FAILURE } });
    expect(transition(failed, moved('qa'))).toMatchObject({ value: { failure: null } });
  });
});

describe('an item whose merge is at its last step', () => {
  const landing = transition(standing(STAGE.merge), EVENT['merge.attempted'](standing(STAGE.merge)));
  const item = landing.ok ? landing.value : story();
  const archive = { name: 'archived', archivedAt: T0, reason: { kind: 'abandoned' } } as const;

  it("can't be stopped, deleted or moved away", () => {
    expect(item.landing).toBe(sha('d'));
    const refused = [
      eventOf('item.held', { why: 'lunch' }),
      eventOf('item.deleted', { purge: false }),
      eventOf('item.moved', { to: STAGE.current, why: '', failure: null }),
      eventOf('item.moved', { to: archive, why: '', failure: null }),
    ].map((event) => transition(item, event));
    expect(refused.map((result) => result.ok || result.error.code)).toEqual(['landing', 'landing', 'landing', 'landing']);
  });

  it('is free again once it is merged, or the attempt was given up', () => {
    const done = transition(item, eventOf('item.moved', { to: STAGE.done, why: '', failure: null }));
    const failed = transition(item, EVENT['item.attempt_failed'](item));
    const moved = transition(
      item,
      eventOf('merge.attempted', { ...EVENT['merge.attempted'](item).payload, outcome: 'base-moved', commit: null }),
    );
    expect([done, failed, moved].map((result) => result.ok && result.value.landing)).toEqual([null, null, null]);
  });
});

describe('an errand', () => {
  const after = (item: WorkItem, ...events: readonly ItemEvent[]): WorkItem =>
    events.reduce((now, event) => {
      const result = transition(now, event);
      if (!result.ok) throw new Error(result.error.misfit.kind);
      return result.value;
    }, item);
  const code = (item: WorkItem, event: ItemEvent): string => {
    const result = transition(item, event);
    return result.ok ? 'ok' : result.error.code;
  };
  const back = (actor: string): ItemEvent => eventOf('item.moved', { to: STAGE.current, why: 'no', failure: FAILURE }, { actor });
  const merged = [standing(STAGE.done), standing(archivedStage('completed', 'done'))];

  it('is one at a time, keeps runs away, and is over when it is done, impossible, or the item is moved or deleted', () => {
    const asked = after(standing(STAGE.current), EVENT['item.restore_asked'](story()));
    expect(asked.errand).toEqual({ kind: 'restore', snapshot: 2, by: 'console:ann' });
    expect(code(asked, EVENT['item.restore_asked'](asked))).toBe('wrong-state');
    expect(code(asked, EVENT['run.pending'](asked))).toBe('wrong-state');
    const ends = ['item.restored', 'item.errand_failed', 'item.deleted'] as const;
    expect(ends.map((kind) => after(asked, EVENT[kind](asked)).errand)).toEqual([null, null, null]);
    expect(after(asked, eventOf('item.moved', { to: STAGE.qa, why: '', failure: null })).errand).toBeNull();
  });

  it('that takes a merge back brings the item to current, also from the archive, and only Musher can say so', () => {
    for (const item of merged) {
      const attempted = after(item, EVENT['item.undo_asked'](item), EVENT['undo.attempted'](item));
      expect(attempted.landing).toBe(sha('e'));
      expect(after(attempted, back('musher'))).toMatchObject({ stage: STAGE.current, errand: null, landing: null, failure: FAILURE });
      const others = [back('console:ann'), eventOf('item.deleted', { purge: false })];
      expect(others.map((event) => code(attempted, event))).toEqual(['landing', 'landing']);
    }
  });

  it('does not bring what was completed back before the base branch is about to move', () => {
    const [, item = story()] = merged;
    const asked = after(item, EVENT['item.undo_asked'](item));
    expect(code(asked, back('musher'))).toBe('invalid-move');
    const drifted = after(asked, eventOf('undo.attempted', { commit: null, base: sha('b'), merge: sha('d') }));
    expect(code(drifted, back('musher'))).toBe('invalid-move');
  });
});

describe('a deletion', () => {
  it('ends what ran and keeps the place', () => {
    const result = transition(standing(STAGE.merge, 'running'), eventOf('item.deleted', { purge: false }));
    expect(result).toMatchObject({
      value: { stage: STAGE.merge, execution: { state: 'idle' }, deletedAt: T0 + 1_000, removal: { state: 'asked', purge: false } },
    });
  });

  it('is asked again where something was left, and a purge once asked stays asked', () => {
    const item = standing(STAGE.current, 'idle', { deletedAt: T0, removal: { state: 'removed', purge: true } });
    expect(transition(item, eventOf('item.deleted', { purge: false }))).toMatchObject({
      value: { removal: { state: 'asked', purge: true } },
    });
    const left = eventOf('item.removed', { done: [], left: ['the worktree is busy'] });
    expect(transition(item, left)).toMatchObject({ value: { removal: { state: 'asked', purge: true } } });
  });

  it('with a purge leaves no word of people and agents, wherever the item stood', () => {
    for (const stage of [STAGE.merge, archivedStage('blocked', 'merge'), archivedStage('reviewHeld', 'current')]) {
      const item = standing(stage, 'idle', {
        deletedAt: T0,
        removal: { state: 'removed', purge: true },
        failure: FAILURE,
        work: { branch: 'musher/7', head: sha('a'), commitsAhead: 1 },
        assignedTo: 'coder-1',
      });
      const result = transition(item, eventOf('item.purged', {}));
      expect(result).toMatchObject({ ok: true, value: { number: 7, removal: { state: 'purged' }, stage: { name: stage.name } } });
      const left = JSON.stringify(result);
      for (const words of [
        'Pay by card',
        'buyer',
        'charged',
        'console:ann',
        'failing',
        'musher/7',
        'coder-1',
        'the gate fails',
        'a secret',
      ])
        expect(left).not.toContain(words);
    }
  });
});
