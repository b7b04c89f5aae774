import { command } from '../../message/build.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';

/** A number in a project that has no items. */
export function noItemsYet(project: string): Reply {
  return refused('no-such-item', `${project} has no items yet. `, command('create story <title>'), ' adds the first one.');
}

/** A number that no item has; `near` are numbers close to it, `last` is the highest. */
export function noSuchItem(project: string, number: number, near: readonly number[], last: number): Reply {
  const range = last === 1 ? 'The only item is #1.' : `Items go from #1 to #${last}.`;
  const hint = near.length > 0 ? `Did you mean ${near.map((one) => `#${one}`).join(', ')}?` : range;
  return refused(
    'no-such-item',
    `There is no item ${number} in ${project}. ${hint} `,
    command('backlog'),
    ' and ',
    command('status'),
    ' list them.',
  );
}

/** An item that was deleted. */
export function itemDeleted(name: string): Reply {
  return refused('deleted', `Item ${name} was deleted. `, command(`history ${name}`), ' shows what happened to it.');
}

/** A snapshot number that the item does not have. */
export function noSuchSnapshot(name: string, n: number): Reply {
  return refused('no-such-snapshot', `Item ${name} has no snapshot ${n}. `, command(`snapshots ${name}`), ' lists them.');
}

/** An item without commits can't be merged. */
export function nothingToMerge(title: string, name: string): Reply {
  return refused('nothing-to-merge', `${title} has no commits to merge. `, command(`show ${name}`), ' shows its runs.');
}

/** The reviewed commit is no longer the present one. `now` null: the item has no commits. */
export function commitChanged(title: string, name: string, seen: string, now: string | null): Reply {
  const present = now === null ? 'now has no commits' : `is now at ${now}`;
  return refused(
    'changed',
    `${title} ${present}; you reviewed ${seen}. Nothing was done. `,
    command(`diff ${name}`),
    ' shows the changes.',
  );
}

/** A budget of something that is neither a project nor a person here. */
export function noSuchBudget(typed: string, near: string | null, known: readonly string[]): Reply {
  return refused(
    'no-such-budget',
    `There is no budget for ${typed}. `,
    ...(near === null
      ? [`Use an item number, or one of ${known.slice(0, 10).join(', ')}.`]
      : ['Did you mean ', command(`budget ${near}`), '?']),
  );
}
