import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from '../../scripts/build.ts';
import { median, millis, times, type Row } from './measure.ts';

const MUSHER = join(import.meta.dirname, '../../bin/musher.js');
const ROUNDS = 5;

interface Started {
  /** Milliseconds until the process has printed something. */
  readonly time: number;
  /** Bytes in memory then, with what is shared; null where the system does not say. */
  readonly resident: number | null;
}

/** The real program on the large log: until it has answered its first message, and what it holds in memory then. */
export async function benchStart(data: string): Promise<Row[]> {
  // As `npm ci` leaves a checkout: an edit after it would have the sources measured.
  await build();
  // Once before, so that the demo's repository is there and files are in the system's cache, as they are for every start but the first.
  await started([MUSHER, 'run', '--batch', '--data', data], 'ping\n');
  const bare: Started[] = [];
  const musher: Started[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await started(['-e', 'console.log(0); setInterval(() => {}, 1000)'], ''));
    musher.push(await started([MUSHER, 'run', '--batch', '--data', data], 'ping\n'));
  }
  const [floor, time] = [median(bare.map((one) => one.time)), median(musher.map((one) => one.time))];
  const memory = (all: readonly Started[]): number => median(all.map((one) => one.resident ?? Number.NaN)) / 2 ** 20;
  return [
    {
      what: 'start on the large log until the first answer, after `npm ci`, against a bare Node',
      floor: millis(floor),
      musher: millis(time),
      ratio: times(time / floor),
      goal: '≤ 500 ms more',
      met: time - floor <= 500,
    },
    {
      what: 'memory at rest on the large log, against a bare Node',
      floor: `${memory(bare).toFixed(0)} MiB`,
      musher: `${memory(musher).toFixed(0)} MiB`,
      ratio: times(memory(musher) / memory(bare)),
      goal: '',
      met: true,
    },
  ];
}

/** Starts a Node process, waits for its first output with its input left open, and ends it. */
async function started(args: readonly string[], input: string): Promise<Started> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(input);
  await once(child.stdout, 'data');
  const time = performance.now() - start;
  const resident = residentBytes(child.pid ?? 0);
  const closed = once(child, 'close');
  child.stdout.resume();
  child.stdin.end();
  if (input === '') child.kill();
  await closed;
  return { time, resident };
}

function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
  } catch {
    return null;
  }
}
