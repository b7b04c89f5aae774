import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the system tells about one process. Numbers as in /proc/<pid>/stat. */
export interface ProcessStat {
  readonly pid: number;
  readonly group: number;
  /** 0 where the system does not tell (macOS). */
  readonly session: number;
  /** Tells this process from a later one with the same number. Opaque: compare for equality only. */
  readonly start: string;
  /** Ended, and only waiting for its parent to notice. */
  readonly zombie: boolean;
}

/**
 * Reads the text of /proc/<pid>/stat. The second field is the program's name in parentheses and may itself hold
 * spaces and parentheses, so fields are counted from the last closing one.
 */
export function parseStat(text: string, boot: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  // Field 3 (state) is the first after the name; 5 is the group, 6 the session, 22 the start in clock ticks since boot.
  const [state, , group, session] = fields;
  const ticks = fields[19];
  const pid = Number(text.slice(0, open));
  if (state === undefined || ticks === undefined || !Number.isSafeInteger(pid)) return null;
  return { pid, group: Number(group), session: Number(session), start: `${ticks}@${boot}`, zombie: state === 'Z' || state === 'X' };
}

const REFUSED: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** Whether the system refuses to Musher what it asks for, for want of files, memory or processes: that says nothing of whom it asked about. */
export function isRefused(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && REFUSED.has(error.code);
}

/** Null, for what is not there; throws where the system refused to look. */
function notThere(error: unknown): null {
  if (isRefused(error)) throw error;
  return null;
}

/** Part of the boot id, because clock ticks restart after a reboot and could match an old number. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch (error) {
    return notThere(error) ?? '';
  }
}

/** Looks one process up; null where it does not exist (any more). Throws where the system refuses to look. */
export function statOf(pid: number): ProcessStat | null {
  if (process.platform === 'linux') {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), bootId());
    } catch (error) {
      return notThere(error);
    }
  }
  try {
    const line = execFileSync('/bin/ps', ['-o', 'pid=,pgid=,state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return parsePs(line);
  } catch (error) {
    return notThere(error);
  }
}

/** Reads a line of `ps -o pid=,pgid=,state=,lstart=`, as macOS has it; what follows the start time is ignored. */
export function parsePs(line: string): ProcessStat | null {
  const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})/.exec(line);
  if (match === null) return null;
  const [, pid, group, state, start] = match;
  return {
    pid: Number(pid),
    group: Number(group),
    session: 0,
    start: (start ?? '').replace(/\s+/g, ' '),
    zombie: (state ?? '').startsWith('Z'),
  };
}

/** The start time of a living process, as the system gives it; null where it has ended. */
export function identify(pid: number): string | null {
  const stat = statOf(pid);
  return stat === null || stat.zombie ? null : stat.start;
}

/** Whether exactly this process still runs. Without a known start time nothing can be said, so: no. */
export function isAlive(pid: number, start: string | null): boolean {
  return start !== null && identify(pid) === start;
}
