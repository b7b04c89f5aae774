import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { short } from '../../src/words/item/event.ts';
import { itemName, itemTitle, mergedAs } from '../../src/words/item/item.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, refused } from '../../src/words/replies.ts';
import type { Diff } from '../../src/git/history.ts';
import { action, actions, code, codeBlock, command as typed, doc, paragraph } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Most bytes of a diff shown in a room: about eight long messages. */
const MOST_BYTES = 24_000;

export const diff = command({
  words: ['diff'],
  summary: 'Shows the changes of an item against the base branch.',
  details: `For a merged item: what the merge changed. Lists the files first, then at most ${bytes(MOST_BYTES)} of the diff.`,
  examples: ['diff 42'],
  args: { item: itemRef() },
  role: 'viewer',
  waits: true,
  async run(context, { item: ref }) {
    const found = context.find(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const reader = readerOf(context);
    const title = itemTitle(item, reader.current);
    const name = itemName(item, reader.current);
    const merged = mergedAs(item.stage);
    if (merged !== null) {
      const change = await projectOf(context, item).git.diffOfCommit(merged.mergeCommit, MOST_BYTES);
      if (change === null)
        return refused(
          'no-change',
          `${title} was merged as ${short(merged.mergeCommit)}, but that commit is gone: the repository's history was rewritten. `,
          typed(`snapshots ${name}`),
          ' lists the snapshots.',
        );
      return answer(
        doc(
          paragraph(`${title}, merged as ${short(merged.mergeCommit)}.${cutAt(change.truncated, 'in the repository')}`),
          ...changed(change),
        ),
      );
    }
    const { work } = item;
    const shown =
      work === null || work.commitsAhead === 0
        ? null
        : await projectOf(context, item).git.diff({ branch: work.branch, maxBytes: MOST_BYTES });
    if (work === null || shown === null)
      return refused('no-change', `${title} has no commits yet. `, typed(`why ${name}`), ' shows what it is waiting for.');
    const step = context.step(item);
    const asks = step.do === 'wait' && step.for === 'approval';
    // The button names project and commit. Pressed later, it must not approve another item or a commit that nobody has seen.
    const approve = {
      ...action('Approve', `approve ${item.project}#${item.number} ${short(work.head)}`, 'primary'),
      typed: `approve ${name}`,
    };
    const reply = answer(
      doc(
        paragraph(`${title} on `, code(work.branch), ` at ${short(work.head)}.${cutAt(shown.truncated, 'on the branch')}`),
        ...changed(shown),
        asks && actions(approve),
      ),
    );
    return asks
      ? { ...reply, occasion: { kind: 'item', project: item.project, number: item.number, stage: item.stage.name, since: item.stageSince } }
      : reply;
  },
});

function cutAt(truncated: boolean, rest: string): string {
  return truncated ? ` Showing the first ${bytes(MOST_BYTES)}; the rest is ${rest}.` : '';
}

function changed({ stat, text }: Diff): Block[] {
  return [...(stat.trim() === '' ? [] : [codeBlock(stat.trimEnd())]), codeBlock(text.trimEnd(), 'diff')];
}
