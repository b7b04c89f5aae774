import type { BudgetSettings, ProjectSettings } from '../config/settings.ts';
import { amountOf, NOTHING, outstanding, plus, topped, type Amount, type Budget, type Caps } from '../pipeline/budget.ts';
import { endOfDay, startOfDay } from '../pipeline/day.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';
import type { DayOf } from './budget-reads.ts';
import type { Run } from './projections/run.ts';
import type { Reads } from './reads.ts';

/** The budgets that a run of an item has to fit in, as they stand: the item's, and those of the day. */
export function budgetsOf(reads: Reads, item: WorkItem, settings: Pick<ProjectSettings, 'budget'>, now: Millis): Budget[] {
  const { budget } = settings;
  const open = reads.budget.openRuns();
  const days: DayOf[] = [
    { scope: 'project', name: item.project },
    ...(item.payer === null ? [] : [{ scope: 'person' as const, name: item.payer }]),
    { scope: 'bot', name: '' },
  ];
  return [itemBudget(reads, item, budget, open), ...days.map((day) => dayBudget(reads, day, budget, now, open))];
}

/** An item's budget for its whole life. */
export function itemBudget(reads: Reads, item: WorkItem, { item: base }: BudgetSettings, open = reads.budget.openRuns()): Budget {
  return {
    scope: 'item',
    name: String(item.number),
    base,
    caps: topped(base, item.toppedUp),
    used: amountOf(reads.spendOfItem(item.project, item.number)),
    reserved: reservedBy(open, (run) => run.project === item.project && run.item === item.number),
    until: null,
  };
}

/** The budget of the day that it is now, in the configured zone. */
export function dayBudget(reads: Reads, day: DayOf, settings: BudgetSettings, now: Millis, open = reads.budget.openRuns()): Budget {
  const base = baseOf(day, settings);
  return {
    ...day,
    base,
    caps: topped(base, reads.budget.raised(day, now)),
    used: reads.budget.spentSince(day, startOfDay(now, settings.timezone)),
    reserved: reservedBy(
      open,
      (run) => day.scope === 'bot' || (day.scope === 'project' ? run.project === day.name : (run.reserved?.person ?? null) === day.name),
    ),
    until: endOfDay(now, settings.timezone),
  };
}

function baseOf({ scope, name }: DayOf, { day, bot, anyone, people }: BudgetSettings): Caps {
  switch (scope) {
    case 'project':
      return day;
    case 'person':
      return people.find(({ actor }) => actor === name)?.caps ?? anyone;
    case 'bot':
      return bot;
  }
}

function reservedBy(open: readonly Run[], counts: (run: Run) => boolean): Amount {
  return open.filter(counts).reduce((sum, run) => plus(sum, outstanding(run.reserved, amountOf(run.usage))), NOTHING);
}
