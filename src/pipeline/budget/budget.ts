import type { Millis } from '../values.ts';
import { totalTokens, type Usage } from '../usage.ts';

/** What was used, or may be used: tokens of all kinds together, and millionths of a US dollar. */
export interface Amount {
  readonly tokens: number;
  readonly microUsd: number;
}
/** Null: no cap. */
export type Caps = { readonly [U in Unit]: number | null };
export type Unit = keyof Amount;
/** Money first: where both bind, that is what people ask about. */
export const UNITS = ['microUsd', 'tokens'] as const satisfies readonly Unit[];

export const NOTHING: Amount = { tokens: 0, microUsd: 0 };
export const NO_CAPS: Caps = { tokens: null, microUsd: null };

/** Whose budget it is: an item's for its whole life; for one day a project's, a person's, or that of all projects together. */
export type Scope = 'item' | 'project' | 'person' | 'bot';
/** `run`: the limits of the agent and of each run, which no top-up changes. */
export type Line = { readonly cap: number; readonly by: Scope | 'run' };

/** What a run may use, set aside for it before it starts and kept with it whatever the configuration says later. */
export interface Reservation {
  /** Null: nothing limits it. */
  readonly tokens: Line | null;
  readonly microUsd: Line | null;
  /** The actor whose day it counts for; null: nobody's. */
  readonly person: string | null;
}

/** Which part of the configuration sets a cap: `[budget]`, `[[person]]` and `[project.budget]` of bot.toml, or `[budget]` of the project's file. */
export type CapSource = 'bot' | 'everyone' | 'person' | 'project' | 'project-file';
export type CapSources = { readonly [U in Unit]: CapSource };

/** The state of one budget at a moment. */
export interface Budget {
  readonly scope: Scope;
  /** The item's number, the project's name, the person's actor; empty for all projects together. */
  readonly name: string;
  /** As configured. */
  readonly base: Caps;
  /** Where it is configured; missing in events of older versions. */
  readonly setIn?: CapSources;
  /** With what people have added. */
  readonly caps: Caps;
  readonly used: Amount;
  /** What runs under way may still use. */
  readonly reserved: Amount;
  /** When the day ends; null: it holds for the item's whole life. */
  readonly until: Millis | null;
}

/** What a usage amounts to. */
export function amountOf(usage: Usage): Amount {
  return { tokens: totalTokens(usage), microUsd: usage.microUsd };
}

/** The sum of two amounts. */
export function plus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens + b.tokens, microUsd: a.microUsd + b.microUsd };
}

/** The smaller cap of each unit. */
export function narrowest(...all: readonly Caps[]): Caps {
  return { tokens: smallest(all.map(({ tokens }) => tokens)), microUsd: smallest(all.map(({ microUsd }) => microUsd)) };
}

function smallest(caps: readonly (number | null)[]): number | null {
  const set = caps.filter((cap) => cap !== null);
  return set.length === 0 ? null : Math.min(...set);
}

/** Caps with what was added to them; where there is no cap, adding makes none. */
export function topped({ tokens, microUsd }: Caps, by: Amount): Caps {
  return { tokens: tokens === null ? null : tokens + by.tokens, microUsd: microUsd === null ? null : microUsd + by.microUsd };
}

/** What an open run may still use of what was set aside for it. */
export function outstanding(reserved: Reservation | null, used: Amount): Amount {
  const open = (unit: Unit): number => {
    const line = reserved?.[unit] ?? null;
    return line === null ? 0 : Math.max(0, line.cap - used[unit]);
  };
  return { tokens: open('tokens'), microUsd: open('microUsd') };
}

/** What a new run could be given of a budget; null: no cap. Never negative. */
export function left({ caps, used, reserved }: Budget, unit: Unit): number | null {
  const cap = caps[unit];
  return cap === null ? null : Math.max(0, cap - used[unit] - reserved[unit]);
}

/** Sets aside for a run what the tightest of its budgets has left, and no more than the run's own limits. */
export function reserve(budgets: readonly Budget[], run: Caps, person: string | null): Reservation {
  const line = (unit: Unit): Line | null => {
    const own = run[unit];
    const start: Line | null = own === null ? null : { cap: own, by: 'run' };
    return budgets.reduce<Line | null>((tightest, budget) => {
      const room = left(budget, unit);
      // At a tie the budget, not the run: it is the one that a person can top up.
      return room !== null && (tightest === null || room <= tightest.cap) ? { cap: room, by: budget.scope } : tightest;
    }, start);
  };
  return { tokens: line('tokens'), microUsd: line('microUsd'), person };
}

/** A budget that has nothing left for a run. */
export interface Shortage {
  readonly budget: Budget;
  readonly unit: Unit;
  /** It is not used up: runs under way hold what is left of it. */
  readonly held: boolean;
}

/** The budget that keeps a run from starting; null: there is room in all of them. What is used up comes before what is only held. */
export function shortage(budgets: readonly Budget[]): Shortage | null {
  const empty = budgets.flatMap((budget) =>
    UNITS.filter((unit) => left(budget, unit) === 0).map((unit) => ({ budget, unit, held: !isUsedUp(budget, unit) })),
  );
  return empty.find(({ held }) => !held) ?? empty[0] ?? null;
}

function isUsedUp({ caps, used }: Budget, unit: Unit): boolean {
  const cap = caps[unit];
  return cap !== null && used[unit] >= cap;
}

/** A line that a run has reached. */
export interface Passed {
  readonly unit: Unit;
  readonly cap: number;
}

/** The line, set by a budget that people can top up, that a run has reached; null: none of them. */
export function budgetPassed(reserved: Reservation | null, used: Amount): Passed | null {
  for (const unit of UNITS) {
    const line = reserved?.[unit] ?? null;
    if (line !== null && line.by !== 'run' && used[unit] >= line.cap) return { unit, cap: line.cap };
  }
  return null;
}

/**
 * What a run under way may use once it has reached a line that a budget set, where its budgets have more by now: somebody
 * added to them, or another run ended with something left. Null: nothing has changed. `budgets` hold what it used already.
 */
export function extended(reserved: Reservation, budgets: readonly Budget[], own: Caps, used: Amount): Reservation | null {
  const lines = UNITS.flatMap((unit) => {
    const line = reserved[unit];
    if (line === null || line.by === 'run' || used[unit] < line.cap) return [];
    const limit = own[unit];
    const more = reserve(budgets, { ...NO_CAPS, [unit]: limit === null ? null : Math.max(0, limit - used[unit]) }, null)[unit];
    return more === null || more.cap === 0 ? [] : [[unit, { cap: used[unit] + more.cap, by: more.by }] as const];
  });
  return lines.length === 0 ? null : { ...reserved, ...Object.fromEntries(lines) };
}

/** People are warned when so many percent are used, and told when all is. */
export const WARN_AT = 80;
export interface Crossing {
  readonly budget: Budget;
  readonly unit: Unit;
  readonly percent: typeof WARN_AT | 100;
}

/** The lines that a usage has just gone over, the highest of each budget. `budgets` already hold the usage. */
export function crossings(budgets: readonly Budget[], more: Amount): Crossing[] {
  return budgets.flatMap((budget) => {
    const crossed = ([100, WARN_AT] as const).flatMap((percent) =>
      UNITS.filter((unit) => crosses(budget, unit, more[unit], percent)).map((unit) => ({ budget, unit, percent })),
    );
    return crossed.slice(0, 1);
  });
}

function crosses({ caps, used }: Budget, unit: Unit, more: number, percent: number): boolean {
  const cap = caps[unit];
  if (cap === null) return false;
  const line = (cap * percent) / 100;
  return used[unit] >= line && used[unit] - more < line;
}
