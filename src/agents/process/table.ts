import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { bootId, parsePs, parseStat, type ProcessStat } from './identity.ts';

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
  const all = await (process.platform === 'linux' ? fromProc(run.marker) : fromPs(run.marker));
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

async function fromProc(marker: string): Promise<Entry[]> {
  const boot = bootId();
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    names.map(async (name): Promise<Entry | null> => {
      // A process may end at any moment, and those of others can't be read: neither is of this run.
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const stat = parseStat(text, boot);
      if (stat === null) return null;
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      return { stat, marked: environment.split('\0').includes(`${MARKER_VARIABLE}=${marker}`) };
    }),
  );
  return entries.filter((entry) => entry !== null);
}

async function fromPs(marker: string): Promise<Entry[]> {
  const columns = ['-axww', '-E', '-o', 'pid=,pgid=,state=,lstart=,command='];
  const { stdout } = await promisify(execFile)('/bin/ps', columns, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const stat = parsePs(line);
    return stat === null ? [] : [{ stat, marked: line.split(' ').includes(`${MARKER_VARIABLE}=${marker}`) }];
  });
}
