import type { MoveTarget } from './events.ts';
import type { PurgePlan } from './purge-plan.ts';
import type { Failure, Refused, Stage, WorkItem } from './types.ts';
import type { UndoPosition } from './undo-position.ts';

/** What a purge leaves of the texts in the values that several events and projections hold. */

export const FAILURE_TEXTS = {
  summary: 'empty',
  evidence: 'empty',
  tree: 'keep',
  // A digest of the text: it would let someone confirm a guess of it.
  signature: 'drop',
} as const satisfies PurgePlan<Failure>;

/** A branch is named after the title. */
export const TARGET_TEXTS = { branch: 'empty', reason: { reason: 'empty' } } as const satisfies PurgePlan<MoveTarget>;

export const STAGE_TEXTS = { ...TARGET_TEXTS, from: { branch: 'empty' } } as const satisfies PurgePlan<Stage>;

export const REFUSED_TEXTS = { why: 'null' } as const satisfies PurgePlan<Refused>;

export const POSITION_TEXTS = {
  stage: STAGE_TEXTS,
  failure: FAILURE_TEXTS,
  held: { by: 'empty' },
  refused: REFUSED_TEXTS,
} as const satisfies PurgePlan<UndoPosition>;

/** A tombstone has its number, its place and its sums. */
export const ITEM_TEXTS = {
  project: 'keep',
  title: 'empty',
  description: 'empty',
  criteria: 'empty',
  assignedTo: 'null',
  model: 'drop',
  labels: 'drop',
  held: 'null',
  errand: 'null',
  failure: 'null',
  refused: REFUSED_TEXTS,
  told: 'drop',
  repeated: 'null',
  work: 'null',
  createdBy: 'empty',
  payer: 'null',
  stage: STAGE_TEXTS,
  execution: { agent: { name: 'keep' } },
} as const satisfies PurgePlan<WorkItem>;
