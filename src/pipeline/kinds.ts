import type { NotifyKind } from '../config/choices.ts';
import type { EventKind, ItemEventKind, ItemEvents, LoggedEvent, NewItemEvent } from './events.ts';
import type { PurgePlan } from './purge-plan.ts';
import type { WorkItem } from './types.ts';
import { FAILURE_TEXTS, POSITION_TEXTS, TARGET_TEXTS } from './texts.ts';
import type { Actor } from './actor.ts';

/** Tables that are derived from events; `src/log/projections` keeps each. */
export type Projection =
  | 'accounts'
  | 'bases'
  | 'counts'
  | 'days'
  | 'dependencies'
  | 'files'
  | 'measures'
  | 'outages'
  | 'pauses'
  | 'requests'
  | 'rooms'
  | 'routines'
  | 'runs'
  | 'spend'
  | 'subscriptions'
  | 'texts'
  | 'timers';

/** What every kind has to say of itself. */
interface OtherRow {
  /**
   * For whom something can become possible by it, so that the engine looks at them: its item, the item and those that depend on
   * it, besides the item all that wait for a slot, an agent, an account or a budget (projects share those), or nobody.
   */
  readonly wakes: 'item' | 'dependents' | 'all' | 'nothing';
  /** Under which heading rooms may ask for it; null: no room is ever told, and it costs the notices no commit. */
  readonly news: Exclude<NotifyKind, 'none'> | null;
  /** The projections besides the item itself that it changes. */
  readonly into: readonly Projection[];
}

/** What a kind that belongs to an item has to say besides. */
interface ItemRow<K extends ItemEventKind> extends OtherRow {
  /**
   * What it makes another one: the item, so that a question about it has to be asked again; its run on its usual way,
   * which leaves a question about the run open; or nothing but the accounts. A run's signs of life come by the minute:
   * counting them would void every question about an item that is worked on.
   */
  readonly changes: 'item' | 'run' | 'nothing';
  /** It changes the item's stage, or whether the item continues in it: `why` shows the last of these. Null: neither. */
  readonly steers: 'stage' | 'pause' | null;
  /**
   * How `undo` takes it back: `position` together with others by giving the item its earlier position, `itself` by an
   * event of the same kind, `along` as a part of what stands beside it, `never` not at all.
   */
  readonly undo: 'position' | 'itself' | 'along' | 'never';
  /** After it the item has gone on, and its earlier position is no place to go back to. */
  readonly overtakes: boolean;
  /** A person who does it has the item's next run counted for their budget. */
  readonly paid: boolean;
  /** `history` lists it. What is left out comes many times a minute. */
  readonly inHistory: boolean;
  /** It must wait while the last step of the item's merge is in progress. */
  readonly takesAway: boolean;
  /** Still taken in for a deleted item: its clean-up, and the accounts of what was still running. */
  readonly ofDeleted: boolean;
  /** Usage before it is of an earlier process than the run's present one. */
  readonly beginsProcess: boolean;
  /** What a purge leaves of each text in it. */
  readonly purge: PurgePlan<ItemEvents[K]>;
}
type KindRow<K extends EventKind> = K extends ItemEventKind ? ItemRow<K> : OtherRow;
type Family = Omit<ItemRow<ItemEventKind>, 'into' | 'purge'>;

/** What is only on record: nothing follows from it. */
const RECORD = {
  changes: 'nothing',
  wakes: 'nothing',
  news: null,
  steers: null,
  undo: 'never',
  overtakes: false,
  paid: false,
  inHistory: true,
  takesAway: false,
  ofDeleted: false,
  beginsProcess: false,
} as const satisfies Family;
/** A change of the item's own fields, after which something may be possible. */
const CHANGE = { ...RECORD, changes: 'item', wakes: 'item' } as const satisfies Family;
/** What `undo` takes back by a second one with the values swapped. */
const EDIT = { ...CHANGE, undo: 'itself' } as const satisfies Family;
/** Events that move, stop, approve or restart an item. */
const POSITION = { ...CHANGE, undo: 'position', overtakes: true } as const satisfies Family;
/** What brings an item to a place from which no undo leads back. */
const ARRIVAL = { ...CHANGE, overtakes: true } as const satisfies Family;
/** What a run does on its usual way. */
const COURSE = { ...RECORD, changes: 'run', wakes: 'item' } as const satisfies Family;
/** What is counted for a run, also when its item is gone. */
const ACCOUNT = { ...RECORD, ofDeleted: true } as const satisfies Family;

const ROWS = {
  'item.created': {
    ...CHANGE,
    steers: 'stage',
    paid: true,
    into: ['dependencies', 'texts'],
    purge: { title: 'empty', description: 'empty', criteria: { text: 'empty' } },
  },
  'item.edited': {
    ...EDIT,
    into: ['texts'],
    purge: {
      on: 'field',
      of: {
        title: { value: 'empty', prior: 'empty' },
        description: { value: 'empty', prior: 'empty' },
        type: {},
        qa: {},
        priority: {},
        labels: { value: 'empty', prior: 'empty' },
        model: { value: 'null', prior: 'null' },
        criteria: { value: { text: 'empty' }, prior: 'empty' },
      },
    },
  },
  'item.criterion_set': { ...EDIT, into: [], purge: {} },
  'item.dependencies_set': { ...EDIT, into: ['dependencies'], purge: {} },
  'item.assigned': { ...EDIT, into: [], purge: { agent: 'keep', prior: 'keep' } },
  // It makes the item no other one: a question about it stays open.
  'item.told': { ...RECORD, wakes: 'item', undo: 'itself', into: ['texts'], purge: { text: 'empty' } },
  'item.commented': { ...RECORD, into: ['texts'], purge: { text: 'empty' } },
  'item.files_added': { ...RECORD, undo: 'itself', into: ['files'], purge: { files: { hash: 'empty', name: 'empty', type: 'empty' } } },
  'item.climbed': { ...RECORD, into: [], purge: { to: 'keep' } },
  'item.seconded': { ...RECORD, ofDeleted: true, into: [], purge: { words: 'keep', askedBy: 'keep' } },
  'item.queued': { ...POSITION, steers: 'pause', paid: true, into: [], purge: {} },
  'item.moved': {
    ...POSITION,
    wakes: 'dependents',
    steers: 'stage',
    paid: true,
    news: 'stages',
    takesAway: true,
    into: ['texts'],
    purge: { to: TARGET_TEXTS, why: 'empty', failure: FAILURE_TEXTS },
  },
  'item.held': { ...POSITION, steers: 'pause', takesAway: true, into: ['texts'], purge: { why: 'empty' } },
  'item.released': { ...POSITION, steers: 'pause', paid: true, into: [], purge: {} },
  'item.accepted': { ...POSITION, paid: true, into: [], purge: { reason: 'empty' } },
  'item.attempts_reset': { ...POSITION, paid: true, into: [], purge: { why: 'empty' } },
  'item.attempt_failed': { ...ARRIVAL, news: 'failures', into: ['texts'], purge: { failure: FAILURE_TEXTS } },
  // Its own run has seen it: no more than that run's end, which comes with it.
  'item.work_seen': { ...COURSE, wakes: 'nothing', into: [], purge: { work: { branch: 'empty' } } },
  'item.restore_asked': { ...ARRIVAL, takesAway: true, into: [], purge: {} },
  'item.restored': { ...ARRIVAL, into: [], purge: { kept: 'keep' } },
  'item.undo_asked': { ...ARRIVAL, into: ['texts'], purge: { reason: 'empty' } },
  'undo.attempted': { ...CHANGE, into: [], purge: {} },
  'item.errand_failed': { ...CHANGE, news: 'failures', into: [], purge: { why: 'empty', files: 'empty' } },
  'item.budget_raised': { ...CHANGE, into: [], purge: {} },
  // The command's name and its message's number, without what was typed.
  'item.undone': { ...CHANGE, into: [], purge: { words: 'keep', cause: 'keep' } },
  'item.put_back': { ...ARRIVAL, wakes: 'dependents', steers: 'stage', takesAway: true, into: [], purge: { standing: POSITION_TEXTS } },
  'item.deleted': { ...ARRIVAL, wakes: 'dependents', steers: 'pause', takesAway: true, ofDeleted: true, into: ['timers'], purge: {} },
  // What was done is said without the item's words: it outlives the purge.
  'item.removed': { ...CHANGE, news: 'failures', ofDeleted: true, into: [], purge: { done: 'keep', left: 'empty' } },
  'item.set_aside': { ...ACCOUNT, news: 'failures', into: [], purge: { what: { to: 'keep' } } },
  'item.purged': { ...CHANGE, ofDeleted: true, into: ['files', 'runs', 'requests', 'texts'], purge: {} },
  'item.found_merged': { ...ARRIVAL, wakes: 'dependents', steers: 'stage', into: [], purge: {} },
  'item.found_undone': { ...ARRIVAL, wakes: 'dependents', steers: 'stage', into: [], purge: {} },

  'run.pending': {
    ...COURSE,
    overtakes: true,
    beginsProcess: true,
    into: ['runs'],
    purge: { agent: 'keep', account: 'keep', model: 'keep', reserved: { person: 'keep' } },
  },
  'run.started': {
    ...COURSE,
    overtakes: true,
    beginsProcess: true,
    into: ['runs'],
    purge: { pidStart: 'keep', model: 'keep', runtime: 'keep' },
  },
  'run.heard': { ...RECORD, into: [], purge: {} },
  // An agent chooses the name of its session freely.
  'run.session': { ...RECORD, inHistory: false, into: ['runs'], purge: { session: 'empty' } },
  'run.usage': { ...ACCOUNT, inHistory: false, into: ['runs', 'spend', 'days'], purge: { agent: 'keep', model: 'keep' } },
  'run.budget_crossed': { ...ACCOUNT, news: 'failures', into: [], purge: { crossed: { budget: { name: 'keep' } } } },
  'run.extended': { ...ACCOUNT, into: ['runs'], purge: { reserved: { person: 'keep' } } },
  'run.price_unknown': { ...ACCOUNT, news: 'failures', into: [], purge: { model: 'keep' } },
  'run.heartbeat': { ...RECORD, inHistory: false, into: ['runs'], purge: { activity: 'null' } },
  'run.stop_requested': { ...CHANGE, undo: 'along', ofDeleted: true, into: ['runs'], purge: { why: 'empty' } },
  'run.ended': {
    ...COURSE,
    wakes: 'all',
    ofDeleted: true,
    into: ['runs', 'texts'],
    purge: { summary: 'empty', verdictReason: 'empty', closing: 'empty' },
  },
  'run.admitted': { ...RECORD, beginsProcess: true, into: ['runs'], purge: { tokenHash: 'keep' } },
  'run.connected': { ...RECORD, inHistory: false, into: ['runs'], purge: { connectionHash: 'keep' } },
  'run.verdict': { ...RECORD, into: ['runs'], purge: { reason: 'empty' } },
  'run.reported': { ...RECORD, into: ['runs', 'texts'], purge: { text: 'empty' } },
  'run.blocker': { ...CHANGE, wakes: 'nothing', into: ['runs', 'texts'], purge: { reason: 'empty' } },
  'agent.called': { ...RECORD, into: [], purge: { tool: 'keep', result: 'empty' } },

  'request.opened': {
    ...RECORD,
    news: 'approvals',
    into: ['requests', 'texts'],
    purge: {
      agent: 'keep',
      ask: { tool: 'keep', input: 'empty', text: 'empty', choices: 'empty', fallback: 'empty' },
      brief: 'empty',
      call: 'empty',
    },
  },
  'request.closed': { ...ACCOUNT, news: 'approvals', into: ['requests', 'texts'], purge: { text: 'empty' } },
  'request.refused': { ...RECORD, news: 'approvals', into: [], purge: { brief: 'empty', why: 'empty' } },

  'timer.set': {
    ...RECORD,
    into: ['timers', 'counts', 'texts'],
    purge: {
      command: 'empty',
      from: { at: { transport: 'keep', room: 'keep', thread: 'keep' }, senderId: 'keep', ingress: 'keep' },
    },
  },
  'timer.fired': { ...RECORD, into: ['timers'], purge: {} },
  'timer.missed': { ...RECORD, into: ['timers'], purge: {} },
  'timer.cancelled': { ...RECORD, into: ['timers'], purge: { why: 'empty' } },

  // Not even the hash of an output stays: it would let someone confirm a guess of it.
  'gate.ran': {
    ...CHANGE,
    wakes: 'nothing',
    into: [],
    purge: { gate: 'keep', command: 'empty', outputHash: 'empty', outputTail: 'empty' },
  },
  'merge.attempted': { ...ARRIVAL, into: [], purge: { files: 'empty' } },

  'command.handled': { wakes: 'nothing', news: null, into: [] },
  'confirmation.asked': { wakes: 'nothing', news: null, into: [] },
  'confirmation.answered': { wakes: 'nothing', news: null, into: [] },
  'routine.set': { wakes: 'nothing', news: null, into: ['routines', 'counts'] },
  'routine.due': { wakes: 'nothing', news: null, into: ['routines'] },
  'routine.answered': { wakes: 'nothing', news: null, into: ['routines'] },
  'routine.cancelled': { wakes: 'nothing', news: null, into: ['routines'] },
  'room.bound': { wakes: 'nothing', news: null, into: ['rooms'] },
  'room.subscribed': { wakes: 'nothing', news: null, into: ['subscriptions'] },
  // Where it is Musher's own doing, the items that it was done for wake by themselves.
  'base.seen': { wakes: 'nothing', news: 'failures', into: ['bases'] },
  'budget.raised': { wakes: 'all', news: null, into: ['days'] },
  'account.limited': { wakes: 'all', news: 'limits', into: ['accounts'] },
  'account.recovered': { wakes: 'all', news: null, into: ['accounts'] },
  'outage.met': { wakes: 'all', news: 'failures', into: ['outages'] },
  'outage.over': { wakes: 'all', news: 'failures', into: ['outages'] },
  'project.paused': { wakes: 'nothing', news: 'failures', into: ['pauses'] },
  'project.resumed': { wakes: 'all', news: 'failures', into: ['pauses'] },
  'report.measured': { wakes: 'nothing', news: null, into: ['measures'] },
  // Written before the engine begins, which then looks at everything.
  'musher.started': { wakes: 'nothing', news: null, into: [] },
  'musher.recovered': { wakes: 'nothing', news: 'failures', into: [] },
  'musher.restart_asked': { wakes: 'nothing', news: null, into: [] },
  'musher.stopped': { wakes: 'nothing', news: null, into: [] },
  'log.backed_up': { wakes: 'nothing', news: null, into: [] },
  'log.backup_failed': { wakes: 'nothing', news: 'failures', into: [] },
  'log.restored': { wakes: 'nothing', news: null, into: ['counts'] },
} as const satisfies { readonly [K in EventKind]: KindRow<K> };

/**
 * Everything that the parts of Musher have to know of a kind of event, one row each. What a kind does to its item stands
 * in `transition`, its words in `src/words/item/event.ts`; there is no other list of kinds.
 */
export const KINDS: { readonly [K in EventKind]: KindRow<K> } = ROWS;

type Rows = typeof ROWS;
/** The events whose row holds `V` in the column `C`. */
export type EventWith<C extends string, V> = Extract<
  LoggedEvent,
  { readonly kind: { [K in keyof Rows]: Rows[K] extends { readonly [_ in C]: V } ? K : never }[keyof Rows] }
>;
/** The events that change a projection. */
export type EventInto<P extends Projection> = Extract<
  LoggedEvent,
  { readonly kind: { [K in keyof Rows]: P extends Rows[K]['into'][number] ? K : never }[keyof Rows] }
>;
/** The events that rooms may be notified of. */
export type NewsEvent = EventWith<'news', string>;

/** Whether `undo` takes an event back by one of the same kind. */
export function isUndoneByItself(event: LoggedEvent): event is EventWith<'undo', 'itself'> {
  return event.item !== null && KINDS[event.kind].undo === 'itself';
}

/** An event of an item, to append. Kind and payload belong together by the signature, which the union of all kinds can't be told: the one cast for that is here. */
export function eventOf<K extends ItemEventKind>(
  kind: K,
  payload: ItemEvents[K],
  { project, number }: Pick<WorkItem, 'project' | 'number'>,
  actor: Actor,
  cause: string | null = null,
): NewItemEvent {
  return { project, item: number, actor, cause, kind, payload } as unknown as NewItemEvent;
}
