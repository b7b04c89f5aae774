import type { Signal } from '../supervision/signals.ts';

/** Counts the model's answers in outputs that don't number them. */
export interface TurnCounter {
  /** The model said or called something; the first such line after the tools have answered begins a turn. `untold`: of a model whose usage comes at the end. */
  spoke(untold: string): readonly Signal[];
  /** A tool has answered, so the model is asked again. */
  answered(): void;
}

/** Starts at no turn; one for each run. */
export function turnCounter(): TurnCounter {
  let count = 0;
  let waiting = true;
  return {
    spoke(untold) {
      if (!waiting) return [];
      waiting = false;
      count += 1;
      return [
        { kind: 'turn', count },
        { kind: 'untold', model: untold },
      ];
    },
    answered() {
      waiting = true;
    },
  };
}
