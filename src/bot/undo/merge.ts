import { code, doc, list, paragraph, type Content } from '../../message/build.ts';
import type { ItemEvents } from '../../pipeline/events.ts';
import type { Done, WorkItem } from '../../pipeline/types.ts';
import type { CommandContext, Confirmation, Reply } from '../command.ts';
import { short } from '../../words/event.ts';
import { itemName, itemTitle, mergedAs } from '../../words/item.ts';
import { projectOf } from '../of-item.ts';
import { done, refused } from '../../words/replies.ts';

/** Until the answer comes without the result: gates may take longer, and the room is told then. */
const WAIT_MS = 60_000;

/** What is asked before a merge is taken back, or why there is none to take back. */
export function confirmUndoMerge(context: CommandContext, item: WorkItem): Confirmation | Reply {
  const problem = problemWith(context, item);
  if (problem !== null) return problem;
  const current = context.project.name;
  const base = projectOf(context, item).settings.baseBranch;
  const merge = mergedAs(item.stage);
  const needing = item.deletedAt === null ? dependentsOf(context, item) : [];
  const lines: Content[][] = [
    [`A commit on ${base} takes back `, code(short(merge?.mergeCommit ?? '')), '; the gates run on it first. History is not rewritten.'],
    [
      `${itemName(item, current)} is back in current with its branch, stopped until someone says `,
      code(`start ${itemName(item, current)}`),
      '.',
    ],
    ...(needing.length === 0
      ? []
      : [[`${needing.join(', ')} ${needing.length === 1 ? 'depends' : 'depend'} on it and will wait for it again.`]]),
  ];
  return {
    question: doc(paragraph(`Take the merge of ${itemTitle(item, current)} back?`), list(lines)),
    item: { project: item.project, number: item.number, version: item.version },
  };
}

/** Has Musher take the merge back, and waits for what came of it. */
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
  if (ended === null)
    return done(
      `The merge of ${title} is being taken back; the gates run first. The room is told when it is done, and `,
      code(`why ${name}`),
      ' says how far it is.',
    );
  if ('errand' in ended) return notTakenBack(context, item, ended);
  const needing = dependentsOf(context, item);
  const wait = needing.length === 0 ? '' : ` ${needing.join(', ')} ${needing.length === 1 ? 'waits' : 'wait'} for it again.`;
  return done(
    `The merge of ${title} is taken back: ${projectOf(context, item).settings.baseBranch} is without its change. It is in current with its branch, and stopped.${wait} `,
    code(`diff ${name}`),
    ' shows the change, ',
    code(`start ${name}`),
    ' lets an agent go on with it.',
  );
}

/** The items that can't go on without it. */
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
  if (merge === null) return refused('not-merged', `${title} is not merged. `, code(`why ${name}`), ' says where it stands.');
  const base = projectOf(context, item).settings.baseBranch;
  if (item.deletedAt !== null)
    return refused(
      'deleted',
      `${title} was deleted, and nothing can be changed of it. In the repository, `,
      code(`git revert ${short(merge.mergeCommit)}`),
      ' takes its change back.',
    );
  if (item.errand !== null)
    return refused('under-way', `The merge of ${title} is being taken back already; `, code(`why ${name}`), ' says how far it is.');
  if (!mergedByMusher(context, item, merge))
    return refused(
      'not-its-own-commit',
      `The change of ${title} came to ${base} without a merge of Musher's, so no commit is known to be it alone. Revert it in the repository; `,
      code(`move ${name} current`),
      ' works on it again.',
    );
  return null;
}

function mergedByMusher({ reads }: CommandContext, item: WorkItem, { mergeCommit }: Done): boolean {
  return reads
    .history(item.project, item.number, 10_000)
    .some((event) => event.kind === 'merge.attempted' && event.payload.commit === mergeCommit && event.payload.outcome === 'clean');
}

function notTakenBack(context: CommandContext, item: WorkItem, { why, files }: ItemEvents['item.errand_failed']): Reply {
  const title = itemTitle(item, context.project.name);
  const base = projectOf(context, item).settings.baseBranch;
  const next =
    files.length === 0
      ? `Nothing was changed on ${base}.`
      : `Nothing was changed on ${base}. Take the later ones back first, or make an item that takes it out by hand.`;
  return refused(files.length === 0 ? 'undo-failed' : 'undo-conflict', `The merge of ${title} could not be taken back: ${why}. ${next}`);
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
