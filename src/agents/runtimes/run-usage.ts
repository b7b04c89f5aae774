import type { Signal } from '../supervision/signals.ts';
import type { Pricing } from './pricing.ts';
import { NO_USAGE, maxUsage, sameUsage, type Usage } from '../../pipeline/usage.ts';

export type Tokens = Omit<Usage, 'microUsd'>;

/** Tells what a run has used of each model: totals that never go down, and only where they grew. */
export interface RunUsage {
  /** The run's tokens of that model so far. `microUsd`: what the program itself says they cost; null: it does not say. */
  total(model: string, tokens: Tokens, microUsd?: number | null): readonly Signal[];
}

/** Starts with nothing used; one for each run. */
export function runUsage(pricing: Pricing): RunUsage {
  const told = new Map<string, Usage>();
  return {
    total(model, tokens, microUsd = null) {
      const cost = microUsd ?? pricing.cost(model, tokens);
      const before = told.get(model) ?? NO_USAGE;
      const usage = maxUsage(before, { ...tokens, microUsd: cost ?? 0 });
      if (sameUsage(before, usage)) return [];
      told.set(model, usage);
      return [{ kind: 'usage', model, usage, ...(cost === null ? { unpriced: true } : {}) }];
    },
  };
}

/** The name under which usage is kept where neither the configuration nor the output names a model. */
export const UNNAMED_MODEL = 'unknown';
