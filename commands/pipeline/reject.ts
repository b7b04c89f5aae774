import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { firstLine, inStage, itemName, itemTitle, stageWords } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { stopOpenRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { refusedNow } from '../../src/pipeline/refused.ts';
import { readerOf } from '../../src/words/reader.ts';

export const reject = command({
  words: ['reject'],
  summary: 'Sends an item back to the coder, with the reason.',
  details:
    'For items in qa or merge, and for items held for review. The next attempt gets the whole reason, line breaks included. Join several numbers by commas or `and`: a number without belongs to the reason.',
  examples: ['reject 42 The export loses the time zone.', 'reject 3, 4 Use the new API.'],
  args: { item: severalItems({ followed: 'text' }), reason: text('The reason. The next attempt gets it.') },
  role: 'operator',
  files: 'instead of text',
  run: (context, { item: named, reason }) =>
    changeEach(context, named, {}, (tx, ref) => {
      const item = tx.find(ref);
      const reader = readerOf(context);
      const title = itemTitle(item, reader.current);
      const held = item.stage.name === 'archived' && item.stage.reason.kind === 'reviewHeld' ? item.stage : null;
      if (held === null && item.stage.name !== 'qa' && item.stage.name !== 'merge') {
        const name = itemName(item, reader.current);
        const hint = item.stage.name === 'done' ? `move ${name} current` : `why ${name}`;
        const what = item.stage.name === 'done' ? ' reopens it.' : ' shows what happens next.';
        return tx.refuse(
          refused('not-in-review', `${title} is ${inStage(item.stage)}, so there is nothing to reject. `, typed(hint), what),
        );
      }
      const failure = { cause: 'rejected', summary: firstLine(reason), evidence: reason } as const;
      const stopped = stopOpenRun(tx, item, { kind: 'person', did: 'rejected' }).item;
      // An item held for review first returns to the stage it came from: the pipeline has no direct move to current.
      const back =
        held === null || held.from.name === 'current'
          ? stopped
          : tx.append(stopped, 'item.moved', { to: held.from, why: { kind: 'person', did: 'rejected' }, failure: null });
      const after = tx.append(back, 'item.moved', {
        to: { name: 'current' },
        why: { kind: 'failed' },
        failure,
        refuses: refusedNow(item),
      });
      return done(
        `${title}: rejected by ${context.nameOf(context.actor)}, from ${stageWords(item.stage)} back to current. The next attempt gets the reason. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});
