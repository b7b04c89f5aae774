import { item } from '../../src/bot/parse/arguments.ts';
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
  args: { item: item(), commit: seenCommit() },
  role: 'operator',
  run: (context, { item: ref, commit }) =>
    context.change((tx) => {
      const it = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(it, reader.current);
      if (it.stage.name === 'done') {
        const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'completed' } } as const;
        tx.append(it, 'item.moved', { to, why: 'a person accepted it', failure: null });
        return done(`${title} is accepted and archived as completed.`);
      }
      if (it.stage.name !== 'archived' || it.stage.reason.kind !== 'reviewHeld') {
        const name = itemName(it, reader.current);
        const hint = it.stage.name === 'qa' ? 'approve' : 'why';
        const what = hint === 'approve' ? ' sends it on to merge.' : ' says what happens to it next.';
        return tx.refuse(
          refused(
            'nothing-to-accept',
            `${title} is in ${it.stage.name}: only what is done or held by review is accepted. `,
            code(`${hint} ${name}`),
            what,
          ),
        );
      }
      const another = isAnother(commit, it, reader.current);
      if (another !== null) return tx.refuse(another);
      const accepted = it.work === null ? it : tx.append(it, 'item.accepted', { head: it.work.head });
      const after = tx.append(accepted, 'item.moved', { to: it.stage.from, why: 'a person accepted what review held back', failure: null });
      return done(`${title} is accepted and back in ${after.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});
