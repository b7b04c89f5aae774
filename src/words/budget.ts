import { right, table } from '../message/build.ts';
import type { Block } from '../message/document.ts';
import { money, tokens } from '../pipeline/budget/amounts.ts';
import { left, UNITS, type Budget, type Unit } from '../pipeline/budget/budget.ts';
import { ownerOf } from '../pipeline/budget/budget-words.ts';
import type { CommandContext } from '../bot/command.ts';
import { duration } from './time.ts';
import { localTime } from '../pipeline/budget/day.ts';

/** Budgets as a table: a row for each cap, or one for what has none. */
export function budgetTable(budgets: readonly Budget[]): Block {
  return table(
    ['Budget', right('Cap'), right('Used'), right('Reserved'), right('Left')],
    budgets.flatMap((budget) => {
      const capped = UNITS.filter((unit) => budget.caps[unit] !== null);
      const units: readonly Unit[] = capped.length === 0 ? ['microUsd'] : capped;
      return units.map((unit) => row(budget, unit));
    }),
  );
}

function row(budget: Budget, unit: Unit): string[] {
  const cap = budget.caps[unit];
  const room = left(budget, unit);
  const whose = `${ownerOf(budget)}${budget.until === null ? '' : ' today'}`;
  return [
    whose,
    cap === null ? 'none' : amount(cap, unit),
    amount(budget.used[unit], unit),
    amount(budget.reserved[unit], unit),
    room === null ? '' : amount(room, unit),
  ];
}

function amount(value: number, unit: Unit): string {
  return unit === 'microUsd' ? money(value) : tokens(value);
}

/** When a day ends: `00:00 Europe/Berlin, in 9 h 55 min`. */
export function dayEnd({ clock, timezone }: Pick<CommandContext, 'clock' | 'timezone'>, until: number): string {
  return `${localTime(until, timezone).time} ${timezone}, in ${duration(until - clock.now())}`;
}
