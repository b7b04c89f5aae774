import { choice, titleAndBody } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { splitCriteria } from '../../src/bot/criteria.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { done } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';
import { ITEM_TYPES } from '../../src/pipeline/types.ts';

export const create = command({
  words: ['create'],
  aliases: [['add'], ['new']],
  summary: 'Puts a new item into the backlog.',
  details:
    'The description goes after ` -- ` or on the next lines. Lines like `- [ ] the page loads` in it become the acceptance criteria. ' +
    'Nothing runs before the item is started.',
  examples: [
    'create bug The login forgets the return path',
    'create story Export as CSV -- People want their data in a spreadsheet.',
    'create story Export as CSV\nPeople want their data in a spreadsheet.\n- [ ] the file opens in a spreadsheet\n- [ ] dates are ISO 8601',
  ],
  args: { type: choice(ITEM_TYPES, 'What kind of work it is.'), title: titleAndBody() },
  role: 'operator',
  run: (context, { type, title: { title, body } }) =>
    context.change((tx) => {
      const { description, criteria } = splitCriteria(body);
      const item = tx.create(context.project.name, { type, title, description, criteria, dependsOn: [], qaMode: null });
      const current = context.project.name;
      return done(
        `Created the ${type} ${itemTitle(item, current)} in ${current}, with ${counted(criteria.length, 'criterion', 'criteria')}. `,
        code(`start ${itemName(item, current)}`),
        ' starts it.',
      );
    }),
});
