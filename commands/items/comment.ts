import { severalItems, text } from '../../src/bot/parse/arguments.ts';
import { BOUNDS } from '../../src/bounds.ts';
import { command } from '../../src/bot/command.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { itemName, itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { tooLong } from '../../src/words/bot/telling.ts';
import { command as typed } from '../../src/message/build.ts';

export const comment = command({
  words: ['comment'],
  summary: 'Adds a comment to an item, for people.',
  details: '`show` and `history` have it. No agent reads it: `tell` speaks to the agents.',
  examples: ['comment 42 The design is agreed with the team.', 'comment 3, 4 Both wait for the new API.'],
  args: { item: severalItems({ followed: 'text' }), text: text('What to say about it.') },
  role: 'operator',
  files: 'instead of text',
  run: (context, { item: named, text: said }) =>
    changeEach(context, named, {}, (tx, ref) => {
      const item = tx.find(ref);
      if (said.length > BOUNDS.toldText) return tx.refuse(tooLong(said.length));
      tx.append(item, 'item.commented', { text: said });
      const { name } = context.project;
      return done(
        `${itemTitle(item, name)}: comment added by ${context.nameOf(context.actor)}. People see it in `,
        typed(`show ${itemName(item, name)}`),
        '; agents do not.',
      );
    }),
});
