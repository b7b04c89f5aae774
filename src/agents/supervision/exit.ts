import { constants } from 'node:os';

/** A shell reports a child that a signal ended as 128 + the signal's number. */
const SIGNAL_BASE = 128;

/** Says in words how a process ended: `exited with 3`, `was ended by SIGKILL`. */
export function describeExit(code: number | null): string {
  if (code === null) return 'ended without an exit code';
  const name = Object.entries(constants.signals).find(([, number]) => number === code - SIGNAL_BASE)?.[0];
  return code > SIGNAL_BASE && name !== undefined ? `was ended by ${name}` : `exited with ${code}`;
}
