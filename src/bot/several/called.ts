import { isResumable } from '../../pipeline/moves.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { CommandContext } from '../command.ts';

/** What is needed to find the items that a word stands for. */
export type Finding = Pick<CommandContext, 'reads' | 'actor' | 'step'>;

/** The items of a project that each word of a command stands for. */
export type CalledItems<W extends string> = { readonly [K in W]: (context: Finding, project: string) => readonly WorkItem[] };

/** Items of a stage that are looked at: the archive's size must not count. */
const MOST_LOOKED_AT = 500;

/** What moves by itself or is in work, and nobody has stopped: in the pipeline, or queued in the backlog. */
export function going({ reads }: Finding, project: string): WorkItem[] {
  const queued = reads.waking(project).filter(({ stage, queued: isQueued }) => stage.name === 'backlog' && isQueued);
  return [...reads.active(project), ...queued].filter(({ held, deletedAt }) => held === null && deletedAt === null);
}

/** What somebody stopped and `start` resumes. */
export function stopped({ reads }: Finding, project: string): WorkItem[] {
  return [...reads.active(project), ...reads.inStage(project, 'backlog', MOST_LOOKED_AT)].filter(({ held }) => held !== null);
}

/** What ran out of attempts or failed to merge. What is held for review waits for somebody to look at it, and is not among them. */
export function blocked({ reads }: Finding, project: string): WorkItem[] {
  return reads
    .recentInStage(project, 'archived', MOST_LOOKED_AT)
    .filter(({ stage }) => stage.name === 'archived' && isResumable(stage) && stage.reason.kind !== 'reviewHeld')
    .toReversed();
}

/** What is merged and not archived yet. */
export function merged({ reads }: Finding, project: string): readonly WorkItem[] {
  return reads.inStage(project, 'done', MOST_LOOKED_AT);
}

/** What waits in qa for a person's approval. */
export function waitingForApproval({ reads, step }: Finding, project: string): WorkItem[] {
  return reads.inStage(project, 'qa', MOST_LOOKED_AT).filter((item) => {
    const next = step(item);
    return next.do === 'wait' && next.for === 'approval';
  });
}

/** Of these, what the sender created. */
export function ofSender(find: (context: Finding, project: string) => readonly WorkItem[]) {
  return (context: Finding, project: string): readonly WorkItem[] =>
    find(context, project).filter(({ createdBy }) => createdBy === context.actor);
}
