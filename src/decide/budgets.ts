import type { BudgetSettings, ProjectSettings } from '../config/settings.ts';
import {
  amountOf,
  NOTHING,
  outstanding,
  plus,
  topped,
  type Amount,
  type Budget,
  type Caps,
  type CapSources,
} from '../pipeline/budget/budget.ts';
import { endOfDay, startOfDay } from '../pipeline/budget/day.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';
import type { DayOf } from '../log/reads/budget-reads.ts';
import type { Run } from '../log/projections/run.ts';
import type { Reads } from '../log/reads/reads.ts';

const EVERYONE: CapSources = { tokens: 'everyone', microUsd: 'everyone' };
const BOT: CapSources = { tokens: 'bot', microUsd: 'bot' };

/** The budgets of one day, each read once however many items ask for it. */
export interface DayBudgets {
  open(): readonly Run[];
  of(day: DayOf): Budget;
}

/** The budgets of the day that it is now. */
export function dayBudgets(reads: Reads, settings: BudgetSettings, now: Millis): DayBudgets {
  let runs: readonly Run[] | null = null;
  const open = (): readonly Run[] => (runs ??= reads.budget.openRuns());
  const known = new Map<string, Budget>();
  return {
    open,
    of(day) {
      const key = `${day.scope} ${day.name}`;
      const budget = known.get(key) ?? dayBudget(reads, day, settings, now, open());
      known.set(key, budget);
      return budget;
    },
  };
}

/** The budgets that a run of an item has to fit in, as they stand: the item's, and those of the day. */
export function budgetsOf(
  reads: Reads,
  item: WorkItem,
  { budget }: Pick<ProjectSettings, 'budget'>,
  now: Millis,
  today = dayBudgets(reads, budget, now),
): Budget[] {
  const days: DayOf[] = [
    { scope: 'project', name: item.project },
    ...(item.payer === null ? [] : [{ scope: 'person' as const, name: item.payer }]),
    { scope: 'bot', name: '' },
  ];
  return [itemBudget(reads, item, budget, today.open()), ...days.map((day) => today.of(day))];
}

/** An item's budget for its whole life. */
export function itemBudget(
  reads: Reads,
  item: WorkItem,
  { item: base, setIn }: BudgetSettings,
  open: readonly Run[] = reads.budget.openRuns(),
): Budget {
  return {
    scope: 'item',
    name: String(item.number),
    base,
    setIn: setIn.item,
    caps: topped(base, item.toppedUp),
    used: amountOf(reads.spend.ofItem(item.project, item.number)),
    reserved: reservedBy(open, (run) => run.project === item.project && run.item === item.number),
    until: null,
  };
}

/** The budget of the day that it is now, in the configured zone. */
export function dayBudget(
  reads: Reads,
  day: DayOf,
  settings: BudgetSettings,
  now: Millis,
  open: readonly Run[] = reads.budget.openRuns(),
): Budget {
  const { base, setIn } = baseOf(day, settings);
  const until = endOfDay(now, settings.timezone);
  return {
    ...day,
    base,
    setIn,
    caps: topped(base, reads.budget.raised(day, now)),
    used: reads.budget.spentBetween(day, startOfDay(now, settings.timezone), until),
    reserved: reservedBy(
      open,
      (run) => day.scope === 'bot' || (day.scope === 'project' ? run.project === day.name : (run.reserved?.person ?? null) === day.name),
    ),
    until,
  };
}

function baseOf({ scope, name }: DayOf, { day, bot, anyone, people, setIn }: BudgetSettings): { base: Caps; setIn: CapSources } {
  switch (scope) {
    case 'project':
      return { base: day, setIn: setIn.day };
    case 'person': {
      const own = people.find(({ actor }) => actor === name);
      return own === undefined ? { base: anyone, setIn: EVERYONE } : { base: own.caps, setIn: own.setIn };
    }
    case 'bot':
      return { base: bot, setIn: BOT };
  }
}

function reservedBy(open: readonly Run[], counts: (run: Run) => boolean): Amount {
  return open.filter(counts).reduce((sum, run) => plus(sum, outstanding(run.reserved, amountOf(run.usage))), NOTHING);
}
