import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { short } from '../../src/words/event.ts';
import { itemName, itemTitle, mergedAs } from '../../src/words/item.ts';
import { readerOf } from '../../src/words/step.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, refused } from '../../src/words/replies.ts';
import type { Diff } from '../../src/git/history.ts';
import { action, actions, code, codeBlock, doc, paragraph } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';

/** Bytes of a diff shown in a room: about eight long messages. */
const MOST_BYTES = 24_000;

export const diff = command({
  words: ['diff'],
  summary: 'Shows the change of an item against the base branch.',
  details: `Of a merged item, what its merge changed. At most ${bytes(MOST_BYTES)} of it; what is left out is marked. The files and line counts come first.`,
  examples: ['diff 42'],
  args: { item: itemRef() },
  role: 'viewer',
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
          `${title} was merged as ${short(merged.mergeCommit)}, which the repository has no more: somebody has rewritten its history. `,
          code(`snapshots ${name}`),
          ' lists what was kept.',
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
      return refused(
        'no-change',
        `${title} has no change of its own yet: nothing is committed on its branch. `,
        code(`why ${name}`),
        ' says what comes next.',
      );
    const step = context.step(item);
    const asks = step.do === 'wait' && step.for === 'approval';
    // It names project and commit: pressed later it must mean neither another item nor a commit that nobody looked at.
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
  return truncated ? ` The first ${bytes(MOST_BYTES)} are shown; the rest is ${rest}.` : '';
}

function changed({ stat, text }: Diff): Block[] {
  return [...(stat.trim() === '' ? [] : [codeBlock(stat.trimEnd())]), codeBlock(text.trimEnd(), 'diff')];
}
