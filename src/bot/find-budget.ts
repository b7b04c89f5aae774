import { itemBudget, dayBudget } from '../decide/budgets.ts';

import { nearest } from '../nearest.ts';
import type { Budget } from '../pipeline/budget/budget.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { err, ok, type Result } from '../result.ts';
import type { BudgetOwner } from './parse/arguments-budget.ts';
import type { CommandContext } from './command.ts';
import { itemName } from '../words/item/item.ts';
import { projectOf } from './of-item.ts';
import { noSuchBudget } from '../words/bot/finding.ts';
import type { Reply } from '../words/reply.ts';

/** A budget that a person named; `item` is set if it belongs to an item. */
export interface FoundBudget {
  readonly budget: Budget;
  readonly item: WorkItem | null;
}

/** The budget that a person named, in its present state; the error is the reply. */
export function findBudget(context: CommandContext, owner: BudgetOwner): Result<FoundBudget, Reply> {
  const { reads, project, projects } = context;
  const now = context.clock.now();
  const day = (scope: 'project' | 'person' | 'bot', name: string, of = project): Result<FoundBudget, Reply> =>
    ok({ budget: dayBudget(reads, { scope, name }, of.settings.budget, now), item: null });
  switch (owner.kind) {
    case 'item': {
      const found = context.findAny(owner.ref);
      if (!found.ok) return found;
      const item = found.value;
      const budget = itemBudget(reads, item, projectOf(context, item).settings.budget);
      return ok({ budget: inRoom(budget, item, project.name), item });
    }
    case 'today':
      return day('project', project.name);
    case 'all':
      return day('bot', '');
    case 'named': {
      const wanted = owner.name.toLowerCase();
      const named = projects.find(({ name }) => name === wanted);
      if (named !== undefined) return day('project', named.name, named);
      const person = project.settings.budget.people.find(({ actor }) => actor === `person:${wanted}`);
      if (person !== undefined) return day('person', person.actor);
      // A person without a [[person]] entry goes by the id in the log.
      if (/^[a-z][a-z0-9-]*:\S+$/.test(owner.name)) return day('person', owner.name);
      return err(unknown(context, owner.name));
    }
  }
}

/** A budget under its name in a room: items of another project with the project. */
export function inRoom(budget: Budget, item: WorkItem, current: string): Budget {
  return budget.scope === 'item' ? { ...budget, name: itemName(item, current) } : budget;
}

function unknown({ project, projects }: CommandContext, typed: string): Reply {
  const people = project.settings.budget.people.map(({ actor }) => actor.slice('person:'.length));
  const known = ['today', 'all', ...projects.map(({ name }) => name), ...people];
  const near = nearest(typed, known);
  return noSuchBudget(typed, near, known);
}
