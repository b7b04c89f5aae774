import { action, actions, doc, line, paragraph } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { inUnit, topUp, usedOf } from '../pipeline/budget-words.ts';
import { localTime } from '../pipeline/day.ts';
import type { ItemEvent } from '../pipeline/events.ts';

type Crossed = Extract<ItemEvent, { kind: 'run.budget_crossed' }>;

/** A budget that is nearly or wholly used, with a button for more. `label`: how the item is named in that room. */
export function budgetCrossed({ payload }: Crossed, label: string, timezone: string): Document {
  const { unit, percent } = payload;
  const budget = payload.budget.scope === 'item' ? { ...payload.budget, name: label } : payload.budget;
  const ends = budget.until === null ? '' : ` The day ends at ${localTime(budget.until, timezone).time} ${timezone}.`;
  const what =
    percent === 100
      ? `A budget is used up: ${usedOf(budget, unit)}. Runs stop at that line, their work is kept, and what waits for it goes on ${
          budget.until === null ? 'when there is more' : 'with the new day, or when there is more'
        }.${ends}`
      : `${percent} % of a budget is used: ${usedOf(budget, unit)}.${ends}`;
  return doc(paragraph(what), actions(action(`Add ${inUnit(budget.base[unit] ?? 0, unit)}`, topUp(budget, unit), 'primary')));
}

/** Said once for each model of a project. */
export function priceUnknown(model: string): Document {
  return line(
    `The price of ${model} is not known, so no cap of money holds its runs: they are stopped by tokens alone. `,
    'Caps in tokens stand in [budget] and [agent.limits].',
  );
}
