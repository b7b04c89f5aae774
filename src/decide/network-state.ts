import type { Millis } from '../pipeline/values.ts';

/** The terminal among the networks: it is none that one has to be connected to. */
export const TERMINAL_NETWORK = 'console';

/** One network as `health` shows it. */
export interface NetworkState {
  readonly name: string;
  readonly state: 'starting' | 'online' | 'reconnecting' | 'offline' | 'stopped';
  readonly since: Millis;
  readonly lastEvent: Millis | null;
  /** What is wrong and what to do, where something is. */
  readonly problem: string | null;
  /** Messages that are still to be sent, and since when the oldest waits. */
  readonly waiting: number;
  readonly oldest: Millis | null;
  /** Rooms that are out of reach or get nothing, each with why. */
  readonly unsent: readonly { readonly room: string; readonly why: string }[];
}
