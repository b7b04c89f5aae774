import type { Millis } from '../pipeline/values.ts';

/** One network as `health` shows it. */
export interface NetworkState {
  readonly name: string;
  /** Where Musher was started: unlike the others it needs no connection. */
  readonly isLocal: boolean;
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
