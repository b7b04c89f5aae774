import type { Usage } from '../../../pipeline/events.ts';
import { NO_USAGE, addUsage, maxUsage, sameUsage, type Signal } from '../../supervision/signals.ts';
import { asFields, dollarsField, textField, tokensField, type Fields } from '../json-line.ts';
import { listPrice } from './prices.ts';

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

/** A meter for one run; it tells totals of a model, and only where they grew. */
export function usageMeter(): UsageMeter {
  const messages = new Map<string, Message>();
  const metered = new Map<string, Usage>();
  const told = new Map<string, Usage>();

  /** Tells a model's total if it grew. */
  const tell = (model: string, total: Usage): readonly Signal[] => {
    const before = told.get(model) ?? NO_USAGE;
    const usage = maxUsage(before, total);
    if (sameUsage(before, usage)) return [];
    told.set(model, usage);
    return [{ kind: 'usage', model, usage }];
  };

  return {
    message(id, model, fields) {
      const before = messages.get(id);
      const usage = maxUsage(before?.usage ?? NO_USAGE, messageUsage(model, fields));
      messages.set(id, { model, usage });
      const rest = subtract(metered.get(model) ?? NO_USAGE, before?.usage ?? NO_USAGE);
      const total = addUsage(rest, usage);
      metered.set(model, total);
      return tell(model, total);
    },
    result(line, resumed) {
      // `modelUsage` and `total_cost_usd` include what a resumed session had before; the newer field never does.
      const perModel = asFields(line['model_usage_since_last_result']) ?? (resumed ? null : asFields(line['modelUsage']));
      return Object.entries(perModel ?? {}).flatMap(([model, entry]) => {
        const fields = asFields(entry);
        return fields === null ? [] : tell(model, resultUsage(fields));
      });
    },
  };
}

function messageUsage(model: string, fields: Fields): Usage {
  const creation = asFields(fields['cache_creation']);
  const hour = creation === null ? 0 : tokensField(creation, 'ephemeral_1h_input_tokens');
  const tokens = {
    inputTokens: tokensField(fields, 'input_tokens'),
    outputTokens: tokensField(fields, 'output_tokens'),
    cacheReadTokens: tokensField(fields, 'cache_read_input_tokens'),
    cacheWriteTokens: tokensField(fields, 'cache_creation_input_tokens'),
  };
  return { ...tokens, microUsd: listPrice(model, tokens, hour) };
}

function resultUsage(fields: Fields): Usage {
  return {
    inputTokens: tokensField(fields, 'inputTokens'),
    outputTokens: tokensField(fields, 'outputTokens'),
    cacheReadTokens: tokensField(fields, 'cacheReadInputTokens'),
    cacheWriteTokens: tokensField(fields, 'cacheCreationInputTokens'),
    microUsd: dollarsField(fields, 'costUSD'),
  };
}

function subtract(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens - b.inputTokens,
    outputTokens: a.outputTokens - b.outputTokens,
    cacheReadTokens: a.cacheReadTokens - b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens - b.cacheWriteTokens,
    microUsd: a.microUsd - b.microUsd,
  };
}

/** The model of a message, or null for one that the command line made up itself (an error text, say). */
export function realModel(message: Fields): string | null {
  const model = textField(message, 'model');
  return model === null || model === '<synthetic>' ? null : model;
}
