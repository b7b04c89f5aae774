import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { mergeTarget } from '../../src/bot/merge-target.ts';
import { stopOpenRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { isAnother, seenCommit } from '../../src/bot/seen-commit.ts';
import { code } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

export const approve = command({
  words: ['approve'],
  summary: 'Sends an item in qa on to be merged.',
  details: 'The gates run again on the merged tree before the base branch moves. `diff` shows what would be merged.',
  examples: ['approve 42', 'approve 42 1a2b3c4'],
  args: { item: itemRef(), commit: seenCommit() },
  role: 'operator',
  run: (context, { item: ref, commit }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      if (item.stage.name !== 'qa') return tx.refuse(elsewhere(context, item));
      const another = isAnother(commit, item, context.project.name);
      if (another !== null) return tx.refuse(another);
      const to = mergeTarget(item, context.project.name);
      if ('ok' in to) return tx.refuse(to);
      const stopped = stopOpenRun(tx, item, 'a person approved it');
      const { work } = stopped.item;
      const seen = work === null ? stopped.item : tx.append(stopped.item, 'item.accepted', { head: work.head });
      const after = tx.append(seen, 'item.moved', { to, why: 'a person approved it', failure: null });
      const reader = readerOf(context);
      const commits = to.commitsAhead === 1 ? '1 commit' : `${to.commitsAhead} commits`;
      return done(
        `${itemTitle(item, reader.current)} is approved with ${commits}, from qa to merge. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});

function elsewhere(context: CommandContext, item: WorkItem): Reply {
  const name = itemName(item, context.project.name);
  const held = item.stage.name === 'archived' && item.stage.reason.kind === 'reviewHeld';
  // Of two who press at the same moment the second one has nothing to mend.
  const past = item.stage.name === 'merge' || item.stage.name === 'done';
  return refused(
    'not-in-qa',
    `${itemTitle(item, context.project.name)} is in ${item.stage.name}${past ? ' already. ' : ', and only what is in qa is approved. '}`,
    code(`${held || item.stage.name === 'done' ? 'accept' : 'why'} ${name}`),
    held ? ' merges what review held back.' : item.stage.name === 'done' ? ' archives what is done.' : ' says what happens to it next.',
  );
}
