import { createReadStream } from 'node:fs';
import { lineSplitter } from './process/follow.ts';
import { runFiles } from './process/run-files.ts';
import { readRecord } from './supervision/run-record.ts';
import { RUNTIMES } from './runtimes/index.ts';
import { pricing, type Pricing } from './runtimes/pricing.ts';
import type { Signal } from './supervision/signals.ts';
import { NO_USAGE } from '../pipeline/usage.ts';

type UsageSignal = Extract<Signal, { kind: 'usage' }>;

/** What a run says it has used, the total of each model, read from its whole output: for one that nobody watches any more. Empty where it left none. */
export async function usageInOutput(runDir: string, prices: Pricing = pricing()): Promise<UsageSignal[]> {
  const record = await readRecord(runDir);
  const runtime = RUNTIMES.find(({ name }) => name === record?.runtime);
  if (record === null || runtime === undefined) return [];
  const totals = new Map<string, UsageSignal>();
  const parser = runtime.parser({
    model: record.model,
    resumed: record.resumed,
    before: record.before ?? NO_USAGE,
    now: () => record.startedAt,
    pricing: prices,
  });
  const splitter = lineSplitter((line) => {
    for (const signal of parser.line(line)) if (signal.kind === 'usage') totals.set(signal.model, signal);
  });
  try {
    for await (const chunk of createReadStream(runFiles(runDir).stdout)) splitter.push(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  splitter.end();
  return [...totals.values()];
}
