import process from 'node:process';
import { BOUNDS } from '../../bounds.ts';
import { MusherError } from '../../errors.ts';
import type { ProjectGit } from '../../git/project-git.ts';
import { SYSTEM_CODES, type Outage, type SystemCode } from '../../pipeline/next/outage.ts';

/** What is out, before it is known how long to wait. */
export type Found = Pick<Outage, 'code' | 'said' | 'hint'>;

/**
 * How git and the shell report what the system refuses, by the code that Node gives for it; `src/words/outage.ts` has the words.
 * They report it at the end of a line: before it are names, which agents choose.
 */
const SYSTEM: Readonly<Record<SystemCode, RegExp>> = {
  ENOSPC: /no space left on device\.?$/im,
  EDQUOT: /disk quota exceeded\.?$/im,
  EROFS: /read-only file system\.?$/im,
  EIO: /input\/output error\.?$/im,
  EMFILE: /too many open files\.?$/im,
  ENFILE: /too many open files in system\.?$/im,
  EAGAIN: /(?:resource temporarily unavailable|cannot fork)\.?$/im,
  ENOMEM: /cannot allocate memory\.?$|(?:^|failed: )fatal: out of memory/im,
};

/** A lock that some git holds, or that one left when it was killed. Those of an item's own are gone before it gets here, and branches that exclude each other hold none. */
const LOCKED = /\.lock': file exists|cannot lock ref(?!.* exists; cannot create)|another git process/i;

/** Errors that are caused by others are looked through to here. */
const DEEPEST_CAUSE = 5;
/** Errors of the project or the machine, not of the item that met them. */
const OF_PROJECT: ReadonlySet<string> = new Set(['REPOSITORY_UNUSABLE', 'GIT_TOO_OLD', 'MCP_PORT_TAKEN']);

/**
 * What is out where work for an item failed with this error; null: it is the item's own, or a bug. A complaint of git
 * counts only where git also fails on nothing of the item's: what an agent has broken must not keep others from their work.
 */
export async function outageOf(error: unknown, git: Pick<ProjectGit, 'complaint'>): Promise<Found | null> {
  if (isTooMuchForGit(error)) return null;
  const system = systemFault(error);
  if (system !== null) return system;
  if (!(error instanceof MusherError)) return null;
  const { code, message, hint } = error;
  if (OF_PROJECT.has(code)) return { code, said: message, hint };
  if (code !== 'GIT_FAILED') return null;
  if (LOCKED.test(message)) return { code: 'LOCKED', said: message, hint: '' };
  const complaint = await git.complaint(commandIn(message));
  if (complaint === null) return null;
  return systemFault(complaint) ?? { code: complaint.code, said: complaint.message, hint: complaint.hint };
}

/** Git's command that an error or an outage tells of; null: none. */
export function commandIn(message: string): string | null {
  return /^git ([a-z][a-z-]*) failed/.exec(message)?.[1] ?? null;
}

/** Whether git met its own bound, while the machine has memory: what it was to read was made so by an agent. */
function isTooMuchForGit(error: unknown): boolean {
  if (!(error instanceof MusherError) || error.code !== 'GIT_FAILED') return false;
  return /out of memory/i.test(error.message) && process.availableMemory() > BOUNDS.gitMemory;
}

/** What the system refused, by the error or by what it was caused by; null: nothing. */
export function systemFault(error: unknown): Found | null {
  for (let at = error, depth = 0; at instanceof Error && depth < DEEPEST_CAUSE; at = at.cause, depth += 1) {
    const given = 'code' in at ? at.code : null;
    const { message } = at;
    const code = SYSTEM_CODES.find((one) => one === given) ?? SYSTEM_CODES.find((one) => SYSTEM[one].test(message));
    if (code !== undefined) return { code, said: '', hint: '' };
  }
  return null;
}
