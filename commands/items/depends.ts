import { choice, either, itemRef, itemRefs, keyword, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code, command as typed } from '../../src/message/build.ts';
import { findCycle } from '../../src/pipeline/next/dependencies.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { ItemNumber } from '../../src/pipeline/values.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

export const depends = command({
  words: ['depends'],
  summary: 'Sets which items must be done before an item.',
  details:
    'A new list replaces the old one, `nothing` clears it; without a list it shows the current one. A dependency is met when it is done or archived as completed. ' +
    'It starts nothing: `start` queues an item whose dependencies are not met yet, and it starts on its own once they are.',
  examples: ['depends 42 on 40 41', 'depends 42 on nothing', 'depends 42'],
  args: {
    item: itemRef(),
    on: keyword('on').optional(),
    others: either(choice(['nothing']), itemRefs(), 'The items to wait for, or `nothing`.').optional(),
  },
  role: 'operator',
  run(context, { item: ref, on, others }) {
    if (others === null) return on === null ? shown(context, ref) : incomplete(context, ref);
    return context.change((tx) => {
      const item = tx.find(ref);
      const wanted = others === 'nothing' ? [] : others;
      const problem = problemWith(context, tx, item, wanted);
      if (problem !== null) return tx.refuse(problem);
      const dependsOn = wanted.map(({ number }) => number);
      const after = tx.append(item, 'item.dependencies_set', { dependsOn, prior: item.dependsOn });
      const title = itemTitle(item, context.project.name);
      const what = dependsOn.length === 0 ? `${title} no longer depends on anything. ` : `${title} now depends on ${hashed(dependsOn)}. `;
      return done(what, ...outlook(after, tx.step(after), readerOf(context)));
    });
  },
});

/** `#40, #41`. */
function hashed(numbers: readonly number[]): string {
  return numbers.map((number) => `#${number}`).join(', ');
}

function shown(context: CommandContext, ref: ItemRef): Reply {
  const found = context.find(ref);
  if (!found.ok) return found.error;
  const item = found.value;
  const current = context.project.name;
  const title = itemTitle(item, current);
  if (item.dependsOn.length === 0)
    return done(`${title} depends on nothing. `, typed(`depends ${itemName(item, current)} on <numbers>`), ' changes that.');
  const others = item.dependsOn.map((number) => {
    const other = context.reads.item(item.project, number);
    return other === null
      ? String(number)
      : `${itemTitle(other, current)} (${other.deletedAt === null ? stageWords(other.stage) : 'deleted'})`;
  });
  return done(`${title} depends on ${others.join(', ')}.`);
}

function incomplete(context: CommandContext, { project, number }: ItemRef): Reply {
  const name = itemName({ project, number }, context.project.name);
  return refused(
    'depends-on-what',
    'Which items? For example ',
    typed(`depends ${name} on 40 41`),
    ', or ',
    typed(`depends ${name} on nothing`),
    ' to clear the list.',
  );
}

function problemWith(context: CommandContext, tx: CommandTx, item: WorkItem, wanted: readonly ItemRef[]): Reply | null {
  const title = itemTitle(item, context.project.name);
  const elsewhere = wanted.find(({ project }) => project !== item.project);
  if (elsewhere !== undefined)
    return refused(
      'other-project',
      `Item ${elsewhere.number} here is in ${elsewhere.project}, and dependencies can’t cross projects. Write `,
      code(`${item.project}#${elsewhere.number}`),
      ` for the item in ${item.project}.`,
    );
  if (wanted.some(({ number }) => number === item.number)) return refused('depends-on-itself', `${title} can’t depend on itself.`);
  // `find` refuses an item that doesn't exist or was deleted.
  for (const one of wanted) tx.find(one);
  const numbers = wanted.map(({ number }) => number);
  if (numbers.length === item.dependsOn.length && numbers.every((number) => item.dependsOn.includes(number)))
    return refused('unchanged', `${title} already depends on ${numbers.length === 0 ? 'nothing' : hashed(numbers)}.`);
  const cycle = findCycle(item.number, numbers, (number: ItemNumber) => tx.reads.item(item.project, number)?.dependsOn ?? []);
  if (cycle !== null)
    return refused(
      'cycle',
      `That would be a circular dependency: ${cycle.map((number) => `#${number}`).join(' needs ')}. Nothing changed.`,
    );
  return null;
}
