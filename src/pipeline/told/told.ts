import { BOUNDS } from '../../bounds.ts';
import type { Actor } from '../actor.ts';
import type { Millis } from '../values.ts';

/** What a person said to whoever works on an item. */
export interface Told {
  /** The number of the event that holds it. */
  readonly id: number;
  readonly by: Actor;
  readonly at: Millis;
  readonly text: string;
  /** The first run that was given it; missing: none was. */
  readonly read?: { readonly run: number; readonly agent: string; readonly at: Millis };
}

/** The words with those of one more event; of many only the newest are kept for prompts. */
export function withTold(told: readonly Told[], one: Told): readonly Told[] {
  return [...told, one].slice(-BOUNDS.told);
}

/** The words without those that a person took back. */
export function withoutTold(told: readonly Told[], id: number): readonly Told[] {
  return told.filter((one) => one.id !== id);
}

/** The words after a run was given some of them: only the first run counts. */
export function withRead(told: readonly Told[], ids: readonly number[], read: NonNullable<Told['read']>): readonly Told[] {
  return told.map((one) => (one.read === undefined && ids.includes(one.id) ? { ...one, read } : one));
}

/** What no run was given yet. */
export function unread({ told = [] }: { readonly told?: readonly Told[] }): readonly Told[] {
  return told.filter(({ read }) => read === undefined);
}
