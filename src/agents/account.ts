import { createReadStream } from 'node:fs';
import { lineSplitter } from './process/follow.ts';
import { runFiles } from './process/run-files.ts';
import { runMemory } from './supervision/run-memory.ts';
import { readRecord } from './supervision/run-record.ts';
import { RUNTIMES } from './runtimes/index.ts';
import { pricing, type Pricing } from './runtimes/pricing.ts';
import { boundedModels, type UsageSignal } from './supervision/bounded-models.ts';
import { NO_USAGE } from '../pipeline/usage.ts';

/** What a run has used, as its output says. */
export interface UsageInOutput {
  /** The total of each model. */
  readonly used: readonly UsageSignal[];
  /** Models whose price is not known, or whose usage the output does not tell. */
  readonly unpriced: readonly string[];
}

/** What a run says it has used, read from its whole output: for one that nobody watches any more. Nothing where it left none. */
export async function usageInOutput(runDir: string, prices: Pricing = pricing()): Promise<UsageInOutput> {
  const record = await readRecord(runDir);
  const runtime = RUNTIMES.find(({ name }) => name === record?.runtime);
  const memory = runMemory();
  const models = boundedModels();
  const totals = new Map<string, UsageSignal>();
  if (record === null || runtime === undefined) return { used: [], unpriced: [] };
  const parser = runtime.parser({
    model: record.model,
    resumed: record.resumed,
    before: record.before ?? NO_USAGE,
    now: () => record.startedAt,
    pricing: prices,
  });
  const splitter = lineSplitter((line) => {
    for (const said of parser.line(line)) {
      const signal = said.kind === 'usage' ? models.take(said) : said;
      memory.take(signal);
      if (signal.kind === 'usage') totals.set(signal.model, signal);
    }
  });
  try {
    for await (const chunk of createReadStream(runFiles(runDir).stdout)) splitter.push(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  splitter.end();
  return { used: [...totals.values()], unpriced: memory.unpriced };
}
