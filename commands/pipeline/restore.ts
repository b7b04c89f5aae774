import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { short } from '../../src/words/item/event.ts';
import { counted } from '../../src/words/amounts.ts';
import { firstLine, itemName, itemTitle } from '../../src/words/item/item.ts';
import { errandWords } from '../../src/words/item/faults.ts';
import { outlook } from '../../src/words/item/step.ts';
import { noSuchSnapshot } from '../../src/words/bot/finding.ts';
import { openRun, projectOf } from '../../src/bot/of-item.ts';
import { done, goesOn, refused } from '../../src/words/replies.ts';
import type { DescribedSnapshot } from '../../src/git/worktree/restore.ts';
import { code, command as typed } from '../../src/message/build.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Long enough for git to restore any worktree. */
const WAIT_MS = 60_000;
/** How many snapshots to search for one that differs from the branch, when no number is given. */
const LOOKED_AT = 20;

export const restore = command({
  words: ['restore'],
  summary: 'Restores a snapshot of an item’s work.',
  details:
    'Resets branch and worktree to the snapshot; files that were uncommitted then become a commit, so that `diff` shows them. The present state is saved as a snapshot first. ' +
    'Without a number it takes the newest snapshot that differs from the branch. Refused while a run is in progress. For an item that is finished or deleted, it creates a new branch `musher/restored/…`.',
  examples: ['restore 42', 'restore 42 3'],
  args: {
    item: itemRef(),
    snapshot: integer({ min: 1, max: 999_999, description: 'The number in `snapshots`.' }).optional(),
  },
  role: 'operator',
  waits: true,
  async run(context, { item: ref, snapshot }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const busy = whileRunning(context, item);
    if (busy !== null) return busy;
    const wanted = await pick(context, item, snapshot);
    if ('ok' in wanted) return wanted;
    return isOver(item) ? asBranch(context, item, wanted.n) : intoWorktree(context, item, wanted);
  },
});

function isOver(item: WorkItem): boolean {
  if (item.deletedAt !== null || item.stage.name === 'done') return true;
  return item.stage.name === 'archived' && !isResumable(item.stage);
}

/** Refuses while an agent works in the worktree: its files would change under it. */
function whileRunning(context: CommandContext, item: WorkItem): Reply | null {
  const run = openRun(context.reads, item);
  if (run === null) return null;
  const name = itemName(item, context.project.name);
  return refused(
    'running',
    `${run.agent} is working on ${itemTitle(item, context.project.name)} (run ${run.run}). `,
    typed(`stop ${name}`),
    ' first; its work is kept.',
  );
}

async function pick(context: CommandContext, item: WorkItem, n: number | null): Promise<DescribedSnapshot | Reply> {
  const name = itemName(item, context.project.name);
  const at = { number: item.number, branch: item.deletedAt === null ? (item.work?.branch ?? null) : null };
  const { newest } = await projectOf(context, item).git.describeSnapshots(at, n === null ? LOOKED_AT : Number.MAX_SAFE_INTEGER);
  const wanted = n === null ? newest.findLast(({ sameAsBranch }) => sameAsBranch !== true) : newest.find((kept) => kept.n === n);
  if (wanted !== undefined) return wanted;
  if (n !== null) return noSuchSnapshot(name, n);
  if (newest.length === 0) return refused('no-snapshots', `${itemTitle(item, context.project.name)} has no snapshots to restore.`);
  return refused(
    'nothing-differs',
    `The branch of ${itemTitle(item, context.project.name)} already matches its newest snapshots. `,
    typed(`restore ${name} <number>`),
    ' restores a particular one.',
  );
}

async function asBranch(context: CommandContext, item: WorkItem, n: number): Promise<Reply> {
  const title = itemTitle(item, context.project.name);
  const made = await projectOf(context, item).git.branchFromSnapshot(item.number, n);
  if (made === null) return noSuchSnapshot(itemName(item, context.project.name), n);
  const state = item.deletedAt === null ? 'finished' : 'deleted';
  const what = made.made ? `snapshot ${n} is now on a new branch: ` : `snapshot ${n} is already on a branch: `;
  return done(`${title} is ${state}, so ${what}`, code(made.branch), '.');
}

async function intoWorktree(context: CommandContext, item: WorkItem, { n, why }: DescribedSnapshot): Promise<Reply> {
  const reader = readerOf(context);
  const begun = context.begin((tx) => {
    tx.append(tx.find(item), 'item.restore_asked', { snapshot: n });
    return tx.reads.lastSeq();
  });
  if (!begun.ok) return begun.error;
  const ended = await context.until(() => outcome(context, item, begun.value), WAIT_MS);
  const title = itemTitle(item, reader.current);
  const name = itemName(item, reader.current);
  if (ended === null) return goesOn(`Restoring snapshot ${n} of ${title}. `, typed(`history ${name}`), ' shows the progress.');
  if ('why' in ended)
    return refused(
      'restore-failed',
      `Snapshot ${n} of ${title} could not be restored: ${errandWords(ended.why, context.nameOf)}. Nothing was lost.`,
    );
  const now = context.reads.item(item.project, item.number) ?? item;
  const commits = now.work === null ? '' : ` (${counted(now.work.commitsAhead, 'commit')})`;
  const before = ended.kept === null ? '' : `The state before is snapshot ${ended.kept.slice(ended.kept.lastIndexOf('/') + 1)}. `;
  return done(
    `${title}: restored snapshot ${n} (${firstLine(why, 80)}). Its branch is at ${short(ended.head)}${commits}. ${before}`,
    ...outlook(now, context.step(now), reader),
  );
}

function outcome(
  { reads }: CommandContext,
  { project, number }: WorkItem,
  since: number,
): ItemEvents['item.restored'] | ItemEvents['item.errand_failed'] | null {
  const event = reads
    .history(project, number, 20)
    .find((one) => one.seq > since && (one.kind === 'item.restored' || one.kind === 'item.errand_failed'));
  return event?.kind === 'item.restored' || event?.kind === 'item.errand_failed' ? event.payload : null;
}
