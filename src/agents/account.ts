import { createReadStream } from 'node:fs';
import { lineSplitter } from './process/follow.ts';
import { runFiles } from './process/run-files.ts';
import { readRecord } from './supervision/run-record.ts';
import { RUNTIME_OF } from './runtimes/index.ts';
import type { UsageTotals } from './supervision/signals.ts';
import type { Usage } from '../pipeline/events.ts';

/** What a run says it has used, read from its whole output: for one that nobody watches any more. Empty where it left none. */
export async function usageInOutput(runDir: string): Promise<UsageTotals> {
  const record = await readRecord(runDir);
  const totals = new Map<string, Usage>();
  if (record === null) return totals;
  const parser = RUNTIME_OF[record.runtime].parser({ model: record.model, resumed: record.resumed, now: () => record.startedAt });
  const splitter = lineSplitter((line) => {
    for (const signal of parser.line(line)) if (signal.kind === 'usage') totals.set(signal.model, signal.usage);
  });
  try {
    for await (const chunk of createReadStream(runFiles(runDir).stdout)) splitter.push(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  splitter.end();
  return totals;
}
