import { BOUNDS } from '../../../bounds.ts';
import type { Signal } from '../../supervision/signals.ts';
import { asFields, dollarsField, textField, tokensField, type Fields } from '../json-line.ts';
import { canonicalModel } from '../../../pipeline/next/model.ts';
import type { Pricing } from '../pricing.ts';
import { NO_USAGE, addUsage, maxUsage, sameUsage, subtractUsage, type Usage } from '../../../pipeline/usage.ts';

/** Counts what a run has used, each message once however many lines tell of it. */
export interface UsageMeter {
  /** `usage` of a message as its lines give it, growing from line to line. */
  message(id: string, model: string, usage: Fields): readonly Signal[];
  /** The end line: exact, and with what never showed in the stream (summaries, sub-agents, titles). */
  result(line: Fields, resumed: boolean): readonly Signal[];
}

interface Message {
  readonly model: string;
  readonly usage: Usage;
}

/** A usage, and whether its money is all of it. */
interface Priced {
  readonly usage: Usage;
  readonly unpriced: boolean;
}

/** A meter for one run; it tells totals of a model, and only where they grew. */
export function usageMeter(pricing: Pricing): UsageMeter {
  const messages = new Map<string, Message>();
  const metered = new Map<string, Usage>();
  const told = new Map<string, Usage>();
  /** By its canonical name, what a model was called first: lines call the same one `claude-x`, `claude-x[1m]` and by its date. */
  const names = new Map<string, string>();
  const nameOf = (said: string): string => {
    const model = said.slice(0, BOUNDS.modelName);
    const canonical = canonicalModel(model);
    const name = names.get(canonical) ?? model.replace(/\[[^\]]*\]$/, '');
    names.set(canonical, name);
    return name;
  };

  /** Tells a model's total if it grew. */
  const tell = (model: string, { usage: total, unpriced }: Priced): readonly Signal[] => {
    const before = told.get(model) ?? NO_USAGE;
    const usage = maxUsage(before, total);
    if (sameUsage(before, usage)) return [];
    told.set(model, usage);
    return [{ kind: 'usage', model, usage, ...(unpriced ? { unpriced } : {}) }];
  };

  return {
    message(id, said, fields) {
      const model = nameOf(said);
      const before = messages.get(id);
      const now = messageUsage(pricing, said, fields);
      const usage = maxUsage(before?.usage ?? NO_USAGE, now.usage);
      messages.set(id, { model, usage });
      const rest = subtractUsage(metered.get(model) ?? NO_USAGE, before?.usage ?? NO_USAGE);
      const total = addUsage(rest, usage);
      metered.set(model, total);
      return tell(model, { usage: total, unpriced: now.unpriced });
    },
    result(line, resumed) {
      // `modelUsage` and `total_cost_usd` include what a resumed session had before; the newer field never does.
      const perModel = asFields(line['model_usage_since_last_result']) ?? (resumed ? null : asFields(line['modelUsage']));
      const sums = new Map<string, Priced>();
      for (const [key, entry] of Object.entries(perModel ?? {})) {
        const fields = asFields(entry);
        if (fields === null) continue;
        const model = nameOf(textField(fields, 'canonicalModel') ?? key);
        const { usage, unpriced } = resultUsage(pricing, key, fields);
        const before = sums.get(model) ?? { usage: NO_USAGE, unpriced: false };
        sums.set(model, { usage: addUsage(before.usage, usage), unpriced: before.unpriced || unpriced });
      }
      return [...sums].flatMap(([model, sum]) => tell(model, sum));
    },
  };
}

function messageUsage(pricing: Pricing, model: string, fields: Fields): Priced {
  const creation = asFields(fields['cache_creation']);
  const hour = creation === null ? 0 : tokensField(creation, 'ephemeral_1h_input_tokens');
  const tokens = {
    inputTokens: tokensField(fields, 'input_tokens'),
    outputTokens: tokensField(fields, 'output_tokens'),
    cacheReadTokens: tokensField(fields, 'cache_read_input_tokens'),
    cacheWriteTokens: tokensField(fields, 'cache_creation_input_tokens'),
  };
  const cost = pricing.cost(model, tokens, hour);
  return { usage: { ...tokens, microUsd: cost ?? 0 }, unpriced: cost === null };
}

/** Claude Code's own figure, which is exact; where it has none, what the tokens cost. */
function resultUsage(pricing: Pricing, model: string, fields: Fields): Priced {
  const tokens = {
    inputTokens: tokensField(fields, 'inputTokens'),
    outputTokens: tokensField(fields, 'outputTokens'),
    cacheReadTokens: tokensField(fields, 'cacheReadInputTokens'),
    cacheWriteTokens: tokensField(fields, 'cacheCreationInputTokens'),
  };
  const own = dollarsField(fields, 'costUSD');
  const cost = own > 0 ? own : pricing.cost(model, tokens);
  return { usage: { ...tokens, microUsd: cost ?? 0 }, unpriced: cost === null };
}

/** The model of a message, or null for one that the command line made up itself (an error text, say). */
export function realModel(message: Fields): string | null {
  const model = textField(message, 'model');
  return model === null || model === '<synthetic>' ? null : model;
}
