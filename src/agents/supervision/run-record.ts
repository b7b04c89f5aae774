import { existsSync, readFileSync } from 'node:fs';
import { readText, rename, rm, writeFile } from '../../small-files.ts';
import { runFiles } from '../process/run-files.ts';
import { sealFile } from '../process/seal.ts';
import type { StopReason } from './limits.ts';
import type { Usage } from '../../pipeline/usage.ts';

/** Kept beside the output, so that `logs` can read it long after the agent's configuration has changed. */
export interface RunRecord {
  readonly runtime: string;
  readonly model: string | null;
  readonly resumed: boolean;
  /** What the resumed session had used before; missing in records of older versions. */
  readonly before?: Usage;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** A keeper writes its output down, and seals it. */
  readonly kept?: boolean;
}

/** Writes a small file so that a reader sees all of it or nothing. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Keeps what a later Musher needs to take the run up again; whole or not at all. */
export function writeRecord(dir: string, record: RunRecord): Promise<void> {
  return writeWhole(runFiles(dir).meta, `${JSON.stringify(record)}\n`);
}

/** The record of a run. Null: missing or unreadable. */
export async function readRecord(dir: string): Promise<RunRecord | null> {
  return parsed(await readText(runFiles(dir).meta).catch(() => '')) as RunRecord | null;
}

/** Says, before the first signal is sent, why the run is being ended; `lingered`: it stayed after its result. */
export function writeStop(dir: string, stop: StopReason | 'lingered'): Promise<void> {
  return writeWhole(runFiles(dir).stop, `${JSON.stringify(stop)}\n`);
}

/** Why the run was being ended; null where nobody ended it. */
export async function readStop(dir: string): Promise<StopReason | 'lingered' | null> {
  return parsed(await readText(runFiles(dir).stop).catch(() => '')) as StopReason | 'lingered' | null;
}

/**
 * Takes away how a process ended that was started for the same run before, by a Musher that was killed before it could
 * write that down: its exit code or its stop would be taken for those of the process that is started now.
 */
export async function forgetEarlierEnd(dir: string): Promise<void> {
  const { exit, stop, stdout, stderr } = runFiles(dir);
  const seals = [stdout, stderr].map(sealFile);
  await Promise.all([exit, `${exit}.new`, stop, `${stop}.new`, stderr, ...seals].map((file) => rm(file, { force: true })));
}

/** Whether the run's output is still where it was made, before the program started. */
export function hasOutput(dir: string): boolean {
  return existsSync(runFiles(dir).stdout);
}

/** The exit code that the wrapper recorded, or null if there is none yet. */
export function readExitCode(dir: string): number | null {
  try {
    const text = readFileSync(runFiles(dir).exit, 'utf8').trim();
    return /^\d{1,3}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/** These files are Musher's own, in a directory that only Musher's user can enter: their shape is not in doubt. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
