import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { isAnother, seenCommit } from '../../src/bot/seen-commit.ts';
import { code } from '../../src/message/build.ts';

export const accept = command({
  words: ['accept'],
  summary: 'Archives an item that is done, or merges what review held back.',
  details:
    "Review holds back what changes Musher's own settings in the repository, or adds what looks like a secret; look at it with `diff` first.",
  examples: ['accept 42'],
  args: { item: itemRef(), commit: seenCommit() },
  role: 'operator',
  run: (context, { item: ref, commit }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      if (item.stage.name === 'done') {
        const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'completed' } } as const;
        tx.append(item, 'item.moved', { to, why: 'a person accepted it', failure: null });
        return done(`${title} is accepted and archived as completed.`);
      }
      if (item.stage.name !== 'archived' || item.stage.reason.kind !== 'reviewHeld') {
        const name = itemName(item, reader.current);
        const hint = item.stage.name === 'qa' ? 'approve' : 'why';
        const what = hint === 'approve' ? ' sends it on to merge.' : ' says what happens to it next.';
        return tx.refuse(
          refused(
            'nothing-to-accept',
            `${title} is in ${item.stage.name}: only what is done or held by review is accepted. `,
            code(`${hint} ${name}`),
            what,
          ),
        );
      }
      const another = isAnother(commit, item, reader.current);
      if (another !== null) return tx.refuse(another);
      const accepted = item.work === null ? item : tx.append(item, 'item.accepted', { head: item.work.head });
      const after = tx.append(accepted, 'item.moved', {
        to: item.stage.from,
        why: 'a person accepted what review held back',
        failure: null,
      });
      return done(`${title} is accepted and back in ${after.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});
