import { randomInt } from 'node:crypto';
import { Backoff } from '../../../src/backoff.ts';
import { crashPoint } from '../../../src/crash-point.ts';
import { pause, type Clock } from '../../../src/clock.ts';
import { TIMELINE_TYPES } from './batch.ts';
import { HomeserverError, type Call } from '../homeserver.ts';
import { asObject, textAt, type Json } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';
import { path } from '../paths.ts';

/** Only what is used comes over the wire. */
const FILTER = JSON.stringify({
  presence: { types: [] },
  account_data: { types: [] },
  room: {
    account_data: { types: [] },
    ephemeral: { types: [] },
    state: { types: ['m.room.encryption', 'm.room.member', 'm.room.tombstone'], lazy_load_members: true },
    timeline: { types: TIMELINE_TYPES, limit: 100 },
  },
});

export interface SyncOptions {
  readonly call: Call;
  readonly clock: Clock;
  /** Ms that the server waits for something to happen before it answers. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Takes in what a sync brought. What it throws counts as a failed sync, which is asked for again. */
  readonly take: (sync: Json, since: string | null) => Promise<void>;
  /** Everything up to this token was stored. */
  readonly reached: (token: string) => void;
  readonly onOnline: () => void;
  readonly onLost: (error: unknown) => void;
  /** The server no longer takes the token. It is asked again later: some outages of a server look like this. */
  readonly onRefused: (error: HomeserverError) => void;
}

export interface Sync {
  /** One round that does not wait for anything to happen. Throws what went wrong. */
  once(): Promise<void>;
  /** Goes on until the signal aborts; never rejects. */
  run(): Promise<void>;
}

/**
 * Follows the server's events from a token on. Not the SDK's loop: that one moves the token before the events are
 * taken in, leaves gaps, waits 5 to 15 s after each error, says nothing of it, and can't be ended while it waits.
 */
export function syncFrom(token: string | null, options: SyncOptions): Sync {
  const { call, clock, signal } = options;
  const retries = new Backoff(MATRIX_LIMITS.backoff);
  let since = token;

  const round = async (timeout: number): Promise<void> => {
    // Synapse answers the same request from a cache for 2 minutes; a first sync must not begin where an earlier one of the
    // same account did. The wait is part of what it compares, and no server waits in a first sync.
    const query = { since, timeout: since === null ? randomInt(1_000_000) : timeout, filter: FILTER };
    // Silence beyond the wait that was asked for is a dead connection: this is the watchdog.
    const answer = asObject(await call({ method: 'GET', path: path`/sync`, query, timeoutMs: timeout + MATRIX_LIMITS.pollSlack, signal }));
    const next = textAt(answer, 'next_batch');
    if (next === null)
      throw new HomeserverError('The homeserver answers a sync without saying where the next begins.', { mayHaveActed: false });
    // Before the events: what depends on the connection may rely on it while they are taken in.
    options.onOnline();
    await options.take(answer, since);
    crashPoint('network/matrix/before-token');
    if (signal.aborted) return;
    since = next;
    options.reached(next);
  };

  return {
    once: () => round(0),
    async run() {
      let failures = 0;
      while (!signal.aborted) {
        try {
          await round(failures === 0 ? options.pollMs : 0);
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          const isRefused = error instanceof HomeserverError && error.isUnknownToken;
          failures += 1;
          if (isRefused) options.onRefused(error);
          else options.onLost(error);
          const asked = error instanceof HomeserverError ? (error.retryAfterMs ?? 0) : 0;
          await pause(clock, Math.max(asked, isRefused ? MATRIX_LIMITS.refusedWait : retries.after(failures)), signal);
        }
      }
    },
  };
}
