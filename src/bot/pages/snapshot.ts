import { codeBlock, command as typed, doc, paragraph, phrase } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { bytes } from '../../words/amounts.ts';
import { noSuchSnapshot } from '../../words/bot/finding.ts';
import { firstLine, itemName, itemTitle } from '../../words/item/item.ts';
import { readerOf } from '../../words/reader.ts';
import { answer } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';
import { moment } from '../../words/time.ts';
import type { UnreadOfItem } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import { projectOf } from '../of-item.ts';
import { MOST_BYTES, partOf } from './diff.ts';

/** A snapshot against the base branch: its files, and the beginning of the change. */
export function firstOfSnapshot(context: CommandContext, item: WorkItem, n: number): Promise<Reply> {
  return snapshotPage(context, item, n, 0);
}

/** What follows what was shown of a snapshot. */
export function moreSnapshot(context: CommandContext, unread: Extract<UnreadOfItem, { of: 'snapshot' }>, item: WorkItem): Promise<Reply> {
  return snapshotPage(context, item, unread.snapshot, unread.from);
}

async function snapshotPage(context: CommandContext, item: WorkItem, n: number, from: number): Promise<Reply> {
  const reader = readerOf(context);
  const name = itemName(item, reader.current);
  const found = await projectOf(context, item).git.snapshotDiff({ number: item.number, n, maxBytes: MOST_BYTES });
  if (found === null) return noSuchSnapshot(name, n);
  const { kept, text, stat, truncated } = found;
  const title = `Snapshot ${n} of ${itemTitle(item, reader.current)}`;
  const files: Block[] = stat.trim() === '' ? [] : [codeBlock(stat.trimEnd())];
  const first: Block[] = [
    paragraph(...phrase`${title}, ${moment(kept.at, reader.now, reader.timezone)}: ${firstLine(kept.why)}.`),
    ...files,
  ];
  const { shown, to, left, percent } = partOf(text, from);
  const { project, number } = item;
  return context.change(() => {
    context.keepUnread(left ? { of: 'snapshot', project, item: number, snapshot: n, from: to } : null);
    return answer(
      doc(
        ...(from === 0 ? first : [paragraph(`${title}, what follows:`)]),
        shown === '' ? paragraph('No changes against the base branch.') : codeBlock(shown, 'diff'),
        left
          ? paragraph(`${percent} % shown: `, typed('more'), '.')
          : truncated && paragraph(`That is the first ${bytes(MOST_BYTES)}; the rest is in the repository.`),
        paragraph(typed(`restore ${name} ${n}`), ' restores it.'),
      ),
    );
  });
}
