import * as fc from 'fast-check';
import type { ItemEvent, ItemEventKind, ItemEvents, MoveTarget } from '../../src/pipeline/events.ts';
import type { Why } from '../../src/pipeline/why/cause.ts';
import type { Said } from '../../src/pipeline/why/fault.ts';
import { REQUEST_ENDS } from '../../src/pipeline/requests.ts';
import { END_REASONS, ITEM_TYPES, PRIORITIES, QA_MODES, type Criterion, type Failure, type WorkItem } from '../../src/pipeline/types.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import { amount, budget, reservation } from './random-budgets.ts';
import { ahead, archivedStage, num, sha, STAGE, T0, type ReasonName } from './samples.ts';
import { ROLE_OF } from '../../src/pipeline/role.ts';

/** In all that people, agents and gates are made to say, so that a search can find whether any of it is left; no hash in base64 has a tilde. */
export const SPOKEN = 'q~zx';
/** Any text, also control characters and halves of surrogate pairs. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('a', '"', '\\'),
    ),
    maxLength: 8,
  })
  .map((words) => `${SPOKEN}${words}`);
const commit: fc.Arbitrary<CommitSha> = fc.constantFrom('0', '3', '7', 'a', 'd', 'f').map(sha);
const run = fc.nat({ max: 5 });
const request = fc.integer({ min: 1, max: 6 });
const agent = fc.constantFrom('coder-1', 'coder-2', 'qa', 'mergemaster');
const model = fc.constantFrom('opus', 'haiku');
const stage = fc.constantFrom('current' as const, 'qa' as const, 'merge' as const);
const count = fc.nat({ max: 1_000_000 });
const dependsOn = fc.uniqueArray(fc.integer({ min: 1, max: 6 }).map(num), { maxLength: 3 });
const criteria: fc.Arbitrary<Criterion[]> = fc.array(fc.record({ text, checked: fc.boolean() }), { maxLength: 3 });
/** A reason as older logs have it, in words, or as facts. */
const why: fc.Arbitrary<Why> = fc.oneof(
  text,
  fc.record({ kind: fc.constant('agent-blocked' as const), agent, said: text }),
  fc.record({ kind: fc.constant('secrets' as const), found: fc.array(text, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('squashed' as const),
    branch: text,
    checkout: fc.option(fc.record({ reason: text })),
    afterRestart: fc.boolean(),
  }),
);
const said: fc.Arbitrary<Said> = fc.oneof(
  text,
  fc.record({ kind: fc.constant('conflict' as const), branch: text, files: fc.array(text, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('stopped' as const), why }),
);
const failure: fc.Arbitrary<Failure> = fc.record({
  cause: fc.constantFrom('run' as const, 'gate' as const, 'conflict' as const, 'rejected' as const, 'setup' as const),
  summary: said,
  evidence: text,
  tree: fc.constantFrom('t1', 't2'),
  signature: fc.constantFrom('', `${SPOKEN}aa`, `${SPOKEN}bb`),
});
const reason = fc.oneof(
  fc.constantFrom({ kind: 'completed' as const }, { kind: 'abandoned' as const }, { kind: 'superseded' as const, by: num(3) }),
  fc.record({ kind: fc.constantFrom('blocked' as const, 'mergeFailed' as const, 'reviewHeld' as const), reason: why }),
);
const merge = fc.record({ name: fc.constant('merge' as const), branch: text, commitsAhead: fc.integer({ min: 1, max: 9 }).map(ahead) });
const target: fc.Arbitrary<MoveTarget> = fc.oneof(
  fc.constantFrom(STAGE.backlog, STAGE.current, STAGE.current, STAGE.qa, STAGE.qa),
  merge,
  fc.record({ name: fc.constant('done' as const), mergedAt: fc.nat(), mergeCommit: commit }),
  fc.record({ name: fc.constant('archived' as const), archivedAt: fc.nat(), reason }),
);

const refuses = fc.array(commit, { maxLength: 3 });

/** Payloads of each kind, whatever they do to an item. */
export const PAYLOAD: { readonly [K in ItemEventKind]: fc.Arbitrary<ItemEvents[K]> } = {
  'item.created': fc.record({
    type: fc.constantFrom(...ITEM_TYPES),
    title: text,
    description: text,
    criteria,
    dependsOn,
    qaMode: fc.option(fc.constantFrom(...QA_MODES)),
  }),
  'item.edited': fc.oneof(
    fc.record({ field: fc.constantFrom('title' as const, 'description' as const), value: text, prior: text }),
    fc.record({ field: fc.constant('type' as const), value: fc.constantFrom(...ITEM_TYPES), prior: fc.constantFrom(...ITEM_TYPES) }),
    fc.record({ field: fc.constant('qa' as const), value: fc.option(fc.constantFrom(...QA_MODES)), prior: fc.constant(null) }),
    fc.record({
      field: fc.constant('labels' as const),
      value: fc.array(text, { maxLength: 2 }),
      prior: fc.array(text, { maxLength: 2 }),
    }),
    fc.record({ field: fc.constant('model' as const), value: fc.option(model), prior: fc.option(model) }),
    fc.record({
      field: fc.constant('priority' as const),
      value: fc.constantFrom(...PRIORITIES),
      prior: fc.constantFrom(...PRIORITIES),
    }),
    fc.record({ field: fc.constant('criteria' as const), value: criteria, prior: criteria }),
  ),
  'item.criterion_set': fc.record({ index: fc.integer({ min: -1, max: 3 }), checked: fc.boolean() }),
  'item.dependencies_set': fc.record({ dependsOn, prior: dependsOn }),
  'item.assigned': fc.record({ agent: fc.option(agent), prior: fc.option(agent) }),
  'item.told': fc.record({ text, takesBack: fc.nat({ max: 20 }) }, { requiredKeys: ['text'] }),
  'item.commented': fc.record({ text }),
  'item.files_added': fc.record(
    {
      files: fc.array(fc.record({ hash: text, name: text, type: text, bytes: fc.nat() }), { maxLength: 2 }),
      takesBack: fc.nat({ max: 20 }),
    },
    { requiredKeys: ['files'] },
  ),
  'item.climbed': fc.record({ of: fc.constant('request' as const), number: fc.nat(), step: fc.nat({ max: 3 }), to: fc.constant('here') }),
  'item.seconded': fc.record({ words: fc.constant('delete'), askedBy: fc.constant('person:anna') }),
  'item.queued': fc.record({ queued: fc.boolean() }),
  'item.moved': fc.record({ to: target, why, failure: fc.option(failure), refuses }, { requiredKeys: ['to', 'why', 'failure'] }),
  'item.held': fc.record({ why }),
  'item.released': fc.constant({}),
  'item.accepted': fc.record({ head: commit, reason: text }, { requiredKeys: ['head'] }),
  'item.attempts_reset': fc.record({ why }),
  'item.attempt_failed': fc.record({ failure, stage, attempt: fc.integer({ min: 1, max: 4 }) }),
  'item.work_seen': fc.record({ work: fc.record({ branch: text, head: commit, commitsAhead: fc.nat({ max: 9 }) }) }),
  'item.undone': fc.record({ words: fc.constantFrom('edit', 'move'), cause: fc.constant('inbox:1') }),
  'item.put_back': fc.record({
    standing: fc.record(
      {
        stage: fc.oneof(
          fc.constantFrom(STAGE.backlog, STAGE.current, STAGE.qa, STAGE.merge, STAGE.done),
          fc.constantFrom(archivedStage('blocked', 'qa'), archivedStage('abandoned', 'current')),
          merge,
          fc.record({ name: fc.constant('archived' as const), archivedAt: fc.nat(), reason, from: merge }),
        ),
        queued: fc.constant(false),
        held: fc.option(fc.record({ by: text, since: fc.nat() })),
        accepted: fc.option(commit),
        attempts: fc.nat({ max: 4 }),
        sentBack: fc.nat({ max: 4 }),
        failure: fc.option(failure),
        waitsSince: fc.nat(),
        stageSince: fc.nat(),
        refused: fc.record({ commits: refuses, why: fc.option(failure) }),
      },
      {
        requiredKeys: ['stage', 'queued', 'held', 'accepted', 'attempts', 'sentBack', 'failure', 'waitsSince', 'stageSince'],
      },
    ),
  }),
  'item.restore_asked': fc.record({ snapshot: fc.integer({ min: 1, max: 9 }) }),
  'item.restored': fc.record({
    snapshot: fc.integer({ min: 1, max: 9 }),
    head: commit,
    kept: fc.constantFrom(null, 'refs/musher/snapshots/1/2'),
  }),
  'item.undo_asked': fc.record({ reason: text }),
  'undo.attempted': fc.record({ commit: fc.option(commit), base: commit, merge: commit }),
  'item.errand_failed': fc.record({
    errand: fc.constantFrom('restore' as const, 'undo' as const),
    why: text,
    files: fc.array(text, { maxLength: 2 }),
  }),
  'item.deleted': fc.record({ purge: fc.boolean() }),
  // What was done is said without the item's words: it outlives a purge.
  'item.removed': fc.record({
    done: fc.constantFrom([], ['removed its branch']),
    left: fc.array(fc.oneof(text, fc.record({ kind: fc.constant('branch-moved' as const), branch: text })), { maxLength: 1 }),
  }),
  'item.set_aside': fc.record({
    what: fc.constantFrom([], [{ kind: 'repositories-moved' as const, repositories: 1, to: 'quarantine/repositories/shop/1' }]),
  }),
  'item.budget_raised': amount,
  'item.purged': fc.constant({}),
  'item.found_merged': fc.record({ mergeCommit: commit, mergedAt: fc.nat() }),
  'item.found_undone': fc.record({ commit, merge: commit }, { requiredKeys: ['commit'] }),
  'run.pending': fc.record({
    run,
    agent,
    role: stage.map((name) => ROLE_OF[name]),
    stage,
    attempt: fc.integer({ min: 1, max: 4 }),
    reserved: reservation,
  }),
  'run.budget_crossed': fc.record({
    run,
    crossed: fc.array(
      fc.record({
        budget,
        unit: fc.constantFrom('tokens' as const, 'microUsd' as const),
        percent: fc.constantFrom(80 as const, 100 as const),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  'run.extended': fc.record({ run, reserved: reservation }),
  'run.price_unknown': fc.record({ run, model }),
  'run.started': fc.record({
    run,
    pid: fc.integer({ min: 1, max: 99_999 }),
    pidStart: fc.option(fc.constant('12345')),
    model: fc.option(model),
    runtime: fc.constantFrom('command', 'claude'),
    base: commit,
  }),
  'run.heard': fc.record({ run, told: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }) }),
  'run.session': fc.record({ run, session: text }),
  'run.usage': fc.record({
    run,
    agent,
    model,
    usage: fc.record({ inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheWriteTokens: count, microUsd: count }),
  }),
  'run.heartbeat': fc.record({ run, activity: fc.option(text) }),
  'timer.set': fc.record({
    timer: fc.integer({ min: 1, max: 4 }),
    due: fc.nat(),
    command: text,
    from: fc.constant({ at: { transport: 'console', room: 'lobby', thread: null }, senderId: 'ann', ingress: 'terminal', direct: false }),
  }),
  'timer.fired': fc.record({ timer: fc.integer({ min: 1, max: 4 }) }),
  'timer.missed': fc.record({ timer: fc.integer({ min: 1, max: 4 }) }),
  'timer.cancelled': fc.record({ timer: fc.integer({ min: 1, max: 4 }), why }),
  'run.stop_requested': fc.record({ run, why }),
  'run.ended': fc.record(
    {
      run,
      reason: fc.constantFrom(...END_REASONS, 'finished' as const, 'rate-limited' as const),
      exitCode: fc.option(fc.nat({ max: 255 })),
      summary: said,
      resumeAt: fc.option(fc.nat()),
      turns: fc.option(fc.nat({ max: 50 })),
      verdict: fc.option(fc.constantFrom('approve' as const, 'reject' as const)),
      verdictReason: text,
      closing: text,
    },
    { requiredKeys: ['run', 'reason', 'exitCode', 'summary', 'resumeAt', 'turns', 'verdict'] },
  ),
  'run.admitted': fc.record({ run, tokenHash: fc.constantFrom('h1', 'h2') }),
  'run.connected': fc.record({ run, connectionHash: fc.constantFrom('c1', 'c2') }),
  'run.reported': fc.record({ run, text }),
  'run.verdict': fc.record({ run, verdict: fc.constantFrom('approve' as const, 'reject' as const), reason: text }),
  'run.blocker': fc.record({ run, reason: text }),
  'agent.called': fc.record({ run, tool: fc.constantFrom('git_commit', 'run_gates'), result: text }),
  'request.opened': fc.record({
    run,
    request,
    agent,
    ask: fc.oneof(
      fc.record({
        kind: fc.constant('permission' as const),
        tool: fc.constantFrom('Bash', 'WebFetch'),
        input: text.map((command) => JSON.stringify({ command })),
      }),
      fc.record({ kind: fc.constant('question' as const), text, choices: fc.array(text, { maxLength: 2 }), fallback: text }),
    ),
    brief: text,
    call: text,
    role: fc.constantFrom('operator' as const, 'admin' as const),
    expiresAt: fc.nat(),
  }),
  'request.closed': fc.record({ run, request, end: fc.constantFrom(...REQUEST_ENDS), text }),
  'request.refused': fc.record({ run, brief: text, why: text }),
  'gate.ran': fc.record({
    gate: fc.constantFrom('test', 'lint'),
    command: text,
    where: fc.constantFrom('branch' as const, 'merged' as const),
    commit,
    tree: commit,
    exitCode: fc.option(fc.nat({ max: 255 })),
    timedOut: fc.boolean(),
    durationMs: fc.nat(),
    outputHash: text,
    outputTail: text,
  }),
  'merge.attempted': fc.record({
    commit: fc.option(commit),
    base: commit,
    head: commit,
    outcome: fc.constantFrom('clean' as const, 'conflict' as const, 'base-moved' as const, 'nothing' as const),
    files: fc.array(text, { maxLength: 2 }),
  }),
};

/** How often each kind is drawn: what carries an item along more than what ends it. */
const WEIGHT: { readonly [K in ItemEventKind]?: number } = {
  'item.moved': 12,
  'run.pending': 6,
  'run.started': 6,
  'run.ended': 6,
  'run.usage': 4,
  'request.opened': 4,
  'request.closed': 4,
  'gate.ran': 3,
  'item.deleted': 1,
};

/** An event before it is known at which item it falls. `fitted`: run number, role and stage are then made the item's own. */
export interface Draft {
  readonly kind: ItemEventKind;
  readonly payload: ItemEvents[ItemEventKind];
  readonly actor: string;
  readonly fitted: boolean;
}

export const draft: fc.Arbitrary<Draft> = fc.oneof(
  ...(Object.keys(PAYLOAD) as ItemEventKind[]).map((kind) => ({ arbitrary: draftOf(kind), weight: WEIGHT[kind] ?? 2 })),
);

/** A draft of one kind. */
export function draftOf(kind: ItemEventKind): fc.Arbitrary<Draft> {
  return fc.record({
    kind: fc.constant(kind),
    payload: PAYLOAD[kind],
    actor: fc.constantFrom('musher', 'console:ann', 'agent:qa'),
    fitted: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  });
}

/** The draft as an event of the given item. */
export function fit(drafted: Draft, item: WorkItem, seq: number, at: number): ItemEvent {
  const envelope = { project: item.project, item: item.number, actor: drafted.actor, cause: null, seq, at, version: 1 };
  // Kind and payload were drawn together.
  return { ...envelope, kind: drafted.kind, payload: drafted.fitted ? fitted(drafted, item) : drafted.payload } as unknown as ItemEvent;
}

function fitted(drafted: Draft, item: WorkItem): unknown {
  if (drafted.kind === 'run.pending') {
    const { name } = item.stage;
    const at = name === 'qa' || name === 'merge' ? name : 'current';
    return { ...drafted.payload, run: item.runs + 1, stage: at, role: ROLE_OF[at] };
  }
  return 'run' in drafted.payload ? { ...drafted.payload, run: item.runs } : drafted.payload;
}

/** Any stage, also those that take many moves to reach. */
export const anyStage = fc.oneof(
  fc.constantFrom(STAGE.backlog, STAGE.current, STAGE.qa, STAGE.merge, STAGE.done),
  fc
    .tuple(
      fc.constantFrom<ReasonName>('completed', 'abandoned', 'superseded', 'blocked', 'mergeFailed', 'reviewHeld'),
      fc.constantFrom('backlog' as const, 'current' as const, 'qa' as const, 'merge' as const, 'done' as const),
    )
    .map(([name, from]) => archivedStage(name, from)),
);
export const anyFailure = failure;
export const anyTime = fc.integer({ min: T0 - 100_000, max: T0 + 100_000 });
