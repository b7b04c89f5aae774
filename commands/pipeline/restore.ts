import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import { short } from '../../src/words/event.ts';
import { counted } from '../../src/words/amounts.ts';
import { firstLine, itemName, itemTitle } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { noSuchSnapshot } from '../../src/bot/no-such-snapshot.ts';
import { openRun, projectOf } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import type { DescribedSnapshot } from '../../src/git/worktree/restore.ts';
import { code } from '../../src/message/build.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

/** Longer than git takes for any worktree. */
const WAIT_MS = 60_000;
/** Snapshots that are looked at for one that differs, where no number is given. */
const LOOKED_AT = 20;

export const restore = command({
  words: ['restore'],
  summary: 'Brings a kept state of an item’s work back.',
  details:
    'Branch and worktree become what the snapshot holds; files that were not committed then are a commit now, so that `diff` shows them. What is there is kept first, as a snapshot of its own. ' +
    'Without a number it is the newest snapshot that differs from the branch. Never while a run is under way. Of an item that is over or deleted, a new branch `musher/restored/…` is made.',
  examples: ['restore 42', 'restore 42 3'],
  args: {
    item: itemRef(),
    snapshot: integer({ min: 1, max: 999_999, description: 'Which one, as `snapshots` lists them.' }).optional(),
  },
  role: 'operator',
  async run(context, { item: ref, snapshot }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const busy = underWay(context, item);
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

/** An agent that works there would lose the ground under its feet. */
function underWay(context: CommandContext, item: WorkItem): Reply | null {
  const run = openRun(context.reads, item);
  if (run === null) return null;
  const name = itemName(item, context.project.name);
  return refused(
    'running',
    `Run ${run.run} of ${run.agent} works on ${itemTitle(item, context.project.name)} now. `,
    code(`stop ${name}`),
    ' stops it first; its work is kept.',
  );
}

async function pick(context: CommandContext, item: WorkItem, n: number | null): Promise<DescribedSnapshot | Reply> {
  const name = itemName(item, context.project.name);
  const at = { number: item.number, branch: item.deletedAt === null ? (item.work?.branch ?? null) : null };
  const { newest } = await projectOf(context, item).git.describeSnapshots(at, n === null ? LOOKED_AT : Number.MAX_SAFE_INTEGER);
  const wanted = n === null ? newest.findLast(({ sameAsBranch }) => sameAsBranch !== true) : newest.find((kept) => kept.n === n);
  if (wanted !== undefined) return wanted;
  if (n !== null) return noSuchSnapshot(name, n);
  if (newest.length === 0)
    return refused('no-snapshots', `Nothing of ${itemTitle(item, context.project.name)} was kept yet, so there is nothing to restore.`);
  return refused(
    'nothing-differs',
    `The branch of ${itemTitle(item, context.project.name)} is what its newest snapshots hold. `,
    code(`restore ${name} <number>`),
    ' restores one all the same.',
  );
}

async function asBranch(context: CommandContext, item: WorkItem, n: number): Promise<Reply> {
  const title = itemTitle(item, context.project.name);
  const made = await projectOf(context, item).git.branchFromSnapshot(item.number, n);
  if (made === null) return noSuchSnapshot(itemName(item, context.project.name), n);
  const state = item.deletedAt === null ? 'over' : 'deleted';
  const what = made.made ? `Snapshot ${n} is on a branch of its own now: ` : `Snapshot ${n} is on a branch already: `;
  return done(`${title} is ${state}, so its own branch stays away. ${what}`, code(made.branch), '.');
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
  if (ended === null) return done(`Snapshot ${n} of ${title} is being restored; `, code(`history ${name}`), ' shows how far it is.');
  if ('why' in ended) return refused('restore-failed', `Snapshot ${n} of ${title} could not be restored: ${ended.why}. Nothing was lost.`);
  const now = context.reads.item(item.project, item.number) ?? item;
  const commits = now.work === null ? '' : `, with ${counted(now.work.commitsAhead, 'commit')} of its own`;
  const before = ended.kept === null ? '' : `What was there before is snapshot ${ended.kept.slice(ended.kept.lastIndexOf('/') + 1)}. `;
  return done(
    `${title} is as snapshot ${n} kept it (${firstLine(why, 80)}): its branch is at ${short(ended.head)}${commits}. ${before}`,
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
