import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes that a process has had written to its disk since it began; null where the system does not tell. */
export function bytesWritten(pid: number): number | null {
  const file = `/proc/${pid}/io`;
  if (!existsSync(file)) return null;
  const found = /^write_bytes: (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return found === undefined ? null : Number(found);
}

const SYNC = /\b(?:fsync|fdatasync|sync_file_range)\(/g;
const ATTACH_MS = 5_000;

/** How often a process waits for its disk while `work` runs; null where `strace` is missing or may not look. */
export async function syncsDuring(pid: number, file: string, work: () => Promise<unknown>): Promise<number | null> {
  const trace = ['-f', '-p', String(pid), '-e', 'trace=fsync,fdatasync,sync_file_range', '-o', file];
  const tracer = spawn('strace', trace, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  tracer.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(tracer, 'close').catch(() => null);
  const until = Date.now() + ATTACH_MS;
  while (!said.includes('attached') && tracer.exitCode === null && tracer.pid !== undefined && Date.now() < until) await delay(20);
  if (!said.includes('attached')) {
    tracer.kill('SIGINT');
    if (tracer.pid !== undefined) await ended;
    return null;
  }
  await work();
  tracer.kill('SIGINT');
  await ended;
  const count = readFileSync(file, 'utf8').match(SYNC)?.length ?? 0;
  rmSync(file);
  return count;
}
