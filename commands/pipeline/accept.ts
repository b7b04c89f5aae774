import { severalItems } from '../../src/bot/parse/arguments.ts';
import { why } from '../../src/bot/parse/arguments-text.ts';
import { BOUNDS } from '../../src/bounds.ts';
import { tooLong } from '../../src/words/bot/telling.ts';
import { command } from '../../src/bot/command.ts';
import { merged } from '../../src/bot/several/called.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { inStage, itemName, itemTitle } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { isAnother, seenCommit } from '../../src/bot/seen-commit.ts';
import { command as typed } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

export const accept = command({
  words: ['accept'],
  summary: 'Archives an item that is done, or releases one that was held for review.',
  details:
    'An item is held for review if it changes Musher’s own settings in the repository or adds what looks like a secret. Check it with `diff` first.',
  examples: ['accept 42', 'accept 3 4', 'accept done'],
  args: {
    item: severalItems({ words: ['done'], followed: 'perhaps commit and text' }),
    commit: seenCommit(),
    reason: why('Why you release it.'),
  },
  role: 'operator',
  run: (context, { item: named, commit, reason }) =>
    changeEach(context, named, { done: merged }, (tx, ref) => {
      const item = tx.find(ref);
      if (reason !== null && reason.length > BOUNDS.toldText) return tx.refuse(tooLong(reason.length));
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      if (item.stage.name === 'done') {
        const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'completed' } } as const;
        tx.append(item, 'item.moved', { to, why: { kind: 'person', did: 'accepted' }, failure: null });
        return done(`✓ ${title} accepted by ${context.nameOf(context.actor)} and archived as completed.`);
      }
      if (item.stage.name !== 'archived' || item.stage.reason.kind !== 'reviewHeld') {
        const name = itemName(item, reader.current);
        const hint = item.stage.name === 'qa' ? 'approve' : 'why';
        const what = hint === 'approve' ? ' merges it.' : ' shows what happens next.';
        return tx.refuse(
          refused(
            'nothing-to-accept',
            `${title} is ${inStage(item.stage)}. Only items that are done or held for review can be accepted. `,
            typed(`${hint} ${name}`),
            what,
          ),
        );
      }
      const another = isAnother(commit, item, reader.current);
      if (another !== null) return tx.refuse(another);
      const accepted =
        item.work === null ? item : tx.append(item, 'item.accepted', { head: item.work.head, ...(reason === null ? {} : { reason }) });
      const after = tx.append(accepted, 'item.moved', {
        to: item.stage.from,
        why: { kind: 'person', did: 'accepted' },
        failure: null,
      });
      return done(
        `✓ ${title} accepted by ${context.nameOf(context.actor)}, back in ${after.stage.name}. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});
