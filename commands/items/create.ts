import { choice, titleAndBody } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { splitCriteria } from '../../src/bot/criteria.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemName, itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { ITEM_TYPES } from '../../src/pipeline/types.ts';

export const create = command({
  words: ['create'],
  aliases: [['add'], ['new']],
  summary: 'Adds an item to the backlog.',
  details:
    'The description goes after ` -- ` or on the next lines. Lines such as `- [ ] the page loads` become acceptance criteria. ' +
    'Nothing runs until the item is started.',
  examples: [
    'create bug The login forgets the return path',
    'create story Export as CSV -- People want their data in a spreadsheet.',
    'create story Export as CSV\nPeople want their data in a spreadsheet.\n- [ ] the file opens in a spreadsheet\n- [ ] dates are ISO 8601',
  ],
  args: { type: choice(ITEM_TYPES, 'The kind of work.'), title: titleAndBody() },
  form: {
    title: 'New item',
    submit: 'Create',
    below: { label: 'Description', hint: 'Lines like "- [ ] the page loads" become acceptance criteria.' },
  },
  role: 'operator',
  files: 'beside text',
  run: (context, { type, title: { title, body, leftOut } }) =>
    context.change((tx) => {
      const { description, criteria } = splitCriteria(body);
      const item = tx.create(context.project.name, { type, title, description, criteria, dependsOn: [], qaMode: null });
      const current = context.project.name;
      return done(
        `Created ${type} ${itemTitle(item, current)} in ${current}, with ${counted(criteria.length, 'criterion', 'criteria')}. `,
        typed(`start ${itemName(item, current)}`),
        ' to begin.',
        leftOut.includes('quotes') ? ' The quotes around the title are left out.' : '',
        leftOut.includes('dash') && body !== '' ? ' The text after the dash is the description.' : '',
      );
    }),
});
