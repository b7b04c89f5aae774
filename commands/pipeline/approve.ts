import { severalItems } from '../../src/bot/parse/arguments.ts';
import { why } from '../../src/bot/parse/arguments-text.ts';
import { BOUNDS } from '../../src/bounds.ts';
import { tooLong } from '../../src/words/bot/telling.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { waitingForApproval } from '../../src/bot/several/called.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { counted } from '../../src/words/amounts.ts';
import { inStage, itemName, itemTitle } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { mergeTarget } from '../../src/bot/merge-target.ts';
import { stopOpenRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { isAnother, seenCommit } from '../../src/bot/seen-commit.ts';
import { command as typed } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

export const approve = command({
  words: ['approve'],
  summary: 'Approves an item in qa for merging.',
  details:
    'The gates run again on the merged tree before the base branch moves. `diff` shows what will be merged. Words after the number say why; they are in the notices and in `show`. Join several numbers by commas then.',
  examples: ['approve 42', 'approve 42 1a2b3c4', 'approve 3, 4', 'approve waiting', 'approve 42 looks right, tests cover it'],
  args: {
    item: severalItems({ words: ['waiting'], followed: 'perhaps commit and text' }),
    commit: seenCommit(),
    reason: why('Why you approve it.'),
  },
  role: 'operator',
  run: (context, { item: named, commit, reason }) =>
    changeEach(context, named, { waiting: waitingForApproval }, (tx, ref) => {
      const item = tx.find(ref);
      if (reason !== null && reason.length > BOUNDS.toldText) return tx.refuse(tooLong(reason.length));
      if (item.stage.name !== 'qa') return tx.refuse(elsewhere(context, item));
      const another = isAnother(commit, item, context.project.name);
      if (another !== null) return tx.refuse(another);
      const to = mergeTarget(item, context.project.name);
      if ('ok' in to) return tx.refuse(to);
      const stopped = stopOpenRun(tx, item, { kind: 'person', did: 'approved' });
      const { work } = stopped.item;
      const seen =
        work === null
          ? stopped.item
          : tx.append(stopped.item, 'item.accepted', { head: work.head, ...(reason === null ? {} : { reason }) });
      const after = tx.append(seen, 'item.moved', { to, why: { kind: 'person', did: 'approved' }, failure: null });
      const reader = readerOf(context);
      return done(
        `✓ ${itemTitle(item, reader.current)} approved by ${context.nameOf(context.actor)} (${counted(to.commitsAhead, 'commit')}). `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});

function elsewhere(context: CommandContext, item: WorkItem): Reply {
  const name = itemName(item, context.project.name);
  const held = item.stage.name === 'archived' && item.stage.reason.kind === 'reviewHeld';
  // If two people press at the same moment, the second has nothing to fix.
  const past = item.stage.name === 'merge' || item.stage.name === 'done';
  const title = itemTitle(item, context.project.name);
  return refused(
    'not-in-qa',
    past ? `${title} is already ${inStage(item.stage)}. ` : `${title} is ${inStage(item.stage)}. Only items in qa can be approved. `,
    typed(`${held || item.stage.name === 'done' ? 'accept' : 'why'} ${name}`),
    held ? ' releases it from review.' : item.stage.name === 'done' ? ' archives it.' : ' shows what happens next.',
  );
}
