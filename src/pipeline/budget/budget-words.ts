import { money, tokens } from './amounts.ts';
import { UNITS, type Amount, type Budget, type Caps, type Reservation, type Shortage, type Unit } from './budget.ts';
import { actorName } from '../actor.ts';

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

/** Whose budget it is: `item 42`, `shop`, `anna`, `all projects together`. */
export function ownerOf({ scope, name }: Pick<Budget, 'scope' | 'name'>): string {
  switch (scope) {
    case 'item':
      return `item ${name}`;
    case 'project':
      return name;
    case 'person':
      return actorName(name);
    case 'bot':
      return 'all projects together';
  }
}

/** How a budget is named after the word `budget`. */
export function target({ scope, name }: Pick<Budget, 'scope' | 'name'>): string {
  if (scope === 'bot') return 'all';
  return scope === 'person' && name.startsWith('person:') ? actorName(name) : name;
}

/** The command that gives a budget once more what was configured for it. */
export function topUp(budget: Pick<Budget, 'scope' | 'name' | 'base'>, unit: Unit): string {
  return `budget ${target(budget)} +${typed(budget.base[unit] ?? 0, unit)}`;
}

/** `item 42 has used 51.2k of its 50k tokens`, `shop has used $5.02 of its $5.00 for today`. */
export function usedOf(budget: Budget, unit: Unit): string {
  const many = budget.scope === 'bot';
  const used = unit === 'microUsd' ? money(budget.used.microUsd) : tokens(budget.used.tokens);
  const day = budget.until === null ? '' : ' for today';
  return `${ownerOf(budget)} ${many ? 'have' : 'has'} used ${used} of ${many ? 'their' : 'its'} ${inUnit(budget.caps[unit] ?? 0, unit)}${day}`;
}

/** Why a run waits for a budget, and what lets it go on. */
export function shortageWords({ budget, unit, held }: Shortage): { because: string; next: string } {
  const command = `\`${topUp(budget, unit)}\``;
  if (held) {
    const because = `${usedOf(budget, unit)}, and runs under way may still use the rest`;
    const before = budget.until === null ? '' : ' before that';
    return { because, next: `It goes on by itself${before} when one of them ends with something left; ${command} makes room now.` };
  }
  const because = usedOf(budget, unit);
  return budget.until === null
    ? { because, next: `${command} lets it go on.` }
    : { because, next: `It goes on by itself then; ${command} lets it go on now.` };
}

/** What is in an amount: `$5.00`, `50k tokens`, or both. */
export function amountWords(amount: Amount): string {
  return UNITS.filter((unit) => amount[unit] > 0)
    .map((unit) => inUnit(amount[unit], unit))
    .join(' and ');
}

/** What caps allow: `$30.00 and 150M tokens`, or `as much as it takes`. */
export function capWords(caps: Caps): string {
  const set = UNITS.flatMap((unit) => (caps[unit] === null ? [] : [inUnit(caps[unit], unit)]));
  return set.length === 0 ? 'as much as it takes' : set.join(' and ');
}

/** What a run may use in all: `$30.00 and 150M tokens`. */
export function lineWords({ microUsd, tokens: count }: Reservation): string {
  return capWords({ microUsd: microUsd?.cap ?? null, tokens: count?.cap ?? null });
}
