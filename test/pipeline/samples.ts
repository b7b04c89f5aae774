import type { ItemEvent, ItemEventKind, ItemEvents, MoveTarget } from '../../src/pipeline/events.ts';
import { agentFor, created } from '../../src/pipeline/transition.ts';
import type { ArchiveReason, Execution, ItemBase, Stage, WorkItem } from '../../src/pipeline/types.ts';
import { commitSha, itemNumber, positiveInt, type CommitSha, type ItemNumber, type PositiveInt } from '../../src/pipeline/values.ts';
import type { WorkStage } from '../../src/pipeline/role.ts';

/** Values that are known to be valid, for tests to build with. */
export function num(n: number): ItemNumber {
  const number = itemNumber(n);
  if (number === null) throw new Error(`${n} is no item number`);
  return number;
}
export function sha(digit: string): CommitSha {
  const value = commitSha(digit.repeat(40));
  if (value === null) throw new Error(`${digit} makes no commit`);
  return value;
}
export function ahead(n: number): PositiveInt {
  const value = positiveInt(n);
  if (value === null) throw new Error(`${n} commits ahead is nothing`);
  return value;
}

export const T0 = Date.UTC(2026, 0, 1);

/** An event of item 7 of `shop`, as the log would hold it. */
export function eventOf<K extends ItemEventKind>(
  kind: K,
  payload: ItemEvents[K],
  more: { actor?: string; seq?: number; at?: number; item?: ItemNumber } = {},
): Extract<ItemEvent, { kind: K }> {
  const envelope = { project: 'shop', actor: 'console:ann', cause: null, seq: 100, at: T0 + 1_000, version: 1, item: num(7), ...more };
  // A kind and its own payload: the pairing that the union expresses, and that a generic can't.
  return { ...envelope, kind, payload } as unknown as Extract<ItemEvent, { kind: K }>;
}

export const CREATION: ItemEvents['item.created'] = {
  type: 'story',
  title: 'Pay by card',
  description: 'As a buyer …',
  criteria: [{ text: 'a card is charged', checked: false }],
  dependsOn: [],
  qaMode: null,
};

/** A fresh story, number 7 of `shop`, changed by `over`. */
export function story(over: Partial<ItemBase> = {}): WorkItem {
  return { ...created(eventOf('item.created', CREATION, { seq: 1, at: T0 })), ...over };
}

export const STAGE: {
  readonly [K in MoveTarget['name'] & ('backlog' | 'current' | 'qa' | 'merge' | 'done')]: Extract<Stage, { name: K }>;
} = {
  backlog: { name: 'backlog' },
  current: { name: 'current' },
  qa: { name: 'qa' },
  merge: { name: 'merge', branch: 'musher/7', commitsAhead: ahead(2) },
  done: { name: 'done', mergedAt: T0, mergeCommit: sha('d') },
};
export type LiveName = keyof typeof STAGE;
export const LIVE_NAMES = Object.keys(STAGE) as LiveName[];

export const REASONS: { readonly [K in ArchiveReason['kind']]: Extract<ArchiveReason, { kind: K }> } = {
  completed: { kind: 'completed' },
  abandoned: { kind: 'abandoned' },
  superseded: { kind: 'superseded', by: num(9) },
  blocked: { kind: 'blocked', reason: 'the gate fails' },
  mergeFailed: { kind: 'mergeFailed', reason: 'the base moved' },
  reviewHeld: { kind: 'reviewHeld', reason: 'a secret in the diff' },
};
export type ReasonName = keyof typeof REASONS;
export const REASON_NAMES = Object.keys(REASONS) as ReasonName[];

export function archivedStage(reason: ReasonName, from: LiveName): Extract<Stage, { name: 'archived' }> {
  return { name: 'archived', archivedAt: T0, reason: REASONS[reason], from: STAGE[from] };
}

export const EXECUTION_STATES = ['idle', 'pending', 'running', 'rateLimited', 'completed'] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/** What an agent of a stage is doing. */
export function execution(stage: WorkStage, state: ExecutionState): Execution {
  const agent = agentFor(stage, `${stage}-1`);
  switch (state) {
    case 'idle':
      return { state };
    case 'pending':
      return { state, agent, since: T0 };
    case 'running':
      return { state, agent, startedAt: T0, lastHeartbeat: T0 };
    case 'rateLimited':
      return { state, agent, resumeAt: T0 + 60_000 };
    case 'completed':
      return { state, agent, exitCode: 0, completedAt: T0 };
  }
}

/** A story that stands in a stage; in work stages with an agent in the given state, as its run number 1. */
export function standing(stage: Stage, state: ExecutionState = 'idle', over: Partial<ItemBase> = {}): WorkItem {
  const work = stage.name === 'current' || stage.name === 'qa' || stage.name === 'merge' ? execution(stage.name, state) : { state: 'idle' };
  return { ...story({ runs: state === 'idle' ? 0 : 1, ...over }), stage, execution: work } as WorkItem;
}
