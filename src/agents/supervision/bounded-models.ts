import { BOUNDS } from '../../bounds.ts';
import { NO_USAGE, addUsage, type Usage } from '../../pipeline/usage.ts';
import type { Signal } from './signals.ts';

export type UsageSignal = Extract<Signal, { kind: 'usage' }>;

/** The name under which all models beyond the most are counted. */
export const OTHER_MODELS = 'other models';

/** Holds the number of models that a run may name within its bound, since each line is held against the totals of all. */
export interface BoundedModels {
  /**
   * The signal as it counts. A model beyond the most counts as one of `OTHER_MODELS`, each line anew: too much rather than
   * too little, for a run that is ended anyway.
   */
  take(signal: UsageSignal): UsageSignal;
}

/** Starts with no model named; one for each run. The same lines give the same signals again. */
export function boundedModels(): BoundedModels {
  const known = new Set<string>();
  let others: Usage = NO_USAGE;
  return {
    take(signal) {
      const model = signal.model.slice(0, BOUNDS.modelName);
      if (known.has(model) || known.size < BOUNDS.models) {
        known.add(model);
        return { ...signal, model };
      }
      others = addUsage(others, signal.usage);
      return { ...signal, model: OTHER_MODELS, usage: others };
    },
  };
}
