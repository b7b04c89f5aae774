import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { blocked } from '../../src/bot/several/called.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { inStage, itemName, itemTitle } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { tellAlong } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import { readerOf } from '../../src/words/reader.ts';

export const unblock = command({
  words: ['unblock'],
  summary: 'Returns a blocked item to its stage.',
  details:
    'Also for items that failed to merge or were held for review. Resets the failed attempts; the next attempt still gets the last failure. Words after the number reach it as with `tell`; several numbers before them are joined by commas.',
  examples: ['unblock 42', 'unblock 3 4', 'unblock blocked', 'unblock 42 The service is up again.'],
  args: {
    item: severalItems({ words: ['blocked'], followed: 'perhaps text' }),
    words: text('What the next run should know; as with `tell`.').optional(),
  },
  role: 'operator',
  run: (context, { item: named, words }) =>
    changeEach(context, named, { blocked }, (tx, ref) => {
      const item = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      if (item.stage.name !== 'archived' || !isResumable(item.stage)) {
        const name = itemName(item, reader.current);
        const hint = item.held === null ? 'why' : 'start';
        const what = item.held === null ? ' shows what happens next.' : ' resumes it.';
        return tx.refuse(refused('not-blocked', `${title} is not blocked; it is ${inStage(item.stage)}. `, typed(`${hint} ${name}`), what));
      }
      const after = tx.append(tellAlong(tx, item, words), 'item.moved', {
        to: item.stage.from,
        why: { kind: 'person', did: 'unblocked' },
        failure: null,
      });
      return done(
        `${title}: unblocked by ${context.nameOf(context.actor)}, back in ${after.stage.name}. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});
