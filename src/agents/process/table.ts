import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bootId, isRefused, parsePs, parseStat, type ProcessStat } from './identity.ts';

/** The environment variable that marks every process of a run, and what its children start. */
export const MARKER_VARIABLE = 'MUSHER_RUN';

/** Whose processes are meant: those that carry the marker, and those in the wrapper's group or session. */
export interface RunProcesses {
  readonly marker: string;
  /** The wrapper: leader of its group and session. */
  readonly pid: number;
  /** Null: unknown, then only the marker counts. */
  readonly pidStart: string | null;
}

/**
 * Living processes of a run, the wrapper included. A tool that starts a session of its own leaves the group but keeps
 * the environment; one that clears its environment mostly stays in the group. One that does both is not found.
 */
export async function processesOf(run: RunProcesses): Promise<ProcessStat[]> {
  const all = await (process.platform === 'linux' ? fromProc(run) : fromPs(run.marker));
  const leader = all.find(({ stat }) => stat.pid === run.pid);
  // A group's number is free for reuse once the group is empty: then a new leader has it, with another start time.
  const groupIsOurs = run.pidStart !== null && (leader === undefined || leader.stat.start === run.pidStart);
  return all
    .filter(({ stat, marked }) => marked || (groupIsOurs && (stat.group === run.pid || stat.session === run.pid)))
    .map(({ stat }) => stat)
    .filter((stat) => !stat.zombie && stat.pid !== process.pid);
}

/** The markers that begin so of processes that live now. */
export async function markersWith(prefix: string): Promise<ReadonlySet<string>> {
  const texts = await (process.platform === 'linux' ? environments() : environmentsFromPs());
  const begin = `${MARKER_VARIABLE}=${prefix}`;
  const markers = texts.flatMap((words) => words.filter((word) => word.startsWith(begin)));
  return new Set(markers.map((word) => word.slice(MARKER_VARIABLE.length + 1)));
}

/** Of each process that can be read; a zombie has none. */
async function environments(): Promise<string[][]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return Promise.all(names.map(async (name) => (await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '')).split('\0')));
}

async function environmentsFromPs(): Promise<string[][]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axww', '-E', '-o', 'command='], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').map((line) => line.split(' '));
}

interface Entry {
  readonly stat: ProcessStat;
  readonly marked: boolean;
}

/** Processes between two turns of the event loop: some milliseconds. */
const AT_ONCE = 250;

/**
 * Read at once and not through the thread pool: what the kernel makes up takes it no time, and each trip to the pool costs ten
 * times that (50 ms for 150 processes, where this takes 4 ms; each run and each gate has the table read).
 */
async function fromProc({ marker, pidStart }: RunProcesses): Promise<Entry[]> {
  const boot = bootId();
  const began = pidStart === null ? null : ticksOf(pidStart, boot);
  const wanted = Buffer.from(`\0${MARKER_VARIABLE}=${marker}\0`);
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const entries: Entry[] = [];
  let looked = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    looked += 1;
    if (looked % AT_ONCE === 0) await setImmediate();
    const isMarked = (): boolean => {
      const environment = readNow(`/proc/${name}/environ`, buffer);
      return environment.includes(wanted) || environment.subarray(0, wanted.length - 1).equals(wanted.subarray(1));
    };
    // Without a group that could be the run's, the marker alone counts.
    if (pidStart === null && !isMarked()) continue;
    // A process may end at any moment, and those of others can't be read: neither is of this run. The marker is read last: if
    // the number has changed hands, what was read before is not the marked one's, and is found out before a kill.
    const stat = parseStat(readNow(`/proc/${name}/stat`, buffer).toString('latin1'), boot);
    if (stat === null) continue;
    // What lived before the wrapper can't be a descendant of it: half of the reading is spared.
    const isOlder = began !== null && (ticksOf(stat.start, boot) ?? began) < began;
    entries.push({ stat, marked: !isOlder && isMarked() });
  }
  return entries;
}

/** When a process began, in clock ticks of the present boot; null: it began in another. */
function ticksOf(start: string, boot: string): number | null {
  const [ticks = '', of] = start.split('@');
  return of === boot && /^\d+$/.test(ticks) ? Number(ticks) : null;
}

/** The bytes of a file of the kernel's, in the buffer where they fit there; none where it can't be read. Throws where the system refuses to look. */
function readNow(file: string, buffer: Buffer): Buffer {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (isRefused(error)) throw error;
    return buffer.subarray(0, 0);
  }
  try {
    const bytes = readSync(fd, buffer);
    return bytes < buffer.length ? buffer.subarray(0, bytes) : Buffer.concat([buffer, readFileSync(fd)]);
  } catch {
    return buffer.subarray(0, 0);
  } finally {
    closeSync(fd);
  }
}

async function fromPs(marker: string): Promise<Entry[]> {
  const columns = ['-axww', '-E', '-o', 'pid=,pgid=,state=,lstart=,command='];
  const { stdout } = await promisify(execFile)('/bin/ps', columns, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const stat = parsePs(line);
    return stat === null ? [] : [{ stat, marked: line.split(' ').includes(`${MARKER_VARIABLE}=${marker}`) }];
  });
}
