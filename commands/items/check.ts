import { flag, integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemName, itemTitle } from '../../src/words/item/item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';

export const check = command({
  words: ['check'],
  summary: 'Checks or unchecks an acceptance criterion.',
  examples: ['check 42 1', 'check 42 2 --off'],
  args: {
    item: itemRef(),
    criterion: integer({ min: 1, max: 999, description: 'The number of the criterion in `show`.' }),
    off: flag('off', 'Unchecks it.'),
  },
  role: 'operator',
  run: (context, { item: ref, criterion: n, off }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const name = itemName(item, context.project.name);
      const title = itemTitle(item, context.project.name);
      const all = item.criteria.length;
      const wanted = item.criteria[n - 1];
      if (wanted === undefined) {
        if (all === 0)
          return tx.refuse(refused('no-criteria', `${title} has no criteria. `, typed(`edit ${name} criteria <text>`), ' adds some.'));
        return tx.refuse(
          refused(
            'no-such-criterion',
            `${title} has no criterion ${n}, only ${all === 1 ? 'criterion 1' : `1 to ${all}`}. `,
            typed(`show ${name}`),
            ' lists them.',
          ),
        );
      }
      if (wanted.checked === !off)
        return tx.refuse(refused('unchanged', `Criterion ${n} of ${title} is ${off ? 'not checked' : 'already checked'}: ${wanted.text}`));
      const after = tx.append(item, 'item.criterion_set', { index: n - 1, checked: !off });
      const checked = after.criteria.filter((one) => one.checked).length;
      return done(`${title}: ${off ? 'unchecked' : 'checked'} criterion ${n}, ${wanted.text} (${checked} of ${all})`);
    }),
});
