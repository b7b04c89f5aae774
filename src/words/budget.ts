import { actorName, type NameOf } from '../pipeline/actor.ts';
import { code, phrase, right, table, type Content } from '../message/build.ts';
import type { Block, Inline } from '../message/document.ts';
import {
  left,
  UNITS,
  type Amount,
  type Budget,
  type Caps,
  type CapSource,
  type Reservation,
  type Scope,
  type Unit,
} from '../pipeline/budget/budget.ts';
import { money, tokens } from './amounts.ts';
import { labelOf } from './item/item.ts';
import { clockTime, duration } from './time.ts';
import type { Typed } from './reader.ts';

/** Budgets as a table: a row for each cap, or one for what has none. */
export function budgetTable(budgets: readonly Budget[], nameOf: NameOf): Block {
  return table(
    ['Budget', right('Cap'), right('Used'), right('Reserved'), right('Left')],
    budgets.flatMap((budget) => {
      const capped = UNITS.filter((unit) => budget.caps[unit] !== null);
      const units: readonly Unit[] = capped.length === 0 ? ['microUsd'] : capped;
      return units.map((unit) => row(budget, unit, nameOf));
    }),
  );
}

function row(budget: Budget, unit: Unit, nameOf: NameOf): string[] {
  const cap = budget.caps[unit];
  const room = left(budget, unit);
  const whose = `${ownerOf(budget, nameOf)}${budget.until === null ? '' : ' today'}`;
  return [
    whose,
    cap === null ? 'none' : inCell(cap, unit),
    inCell(budget.used[unit], unit),
    inCell(budget.reserved[unit], unit),
    room === null ? '' : inCell(room, unit),
  ];
}

function inCell(value: number, unit: Unit): string {
  return unit === 'microUsd' ? money(value) : tokens(value);
}

/** When a day ends: `00:00 Europe/Berlin, in 9 h 55 min`. */
export function dayEnd({ clock, timezone }: Pick<Typed, 'clock' | 'timezone'>, until: number): Inline[] {
  return phrase`${clockTime(until, timezone)} ${timezone}, in ${duration(until - clock.now())}`;
}

/** An amount of one unit as people read it: `$5.00`, `50k tokens`. */
export function inUnit(amount: number, unit: Unit): string {
  return unit === 'microUsd' ? money(amount) : `${tokens(amount)} tokens`;
}

/** An amount as a person types it after `budget …`: `5usd`, `50k`. Reads back as the same number. */
export function typed(amount: number, unit: Unit): string {
  if (unit === 'microUsd') return `${amount / 1_000_000}usd`;
  if (amount % 1_000_000 === 0) return `${amount / 1_000_000}M`;
  return amount % 1_000 === 0 ? `${amount / 1_000}k` : `${amount}tokens`;
}

/** Whose budget it is: `#42`, `shop`, `anna`, `all projects together`. */
export function ownerOf({ scope, name }: Pick<Budget, 'scope' | 'name'>, nameOf: NameOf): string {
  switch (scope) {
    case 'item':
      return labelOf(name);
    case 'project':
      return name;
    case 'person':
      return nameOf(name);
    case 'bot':
      return 'all projects together';
  }
}

/** How a budget is named after the word `budget`. */
export function target({ scope, name }: Pick<Budget, 'scope' | 'name'>): string {
  if (scope === 'bot') return 'all';
  return scope === 'person' && name.startsWith('person:') ? actorName(name) : name;
}

/** The key that sets a cap, for a permanent change: `` The cap is `item_usd` under `[project.budget]` in bot.toml. `` */
export function capKey({ scope, setIn }: Pick<Budget, 'scope' | 'setIn'>, unit: Unit): Content[] {
  const [key, section, file] = CAP_KEYS[setIn?.[unit] ?? USUAL[scope]];
  return [
    'The cap is ',
    code(`${scope === 'item' ? 'item' : key}_${unit === 'tokens' ? 'tokens' : 'usd'}`),
    ' under ',
    code(section),
    ` in ${file}.`,
  ];
}

/** What an event of an older version, which does not say it, came from in most cases. */
const USUAL: { readonly [S in Scope]: CapSource } = { item: 'project', project: 'project', person: 'everyone', bot: 'bot' };

/** The key without its unit, of a day; its section; its file. */
const CAP_KEYS: { readonly [S in CapSource]: readonly [key: string, section: string, file: string] } = {
  bot: ['day', '[budget]', 'bot.toml'],
  everyone: ['person_day', '[budget]', 'bot.toml'],
  person: ['day', '[[person]]', 'bot.toml'],
  project: ['day', '[project.budget]', 'bot.toml'],
  'project-file': ['day', '[budget]', 'the project’s file'],
};

/** The command that gives a budget once more what was configured for it. */
export function topUp(budget: Pick<Budget, 'scope' | 'name' | 'base'>, unit: Unit): string {
  return `budget ${target(budget)} +${typed(budget.base[unit] ?? 0, unit)}`;
}

/** `#42 has used 51.2k of its 50k tokens`, `shop has used $5.02 of its $5.00 for today`. */
export function usedOf(budget: Budget, unit: Unit, nameOf: NameOf): string {
  const many = budget.scope === 'bot';
  const whose = many || budget.scope === 'person' ? 'their' : 'its';
  const used = unit === 'microUsd' ? money(budget.used.microUsd) : tokens(budget.used.tokens);
  const day = budget.until === null ? '' : ' for today';
  return `${ownerOf(budget, nameOf)} ${many ? 'have' : 'has'} used ${used} of ${whose} ${inUnit(budget.caps[unit] ?? 0, unit)}${day}`;
}

/** What is in an amount: `$5.00`, `50k tokens`, or both. */
export function amountWords(amount: Amount): string {
  return UNITS.filter((unit) => amount[unit] > 0)
    .map((unit) => inUnit(amount[unit], unit))
    .join(' and ');
}

/** What caps allow: `$30.00 and 150M tokens`, or `an unlimited amount`. */
export function capWords(caps: Caps): string {
  const set = UNITS.flatMap((unit) => (caps[unit] === null ? [] : [inUnit(caps[unit], unit)]));
  return set.length === 0 ? 'an unlimited amount' : set.join(' and ');
}

/** What a run may use in all: `$30.00 and 150M tokens`. */
export function lineWords({ microUsd, tokens: count }: Reservation): string {
  return capWords({ microUsd: microUsd?.cap ?? null, tokens: count?.cap ?? null });
}
