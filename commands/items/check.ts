import { flag, integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { itemName, itemTitle } from '../../src/words/item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';

export const check = command({
  words: ['check'],
  summary: 'Checks an acceptance criterion, or takes the check away.',
  examples: ['check 42 1', 'check 42 2 --off'],
  args: {
    item: itemRef(),
    criterion: integer({ min: 1, max: 999, description: 'Which criterion, counted from 1 as `show` lists them.' }),
    off: flag('off', 'Takes the check away.'),
  },
  role: 'operator',
  run: (context, { item: ref, criterion: n, off }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      const name = itemName(item, context.project.name);
      const all = item.criteria.length;
      const wanted = item.criteria[n - 1];
      if (wanted === undefined) {
        if (all === 0)
          return tx.refuse(refused('no-criteria', `${name} has no criteria. `, code(`edit ${name} criteria <text>`), ' sets them.'));
        return tx.refuse(
          refused(
            'no-such-criterion',
            `${name} has ${all === 1 ? 'one criterion' : `criteria 1 to ${all}`}, not ${n}. `,
            code(`show ${name}`),
            ' lists them.',
          ),
        );
      }
      if (wanted.checked === !off)
        return tx.refuse(refused('unchanged', `Criterion ${n} of ${name} is ${off ? 'not checked' : 'checked already'}: ${wanted.text}`));
      const after = tx.append(item, 'item.criterion_set', { index: n - 1, checked: !off });
      const checked = after.criteria.filter((one) => one.checked).length;
      return done(
        `${off ? 'Unchecked' : 'Checked'} criterion ${n} of ${itemTitle(item, context.project.name)}: ${wanted.text} (${checked} of ${all})`,
      );
    }),
});
