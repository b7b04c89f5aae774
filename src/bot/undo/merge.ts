import { errandWords } from '../../words/item/faults.ts';
import type { ItemEvents } from '../../pipeline/events.ts';
import type { Done, WorkItem } from '../../pipeline/types.ts';
import type { CommandContext, Confirmation } from '../command.ts';
import { short } from '../../words/item/event.ts';
import { itemName, itemTitle, mergedAs } from '../../words/item/item.ts';
import { projectOf } from '../of-item.ts';
import {
  alreadyReverting,
  mergedAndDeleted,
  notMerged,
  notOwnMerge,
  revertFailed,
  revertQuestion,
  revertRunning,
  reverted,
} from '../../words/bot/undoing.ts';
import type { Reply } from '../../words/reply.ts';

/** How long the reply waits for the result. Gates may take longer; the room is notified then. */
const WAIT_MS = 60_000;

/** The question before a merge is reverted, or the reply if it can't be. */
export function confirmUndoMerge(context: CommandContext, item: WorkItem): Confirmation | Reply {
  const problem = problemWith(context, item);
  if (problem !== null) return problem;
  const current = context.project.name;
  const base = projectOf(context, item).settings.baseBranch;
  const merge = mergedAs(item.stage);
  const needing = item.deletedAt === null ? dependentsOf(context, item) : [];
  return {
    question: revertQuestion(itemTitle(item, current), itemName(item, current), base, short(merge?.mergeCommit ?? ''), needing),
    items: [{ project: item.project, number: item.number, version: item.version }],
  };
}

/** Reverts the merge and waits for the result. */
export async function undoMerge(context: CommandContext, item: WorkItem, reason: string): Promise<Reply> {
  const problem = problemWith(context, item);
  if (problem !== null) return problem;
  const begun = context.begin((tx) => {
    tx.append(tx.find(item), 'item.undo_asked', { reason });
    return tx.reads.lastSeq();
  });
  if (!begun.ok) return begun.error;
  const name = itemName(item, context.project.name);
  const title = itemTitle(item, context.project.name);
  const ended = await context.until(() => outcome(context, item, begun.value), WAIT_MS);
  if (ended === null) return revertRunning(title, name);
  const base = projectOf(context, item).settings.baseBranch;
  if ('errand' in ended) return revertFailed(title, base, errandWords(ended.why, context.nameOf), ended.files.length > 0);
  return reverted(title, name, base, dependentsOf(context, item));
}

/** Unfinished items that depend on it. */
function dependentsOf({ reads }: CommandContext, item: WorkItem): number[] {
  return reads.dependents(item.project, item.number).filter((number) => {
    const other = reads.item(item.project, number);
    return other !== null && other.deletedAt === null && other.stage.name !== 'done' && other.stage.name !== 'archived';
  });
}

function problemWith(context: CommandContext, item: WorkItem): Reply | null {
  const current = context.project.name;
  const title = itemTitle(item, current);
  const name = itemName(item, current);
  const merge = mergedAs(item.stage);
  if (merge === null) return notMerged(title, name);
  if (item.deletedAt !== null) return mergedAndDeleted(title, short(merge.mergeCommit));
  if (item.errand !== null) return alreadyReverting(title, name);
  if (!mergedByMusher(context, item, merge)) return notOwnMerge(title, name, projectOf(context, item).settings.baseBranch);
  return null;
}

/** Whether Musher merged the item itself, so that `undo` can revert it. */
export function mergedByMusher({ reads }: CommandContext, item: WorkItem, { mergeCommit }: Done): boolean {
  return reads
    .history(item.project, item.number, 10_000)
    .some((event) => event.kind === 'merge.attempted' && event.payload.commit === mergeCommit && event.payload.outcome === 'clean');
}

function outcome(
  { reads }: CommandContext,
  { project, number }: WorkItem,
  since: number,
): ItemEvents['item.moved'] | ItemEvents['item.errand_failed'] | null {
  const event = reads
    .history(project, number, 50)
    .find((one) => one.seq > since && (one.kind === 'item.moved' || one.kind === 'item.errand_failed'));
  return event?.kind === 'item.moved' || event?.kind === 'item.errand_failed' ? event.payload : null;
}
