import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import { bytes, counted } from '../../src/words/amounts.ts';
import { firstLine, itemName, itemTitle } from '../../src/words/item.ts';
import { readerOf } from '../../src/words/step.ts';
import { moment } from '../../src/words/time.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, done } from '../../src/words/replies.ts';
import { noSuchSnapshot } from '../../src/bot/no-such-snapshot.ts';
import type { DescribedSnapshot } from '../../src/git/worktree/restore.ts';
import { code, codeBlock, doc, paragraph, table } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

/** Snapshots listed at once: the newest. */
const MOST = 20;
/** Bytes of a snapshot's diff shown in a room, as `diff` shows. */
const MOST_BYTES = 24_000;

export const snapshots = command({
  words: ['snapshots'],
  summary: 'Lists what was kept of an item’s work, or shows one of it.',
  details:
    'Before Musher stops, cleans, resets or removes anything it keeps the tracked and new files of the worktree; ignored files are not kept. ' +
    `The newest ${MOST} are listed, also of an item that is done or deleted. With a number, its change against the base branch is shown, at most ${bytes(MOST_BYTES)} of it.`,
  examples: ['snapshots 42', 'snapshots 42 3'],
  args: { item: itemRef(), snapshot: integer({ min: 1, max: 999_999, description: 'Which one; without it, all are listed.' }).optional() },
  role: 'viewer',
  run(context, { item: ref, snapshot }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    return snapshot === null ? listed(context, found.value) : one(context, found.value, snapshot);
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
  if (all === 0) return done(`Nothing of ${title} was kept yet: Musher keeps its work before it stops, cleans or removes anything.`);
  const rows = newest
    .toReversed()
    .map((kept) => [
      String(kept.n),
      moment(kept.at, reader.now, reader.timezone),
      firstLine(kept.why, 60),
      `${counted(kept.files, 'file')}, +${kept.added} −${kept.removed}`,
      standing(kept),
    ]);
  const more = all > newest.length ? `, the newest ${newest.length} of ${all}` : '';
  return answer(
    doc(
      paragraph(`Kept of ${title}${more}:`),
      table(['Snapshot', 'When', 'Why', 'Change', 'Branch now'], rows),
      paragraph(code(`snapshots ${name} <number>`), ' shows one, ', code(`restore ${name} <number>`), ' brings it back.'),
    ),
  );
}

function standing({ sameAsBranch }: DescribedSnapshot): string {
  if (sameAsBranch === null) return 'no branch';
  return sameAsBranch ? 'the same' : 'differs';
}

async function one(context: CommandContext, item: WorkItem, n: number): Promise<Reply> {
  const reader = readerOf(context);
  const name = itemName(item, reader.current);
  const shown = await projectOf(context, item).git.snapshotDiff({ number: item.number, n, maxBytes: MOST_BYTES });
  if (shown === null) return noSuchSnapshot(name, n);
  const { kept, text, stat, truncated } = shown;
  const cut = truncated ? ` The first ${bytes(MOST_BYTES)} are shown; git show ${kept.ref} shows all.` : '';
  const when = `Snapshot ${n} of ${itemTitle(item, reader.current)}, ${moment(kept.at, reader.now, reader.timezone)}: ${firstLine(kept.why)}.${cut}`;
  return answer(
    doc(
      paragraph(when),
      stat.trim() !== '' && codeBlock(stat.trimEnd()),
      text === '' ? paragraph('It changes nothing against the base branch.') : codeBlock(text.trimEnd(), 'diff'),
      paragraph(code(`restore ${name} ${n}`), ' brings it back.'),
    ),
  );
}
