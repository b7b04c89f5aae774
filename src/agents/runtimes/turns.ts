import type { Signal } from '../supervision/signals.ts';

/** Counts the model's answers in outputs that don't number them. */
export interface TurnCounter {
  /** The model said or called something; the first such line after the tools have answered begins a turn. */
  spoke(): readonly Signal[];
  /** A tool has answered, so the model is asked again. */
  answered(): void;
}

/** Starts at no turn; one for each run. */
export function turnCounter(): TurnCounter {
  let count = 0;
  let waiting = true;
  return {
    spoke() {
      if (!waiting) return [];
      waiting = false;
      count += 1;
      return [{ kind: 'turn', count }];
    },
    answered() {
      waiting = true;
    },
  };
}
