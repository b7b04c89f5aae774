import { open } from 'node:fs/promises';
import { LINE_BYTES, lineSplitter } from './process/follow.ts';
import { runFiles } from './process/run-files.ts';
import { readRecord } from './supervision/run-record.ts';
import { RUNTIMES } from './runtimes/index.ts';
import { pricing } from './runtimes/pricing.ts';
import type { Signal } from './supervision/signals.ts';
import { oneLine } from './text.ts';
import { NO_USAGE } from '../pipeline/usage.ts';

/** No more than this much of the end of an output is read, so that `logs` stays fast whatever an agent printed. */
const TAIL_BYTES = 4 * LINE_BYTES;

/**
 * The last lines of a run as people read them: what the agent said and did, not the raw output. The error output
 * follows at the end. Empty where the run has printed nothing or its files are gone.
 */
export async function readLog(runDir: string, lines: number): Promise<string[]> {
  const files = runFiles(runDir);
  const record = await readRecord(runDir);
  const [plain] = RUNTIMES;
  const runtime = RUNTIMES.find(({ name }) => name === record?.runtime) ?? plain;
  if (runtime === undefined) return [];
  const parser = runtime.parser({
    model: record?.model ?? null,
    resumed: record?.resumed ?? false,
    before: record?.before ?? NO_USAGE,
    now: () => record?.startedAt ?? 0,
    pricing: pricing(),
  });
  const said = (await lastLines(files.stdout)).flatMap((line) => parser.line(line).flatMap(readable));
  const complaints = (await lastLines(files.stderr)).map((line) => oneLine(line)).filter((line) => line !== '');
  const all = [...said, ...complaints.map((line) => `stderr: ${line}`)];
  return all.slice(Math.max(0, all.length - Math.max(0, lines)));
}

function readable(signal: Signal): string[] {
  switch (signal.kind) {
    case 'activity':
      return [signal.text];
    case 'fatal':
    case 'signed-out':
    case 'rate-limited':
    case 'session-missing':
      return [`! ${signal.text}`];
    case 'verdict':
      return [`verdict: ${signal.verdict}${signal.reason === '' ? '' : ` (${signal.reason})`}`];
    case 'report':
      return [`report: ${oneLine(signal.text)}`];
    case 'result':
      return [`= ${signal.outcome}${signal.summary === '' ? '' : `: ${signal.summary}`}`];
    case 'asks':
      return [`? ${signal.text}`];
    case 'session':
    case 'read':
    case 'call':
    case 'turn':
    case 'untold':
    case 'usage':
      return [];
  }
}

async function lastLines(path: string): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line));
    splitter.push(buffer.subarray(0, bytesRead));
    splitter.end();
    // The first one is a piece of a longer line.
    return from === 0 ? lines : lines.slice(1);
  } finally {
    await handle.close();
  }
}
