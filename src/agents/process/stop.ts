import { pause, type Clock } from '../../clock.ts';
import { isAlive, statOf, type ProcessStat } from './identity.ts';
import { processesOf, type RunProcesses } from './table.ts';

/** First step: asks the whole group to end. SIGTERM, because shells start background jobs deaf to SIGINT, and because
 * after SIGINT some programs report success. Nothing happens where the wrapper has ended. */
export function requestEnd(run: RunProcesses): void {
  toGroup(run, 'SIGTERM');
}

/**
 * Holds a run still, so that it spends nothing and changes no file while its work is kept. At once for its group, and then
 * for what has left that. `thaw` has to follow.
 */
export async function freeze(run: RunProcesses): Promise<void> {
  toGroup(run, 'SIGSTOP');
  await toEach(run, 'SIGSTOP');
}

/** Lets a paused run continue: what it was sent meanwhile reaches it now. */
export async function thaw(run: RunProcesses): Promise<void> {
  toGroup(run, 'SIGCONT');
  await toEach(run, 'SIGCONT');
}

function toGroup(run: RunProcesses, signal: NodeJS.Signals): void {
  const leader = statOf(run.pid);
  if (leader === null || run.pidStart === null || leader.start !== run.pidStart || leader.group !== run.pid) return;
  send(-run.pid, signal);
}

async function toEach(run: RunProcesses, signal: NodeJS.Signals): Promise<void> {
  for (const found of await processesOf(run)) if (statOf(found.pid)?.start === found.start) send(found.pid, signal);
}

/** Between two looks at what is left; a killed process takes some milliseconds to be gone. */
const LOOK_AGAIN_MS = 10;
/** Looks before giving up: a process in an uninterruptible wait (a dead network disk) can't be killed by anybody. */
const LOOKS = 300;

/**
 * Kills what a run has left behind and returns when nothing is left; the result is what could not be ended.
 * Only processes that carry the run's marker or are in its group or session are touched, and each is looked at
 * again right before the kill, so that a number that has changed hands is never hit. `spare`: the wrapper's number
 * where its record of the exit code is still to come.
 */
export async function sweep(run: RunProcesses, clock: Clock, spare: number | null = null): Promise<ProcessStat[]> {
  for (let look = 0; ; look++) {
    const left = (await processesOf(run)).filter(({ pid }) => pid !== spare);
    if (left.length === 0 || look >= LOOKS) return left;
    for (const found of left) {
      if (statOf(found.pid)?.start === found.start) send(found.pid, 'SIGKILL');
    }
    await pause(clock, LOOK_AGAIN_MS);
  }
}

/** Between two looks at one process. */
const LEADER_LOOK_MS = 1;

/**
 * Ends a wrapper of which nothing else is left, and that has nothing more to do, and returns when it is gone: mostly it is by then.
 * A look at it alone costs a hundredth of one at all processes.
 */
export async function endLeader({ pid, pidStart }: RunProcesses, clock: Clock): Promise<void> {
  for (let look = 0; look < LOOKS && isAlive(pid, pidStart); look++) {
    send(pid, 'SIGKILL');
    await pause(clock, LEADER_LOOK_MS);
  }
}

/** Sends a signal to a process, or to the group of a negative number, if it is still there. */
export function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It ended in between, which is what was wanted.
  }
}
