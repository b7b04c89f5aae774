import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';
import { isResumable } from '../../src/pipeline/moves.ts';

export const unblock = command({
  words: ['unblock'],
  summary: 'Puts a blocked item back where it came from.',
  details:
    'Also what failed to merge or was held by review. Its failed attempts are forgotten; the last failure still goes into the next attempt.',
  examples: ['unblock 42'],
  args: { item: itemRef() },
  role: 'operator',
  run: (context, { item: ref }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      if (item.stage.name !== 'archived' || !isResumable(item.stage)) {
        const name = itemName(item, reader.current);
        const hint = item.held === null ? 'why' : 'start';
        const what = item.held === null ? ' says what happens to it next.' : ' lets it go on.';
        return tx.refuse(
          refused('not-blocked', `${title} is not blocked: it is in ${stageWords(item.stage)}. `, code(`${hint} ${name}`), what),
        );
      }
      const after = tx.append(item, 'item.moved', { to: item.stage.from, why: 'a person unblocked it', failure: null });
      return done(`${title} is unblocked and back in ${after.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});
