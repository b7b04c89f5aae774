import type { Millis } from '../pipeline/values.ts';

/** The terminal's name among the networks; unlike the others it needs no connection. */
export const TERMINAL_NETWORK = 'console';

/** One network as `health` shows it. */
export interface NetworkState {
  readonly name: string;
  readonly state: 'starting' | 'online' | 'reconnecting' | 'offline' | 'stopped';
  readonly since: Millis;
  readonly lastEvent: Millis | null;
  /** What is wrong and what to do, if something is. */
  readonly problem: string | null;
  /** Queued messages, and since when the oldest waits. */
  readonly waiting: number;
  readonly oldest: Millis | null;
  /** Rooms that can't be reached or get nothing, each with the reason. */
  readonly unsent: readonly { readonly room: string; readonly why: string }[];
}
