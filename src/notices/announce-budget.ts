import { action, actions, code, doc, line, list, paragraph, phrase, type Content } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { NameOf } from '../pipeline/actor.ts';
import type { Crossing } from '../pipeline/budget/budget.ts';
import { capKey, inUnit, ownerOf, topUp, usedOf } from '../words/budget.ts';
import { labelOf } from '../words/item/item.ts';
import { clockTime } from '../words/time.ts';
import type { ItemEvent } from '../pipeline/events.ts';

type Crossed = Extract<ItemEvent, { kind: 'run.budget_crossed' }>;

/** Budgets that are nearly or wholly used, with a button for more of each. `label`: how the item is named in that room. */
export function budgetCrossed(
  { payload }: Crossed,
  label: string,
  { timezone, nameOf }: { readonly timezone: string; readonly nameOf: NameOf },
): Document | null {
  const crossed = payload.crossed.map((one) => (one.budget.scope === 'item' ? { ...one, budget: { ...one.budget, name: label } } : one));
  const [only, ...others] = crossed;
  if (only === undefined) return null;
  const buttons = actions(...crossed.map((one) => moreButton(one, others.length > 0, nameOf)));
  if (others.length === 0)
    return doc(paragraph(...phrase`${alone(only, nameOf)}${dayEnds(crossed, timezone)} `, ...capKey(only.budget, only.unit)), buttons);
  const used = crossed.filter(({ percent }) => percent === 100).length;
  const next = used === 0 ? '' : ' Runs stop and their work is kept. They continue when you add more to each.';
  const what = phrase`! ${labelOf(label)} has crossed ${crossed.length} budgets.${next}${dayEnds(crossed, timezone)}`;
  return doc(
    paragraph(...what),
    list(
      crossed.map(({ budget, unit, percent }) => {
        const text: Content[] = [`${percent === 100 ? '' : `${percent}%: `}${usedOf(budget, unit, nameOf)}. `];
        return text.concat(capKey(budget, unit));
      }),
    ),
    buttons,
  );
}

function alone({ budget, unit, percent }: Crossing, nameOf: NameOf): string {
  if (percent !== 100) return `! Budget ${percent}% used: ${usedOf(budget, unit, nameOf)}.`;
  const goesOn = budget.until === null ? 'when you add more' : 'tomorrow, or when you add more';
  return `! Budget used up: ${usedOf(budget, unit, nameOf)}. Runs stop and their work is kept. They continue ${goesOn}.`;
}

function dayEnds(crossed: readonly Crossing[], timezone: string): Content[] {
  const until = crossed.find(({ budget }) => budget.until !== null)?.budget.until ?? null;
  return until === null ? [] : phrase` The day ends at ${clockTime(until, timezone)} ${timezone}.`;
}

function moreButton({ budget, unit }: Crossing, named: boolean, nameOf: NameOf): ReturnType<typeof action> {
  const to = named ? ` to ${ownerOf(budget, nameOf)}` : '';
  return action(`Add ${inUnit(budget.base[unit] ?? 0, unit)}${to}`, topUp(budget, unit), 'primary');
}

/** Said once for each model of a project. */
export function priceUnknown(model: string): Document {
  return line(
    'Musher has no price for model ',
    code(model),
    ', so dollar caps can’t stop its runs and each run is charged its full reservation. Set ',
    code('[prices]'),
    ' in bot.toml to fix this.',
  );
}
