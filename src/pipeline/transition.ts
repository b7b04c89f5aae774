import type { ItemNumber } from './values.ts';
import { err, ok, type Result } from '../result.ts';
import { NOTHING, plus } from './budget/budget.ts';
import { payerAfter } from './budget/payer.ts';
import type { ItemEvent, ItemEvents, Logged, NewItemEvent } from './events.ts';
import { isMet } from './next/dependencies.ts';
import { KINDS } from './kinds.ts';
import { refusedAfter, refusedNow, refusedToo } from './refused.ts';
import { isGivenUp, isResumable, mayMove, validMoves } from './moves.ts';
import { repeatedBy } from './why/same-failure.ts';
import { withoutTexts } from './purge-plan.ts';
import { ITEM_TEXTS } from './texts.ts';
import type { AgentRef, Execution, ItemBase, Refused, Stage, StageName, WorkItem } from './types.ts';
import { actorName, isPerson } from './actor.ts';
import { unread, withoutTold, withRead, withTold } from './told/told.ts';
import { ROLE_OF, type Role, type WorkStage } from './role.ts';

/** What keeps an event from fitting an item, besides the stage that it is in. */
export type Misfit =
  | { readonly kind: 'no-such-move'; readonly to: StageName }
  | { readonly kind: 'landing'; readonly undoing: boolean }
  | { readonly kind: 'no-such-criterion'; readonly wanted: number; readonly there: number }
  | { readonly kind: 'wrong-role'; readonly role: Role; readonly stage: WorkStage }
  | { readonly kind: 'wrong-run'; readonly wanted: number; readonly next: number }
  | {
      readonly kind:
        | 'missing'
        | 'exists'
        | 'deleted'
        | 'purged'
        | 'not-in-backlog'
        | 'not-deleted'
        | 'nothing-asked'
        | 'over'
        | 'not-merged'
        | 'nothing-to-stop'
        | 'run-open'
        | 'errand-open'
        | 'stopped'
        | 'not-reserved'
        | 'read-already';
    };

/** Why an event does not fit an item: `src/words/item/misfit.ts` says it. */
export interface TransitionError {
  readonly code: 'invalid-move' | 'deleted' | 'landing' | 'wrong-state' | 'wrong-role' | 'no-such-criterion' | 'exists';
  readonly item: ItemNumber;
  /** Where the item is; null: it is not there. */
  readonly stage: StageName | null;
  readonly misfit: Misfit;
  readonly validMoves: readonly StageName[];
}

type Event<K extends ItemEvent['kind']> = Extract<ItemEvent, { kind: K }>;
const IDLE = { state: 'idle' } as const;

/** The item that a creation makes. */
export function created(event: Logged<Extract<NewItemEvent, { kind: 'item.created' }>>): WorkItem {
  const { payload } = event;
  return {
    project: event.project,
    number: event.item,
    type: payload.type,
    title: payload.title,
    description: payload.description,
    criteria: payload.criteria,
    dependsOn: payload.dependsOn,
    qaMode: payload.qaMode,
    assignedTo: null,
    queued: false,
    held: null,
    accepted: null,
    waitsSince: event.at,
    landing: null,
    errand: null,
    attempts: 0,
    sentBack: 0,
    runs: 0,
    failure: null,
    repeated: null,
    work: null,
    stageSince: event.at,
    createdAt: event.at,
    createdBy: event.actor,
    payer: payerAfter(null, event),
    toppedUp: NOTHING,
    version: 1,
    stepSeq: event.seq,
    deletedAt: null,
    removal: null,
    stage: { name: 'backlog' },
    execution: IDLE,
  };
}

/**
 * The item after an event, or why the event does not fit it. Pure and total: the one place that says what can happen
 * to an item. The log refuses to append what it refuses, and replays through it.
 */
export function transition(item: WorkItem, event: ItemEvent): Result<WorkItem, TransitionError> {
  if (item.deletedAt !== null) return afterDelete(item, event);
  if (item.landing !== null && interferes(item, event)) return refuse(item, 'landing', { kind: 'landing', undoing: item.errand !== null });
  const next = apply(item, event);
  if (!next.ok) return next;
  return ok({ ...next.value, version: versionAfter(item, event), payer: payerAfter(item.payer, event) });
}

function versionAfter(item: WorkItem, { kind }: ItemEvent): number {
  return KINDS[kind].changes === 'nothing' ? item.version : item.version + 1;
}

/** Whether an event would move an item while the last step of its merge or revert is in progress. */
function interferes(item: WorkItem, event: ItemEvent): boolean {
  // The end of that last step is a move as well.
  if (event.kind === 'item.moved') return item.errand === null ? event.payload.to.name !== 'done' : !takenBack(item, event);
  return KINDS[event.kind].takesAway;
}

/** The end of a revert: the base branch holds the commit that reverts it. */
function takenBack(item: WorkItem, event: Event<'item.moved'>): boolean {
  return item.errand?.kind === 'undo' && item.landing !== null && event.actor === 'musher' && event.payload.to.name === 'current';
}

/** The end of a spike: its agent has left a report, and there is nothing to merge. */
function reported(item: WorkItem, { actor, payload: { to } }: Event<'item.moved'>): boolean {
  // By what a purge leaves of the event.
  if (item.type !== 'spike' || item.stage.name !== 'current' || actor === 'musher' || isPerson(actor)) return false;
  return to.name === 'archived' && to.reason.kind === 'completed';
}

/** A tombstone takes only its own clean-up and the accounts of what was still running. */
function afterDelete(item: WorkItem, event: ItemEvent): Result<WorkItem, TransitionError> {
  const after = { ...item, version: versionAfter(item, event) };
  switch (event.kind) {
    case 'item.deleted':
      if (item.removal?.state === 'purged') return refuse(item, 'deleted', { kind: 'purged' });
      return ok({ ...after, removal: { state: 'asked', purge: event.payload.purge || item.removal?.purge === true }, stepSeq: event.seq });
    case 'item.removed':
      if (item.removal?.state === 'purged') return refuse(item, 'deleted', { kind: 'purged' });
      return ok({
        ...after,
        removal: { state: event.payload.left.length === 0 ? 'removed' : 'asked', purge: item.removal?.purge === true },
      });
    case 'item.purged':
      return ok(blank(after));
    default:
      return KINDS[event.kind].ofDeleted ? ok(after) : refuse(item, 'deleted', { kind: 'deleted' });
  }
}

function apply(item: WorkItem, event: ItemEvent): Result<WorkItem, TransitionError> {
  switch (event.kind) {
    case 'item.created':
      return refuse(item, 'exists', { kind: 'exists' });
    case 'item.edited':
      return ok(edited(item, event.payload));
    case 'item.criterion_set':
      return criterionSet(item, event);
    case 'item.dependencies_set':
      return ok({ ...item, dependsOn: event.payload.dependsOn, waitsSince: event.at });
    case 'item.assigned':
      return ok({ ...item, assignedTo: event.payload.agent });
    case 'item.queued':
      return item.stage.name === 'backlog' ? ok({ ...item, queued: event.payload.queued }) : notNow(item, { kind: 'not-in-backlog' });
    case 'item.held':
      return held(item, event);
    case 'item.released':
      return ok({ ...item, held: null, stepSeq: event.seq });
    case 'item.accepted':
      return ok({ ...item, accepted: event.payload.head });
    case 'item.moved':
      return moved(item, event);
    case 'item.attempts_reset':
      return ok({ ...item, attempts: 0, sentBack: 0, repeated: null });
    case 'item.attempt_failed':
      return ok(attemptFailed(item, event));
    case 'item.work_seen':
      return ok({ ...item, work: event.payload.work });
    case 'item.deleted':
      return ok(
        idle(
          { ...item, queued: false, errand: null, deletedAt: event.at, removal: { state: 'asked', purge: event.payload.purge } },
          event.seq,
        ),
      );
    case 'item.removed':
    case 'item.purged':
      return notNow(item, { kind: 'not-deleted' });
    case 'run.pending':
      return pending(item, event);
    case 'run.started':
      return started(item, event);
    case 'run.heartbeat':
      return ok(heartbeat(item, event));
    case 'run.ended':
      return ok(ended(item, event));
    case 'item.budget_raised':
      return ok({ ...item, toppedUp: plus(item.toppedUp, event.payload) });
    case 'item.told':
      return told(item, event);
    case 'run.heard':
      return ok(heard(item, event));
    case 'item.commented':
    case 'item.files_added':
    case 'item.seconded':
    case 'item.climbed':
    case 'run.session':
    case 'run.usage':
    case 'run.budget_crossed':
    case 'run.extended':
    case 'item.set_aside':
    case 'run.price_unknown':
    case 'run.stop_requested':
    case 'run.admitted':
    case 'run.connected':
    case 'run.verdict':
    case 'run.reported':
    case 'run.blocker':
    case 'agent.called':
    case 'request.opened':
    case 'request.closed':
    case 'request.refused':
    case 'gate.ran':
    case 'timer.set':
    case 'timer.fired':
    case 'timer.missed':
    case 'timer.cancelled':
      return ok(item);
    case 'item.undone':
      return ok(item);
    case 'item.found_merged':
      return foundMerged(item, event);
    case 'item.found_undone':
      return foundUndone(item, event);
    case 'item.put_back':
      return putBack(item, event);
    case 'item.restore_asked':
      return restoreAsked(item, event);
    case 'item.undo_asked':
      return undoAsked(item, event);
    case 'item.restored':
    case 'item.errand_failed':
      if (item.errand === null) return notNow(item, { kind: 'nothing-asked' });
      return ok({ ...item, errand: null, landing: null, stepSeq: event.seq });
    case 'undo.attempted':
      return item.errand?.kind === 'undo' ? ok({ ...item, landing: event.payload.commit }) : notNow(item, { kind: 'nothing-asked' });
    case 'merge.attempted':
      return ok({ ...item, landing: item.stage.name === 'merge' ? event.payload.commit : null });
  }
}

/** From wherever it stood when the log was copied: its run, its errand and its landing are of another time. */
function foundMerged(item: WorkItem, event: Event<'item.found_merged'>): Result<WorkItem, TransitionError> {
  if (item.stage.name === 'done' || (item.stage.name === 'archived' && !isResumable(item.stage))) return notNow(item, { kind: 'over' });
  return ok({ ...settled(item, event), sentBack: 0, repeated: null, stage: { name: 'done', ...event.payload }, execution: IDLE });
}

/**
 * As `undo` leaves an item: in current again, and stopped, for it would pass the same gates. Also one that was not merged yet
 * when the log was copied: it would be merged as if nobody had reverted it.
 */
function foundUndone(item: WorkItem, event: Event<'item.found_undone'>): Result<WorkItem, TransitionError> {
  const { merge } = event.payload;
  // Earlier versions without the merge commit only considered merged items.
  if (merge === undefined ? !isMet(item.stage) : item.stage.name === 'archived' && !isMet(item.stage) && !isResumable(item.stage))
    return notNow(item, { kind: 'not-merged' });
  const stopped = { by: event.actor, since: event.at };
  const refused = merge === undefined ? {} : { refused: refusedToo(item, [...refusedNow(item), merge]) };
  return ok({ ...settled(item, event), accepted: null, held: stopped, ...refused, stage: { name: 'current' }, execution: IDLE });
}

function settled(item: WorkItem, { at, seq }: ItemEvent): ItemBase {
  return { ...item, queued: false, held: null, attempts: 0, landing: null, errand: null, stageSince: at, stepSeq: seq };
}

/** A coder's run that has finished stays so: when the item continues, its gates come next and not another run. */
function held(item: WorkItem, event: Event<'item.held'>): Result<WorkItem, TransitionError> {
  if (item.stage.name === 'done' || item.stage.name === 'archived') return notNow(item, { kind: 'nothing-to-stop' });
  const after = { ...item, queued: false, held: { by: event.actor, since: event.at } };
  return ok(item.execution.state === 'completed' ? { ...after, stepSeq: event.seq } : idle(after, event.seq));
}

/** Never under a run: what it works for would be gone. */
function putBack(item: WorkItem, event: Event<'item.put_back'>): Result<WorkItem, TransitionError> {
  const { execution } = item;
  if (execution.state === 'pending' || execution.state === 'running') return notNow(item, { kind: 'run-open' });
  if (item.errand !== null) return notNow(item, { kind: 'errand-open' });
  // An idle item fits every stage; the compiler does not see through the union here.
  const { refused: _, ...rest } = item;
  return ok({ ...rest, ...event.payload.standing, execution: IDLE, stepSeq: event.seq } as WorkItem);
}

/** A restore would replace the files under a working agent. Merged and abandoned items have no worktree to restore. */
function restoreAsked(item: WorkItem, event: Event<'item.restore_asked'>): Result<WorkItem, TransitionError> {
  const { execution, stage } = item;
  if (item.errand !== null) return notNow(item, { kind: 'errand-open' });
  if (execution.state === 'pending' || execution.state === 'running') return notNow(item, { kind: 'run-open' });
  if (stage.name === 'done' || (stage.name === 'archived' && !isResumable(stage))) return notNow(item, { kind: 'over' });
  return ok({ ...item, errand: { kind: 'restore', snapshot: event.payload.snapshot, by: event.actor }, stepSeq: event.seq });
}

function undoAsked(item: WorkItem, event: Event<'item.undo_asked'>): Result<WorkItem, TransitionError> {
  if (item.errand !== null) return notNow(item, { kind: 'errand-open' });
  if (!isMet(item.stage) || isGivenUp(item.stage)) return notNow(item, { kind: 'not-merged' });
  return ok({ ...item, errand: { kind: 'undo', reason: event.payload.reason, by: event.actor }, stepSeq: event.seq });
}

function edited(item: WorkItem, edit: ItemEvents['item.edited']): WorkItem {
  switch (edit.field) {
    case 'title':
      return { ...item, title: edit.value };
    case 'description':
      return { ...item, description: edit.value };
    case 'type':
      return { ...item, type: edit.value };
    case 'qa':
      return { ...item, qaMode: edit.value };
    case 'model':
      return { ...item, model: edit.value };
    case 'labels':
      return { ...item, labels: edit.value };
    case 'priority':
      return { ...item, priority: edit.value };
    case 'criteria':
      return { ...item, criteria: edit.value };
  }
}

function criterionSet(item: WorkItem, event: Event<'item.criterion_set'>): Result<WorkItem, TransitionError> {
  const { index, checked } = event.payload;
  const criterion = item.criteria[index];
  if (criterion === undefined)
    return refuse(item, 'no-such-criterion', { kind: 'no-such-criterion', wanted: index + 1, there: item.criteria.length });
  return ok({ ...item, criteria: item.criteria.with(index, { ...criterion, checked }) });
}

function moved(item: WorkItem, event: Event<'item.moved'>): Result<WorkItem, TransitionError> {
  const { to, failure } = event.payload;
  if (!mayMove(item.stage, to) && !takenBack(item, event) && !reported(item, event)) {
    return unfit(item, 'invalid-move', { kind: 'no-such-move', to: to.name });
  }
  const back = to.name === 'current' && (item.stage.name === 'qa' || item.stage.name === 'merge');
  const byPerson = isPerson(event.actor);
  const base: ItemBase = {
    ...item,
    queued: false,
    held: null,
    attempts: 0,
    sentBack: byPerson || to.name === 'done' ? 0 : item.sentBack + (back ? 1 : 0),
    repeated: byPerson || to.name === 'done' ? null : failure === null ? item.repeated : repeatedBy(item, failure),
    failure: failure ?? (to.name === 'current' || to.name === 'archived' ? item.failure : null),
    accepted: to.name === 'current' || to.name === 'backlog' ? null : item.accepted,
    waitsSince: to.name === 'backlog' ? event.at : item.waitsSince,
    // The branch of what was given up is gone; a snapshot has its work.
    work: isGivenUp(item.stage) ? null : item.work,
    landing: null,
    errand: null,
    stageSince: event.at,
    stepSeq: event.seq,
    ...refusedField(refusedAfter(item, event.payload)),
  };
  // `idle` fits every stage; the compiler does not see through the union here.
  return ok({ ...base, stage: arrived(item.stage, to), execution: IDLE } as WorkItem);
}

function refusedField(refused: Refused | undefined): { readonly refused?: Refused } {
  return refused === undefined ? {} : { refused };
}

function arrived(from: Stage, to: ItemEvents['item.moved']['to']): Stage {
  if (to.name !== 'archived') return to;
  return { ...to, from: from.name === 'archived' ? from.from : from };
}

function pending(item: WorkItem, event: Event<'run.pending'>): Result<WorkItem, TransitionError> {
  const { run, agent, role, stage } = event.payload;
  if (item.stage.name !== stage) return notNow(item, { kind: 'wrong-role', role, stage });
  if (ROLE_OF[stage] !== role) return refuse(item, 'wrong-role', { kind: 'wrong-role', role, stage });
  if (item.execution.state === 'pending' || item.execution.state === 'running') return notNow(item, { kind: 'run-open' });
  if (item.held !== null) return notNow(item, { kind: 'stopped' });
  if (item.errand !== null) return notNow(item, { kind: 'errand-open' });
  if (run !== item.runs + 1) return notNow(item, { kind: 'wrong-run', wanted: run, next: item.runs + 1 });
  return ok(attach({ ...item, runs: run, stepSeq: event.seq }, { state: 'pending', agent: { name: agent, role }, since: event.at }));
}

function started(item: WorkItem, event: Event<'run.started'>): Result<WorkItem, TransitionError> {
  const { execution } = item;
  if (execution.state !== 'pending' || event.payload.run !== item.runs) return notNow(item, { kind: 'not-reserved' });
  return ok(
    attach({ ...item, stepSeq: event.seq }, { state: 'running', agent: execution.agent, startedAt: event.at, lastHeartbeat: event.at }),
  );
}

function heartbeat(item: WorkItem, event: Event<'run.heartbeat'>): WorkItem {
  const { execution } = item;
  if (execution.state !== 'running' || event.payload.run !== item.runs) return item;
  return attach(item, { ...execution, lastHeartbeat: event.at });
}

function attemptFailed(item: WorkItem, { payload: { failure }, seq }: Event<'item.attempt_failed'>): WorkItem {
  return idle({ ...item, attempts: item.attempts + 1, failure, repeated: repeatedBy(item, failure), landing: null }, seq);
}

/** What a run was given can't be taken back. */
function told(item: WorkItem, { seq, at, actor, payload: { text, takesBack } }: Event<'item.told'>): Result<WorkItem, TransitionError> {
  const before = item.told ?? [];
  if (takesBack === undefined) return ok({ ...item, told: withTold(before, { id: seq, by: actor, at, text }) });
  if (!unread(item).some(({ id }) => id === takesBack)) return notNow(item, { kind: 'read-already' });
  return ok({ ...item, told: withoutTold(before, takesBack) });
}

function heard(item: WorkItem, { at, actor, payload: { run, told: ids } }: Event<'run.heard'>): WorkItem {
  if (item.told === undefined) return item;
  return { ...item, told: withRead(item.told, ids, { run, agent: actorName(actor), at }) };
}

/** A late end, of a run that is no longer the item's, is kept in the record and changes nothing. */
function ended(item: WorkItem, event: Event<'run.ended'>): WorkItem {
  const { execution } = item;
  const { run, reason, exitCode, resumeAt } = event.payload;
  if (run !== item.runs || (execution.state !== 'pending' && execution.state !== 'running')) return item;
  const { agent } = execution;
  const after = { ...item, stepSeq: event.seq };
  if (reason === 'finished') return attach(after, { state: 'completed', agent, exitCode: exitCode ?? 0, completedAt: event.at });
  if ((reason === 'rate-limited' || reason === 'signed-out') && resumeAt !== null)
    return attach(after, { state: 'rateLimited', agent, resumeAt });
  return idle(after, event.seq);
}

/** Gives the item an execution whose agent was checked to fit the stage (`pending` is the only way in). */
function attach(item: WorkItem, execution: Execution): WorkItem {
  return { ...item, execution } as WorkItem;
}

function idle(item: WorkItem, stepSeq: number): WorkItem {
  return { ...item, stepSeq, execution: IDLE };
}

/** What a purge leaves: the number, and where it stood. */
function blank(item: WorkItem): WorkItem {
  return { ...withoutTexts(ITEM_TEXTS, item), removal: { state: 'purged', purge: true }, execution: IDLE };
}

/** Where another stage would not help. */
function refuse(item: WorkItem, code: TransitionError['code'], misfit: Misfit): Result<never, TransitionError> {
  return err({ code, item: item.number, stage: item.stage.name, misfit, validMoves: [] });
}

function unfit(item: WorkItem, code: TransitionError['code'], misfit: Misfit): Result<never, TransitionError> {
  return err({ code, item: item.number, stage: item.stage.name, misfit, validMoves: validMoves(item.stage) });
}

function notNow(item: WorkItem, misfit: Misfit): Result<never, TransitionError> {
  return unfit(item, 'wrong-state', misfit);
}

/** An agent as the given stage asks for it: `agentFor('merge', …)` is a mergemaster by type. */
export function agentFor<S extends WorkStage>(stage: S, name: string): AgentRef<(typeof ROLE_OF)[S]> {
  return { name, role: ROLE_OF[stage] };
}
