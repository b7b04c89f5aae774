import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { counted } from '../../src/words/amounts.ts';
import { firstLine, itemName, itemTitle } from '../../src/words/item/item.ts';
import { moment } from '../../src/words/time.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, done } from '../../src/words/replies.ts';
import { firstOfSnapshot } from '../../src/bot/pages/snapshot.ts';
import type { DescribedSnapshot } from '../../src/git/worktree/restore.ts';
import { command as typed, doc, paragraph, table } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

/** How many snapshots are listed, newest first. */
const MOST = 20;

export const snapshots = command({
  words: ['snapshots'],
  summary: 'Lists the snapshots of an item’s work, or shows one.',
  details:
    'Musher takes a snapshot of tracked and new files before it stops, cleans, resets or removes anything. Ignored files are not included. ' +
    `Lists the newest ${MOST}, also for items that are done or deleted. With a number it shows that snapshot against the base branch, the files first; \`more\` shows what follows.`,
  examples: ['snapshots 42', 'snapshots 42 3'],
  args: { item: itemRef(), snapshot: integer({ min: 1, max: 999_999, description: 'The number of the snapshot to show.' }).optional() },
  role: 'viewer',
  waits: true,
  run(context, { item: ref, snapshot }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    return snapshot === null ? listed(context, found.value) : firstOfSnapshot(context, found.value, snapshot);
  },
});

async function listed(context: CommandContext, item: WorkItem): Promise<Reply> {
  const reader = readerOf(context);
  const name = itemName(item, reader.current);
  const { all, newest } = await projectOf(context, item).git.describeSnapshots(
    { number: item.number, branch: item.deletedAt === null ? (item.work?.branch ?? null) : null },
    MOST,
  );
  const title = itemTitle(item, reader.current);
  if (all === 0) return done(`${title} has no snapshots yet. Musher takes one before it stops, cleans or removes anything.`);
  const rows = newest
    .toReversed()
    .map((kept) => [
      String(kept.n),
      moment(kept.at, reader.now, reader.timezone),
      firstLine(kept.why, 60),
      `${counted(kept.files, 'file')}, +${kept.added} −${kept.removed}`,
      againstBranch(kept),
    ]);
  const more = all > newest.length ? `, the newest ${newest.length} of ${all}` : '';
  return answer(
    doc(
      paragraph(`Snapshots of ${title}${more}:`),
      table(['Snapshot', 'When', 'Why', 'Changes', 'Branch'], rows),
      paragraph(typed(`snapshots ${name} <number>`), ' shows one, ', typed(`restore ${name} <number>`), ' restores it.'),
    ),
  );
}

function againstBranch({ sameAsBranch }: DescribedSnapshot): string {
  if (sameAsBranch === null) return 'no branch';
  return sameAsBranch ? 'same' : 'differs';
}
