import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { afterEach, expect, it } from 'vitest';
import { isAlive, statOf } from '../../../src/agents/process/identity.ts';
import { endLeader } from '../../../src/agents/process/stop.ts';
import { MARKER_VARIABLE, processesOf, type RunProcesses } from '../../../src/agents/process/table.ts';
import { systemClock } from '../../../src/clock.ts';

/** No process has this number. */
const NOBODY = 2 ** 30;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process with a marker, in a group of its own, that is there when this resolves. */
async function started(marker: string): Promise<RunProcesses> {
  const env = { PATH: process.env['PATH'], [MARKER_VARIABLE]: marker };
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM; echo; read line'], { env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  return { marker, pid, pidStart: statOf(pid)?.start ?? null };
}

it('a wrapper that stays is gone when its end was asked for', async () => {
  const run = await started('stop-test-stays');
  await endLeader(run, systemClock());
  expect(isAlive(run.pid, run.pidStart)).toBe(false);
});

it('a process with a number that has changed hands is left alone', async () => {
  const run = await started('stop-test-other');
  await endLeader({ ...run, pidStart: '1@another' }, systemClock());
  expect(isAlive(run.pid, run.pidStart)).toBe(true);
});

// Only there the process table is read one by one.
it.skipIf(process.platform !== 'linux')('a process that carries the marker is found unless it is older than the wrapper', async () => {
  const older = await started('stop-test-ages');
  const wrapper = await started('stop-test-ages');
  const [ticks = '', boot = ''] = wrapper.pidStart?.split('@') ?? [];
  const later = { ...wrapper, pidStart: `${Number(ticks) + 100}@${boot}` };
  const found = async (run: RunProcesses): Promise<number[]> => (await processesOf(run)).map(({ pid }) => pid).toSorted((a, b) => a - b);
  const both = [older.pid, wrapper.pid].toSorted((a, b) => a - b);
  // By the marker alone, and with the first of both as the wrapper.
  expect(await found({ ...wrapper, pid: NOBODY, pidStart: null })).toEqual(both);
  expect(await found(older)).toEqual(both);
  expect(await found({ ...later, pid: NOBODY })).toEqual([]);
  // Of another boot nothing is known to be older.
  expect(await found({ ...wrapper, pid: NOBODY, pidStart: `${ticks}@another` })).toEqual(both);
});
