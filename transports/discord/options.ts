import type { BackoffRule } from '../../src/backoff.ts';
import type { Clock } from '../../src/clock.ts';
import type { DrawPicture } from '../../src/message/picture/picture.ts';
import type { CommandCatalogue } from '../command-catalogue.ts';
import type { PeopleNames } from '../people.ts';

/** Small durable state: synchronous, on disk when `set` returns. */
export interface StateStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export interface DiscordOptions {
  readonly clock: Clock;
  /** Missing: nobody is known by name. */
  readonly people?: PeopleNames;
  /** The bot's token, without `Bot` before it. */
  readonly token: string;
  /** Ids of the guild channels that are served, threads in them included. Asked anew for each message. */
  readonly rooms: () => ReadonlySet<string>;
  /** Whether a person, by user id, may write direct messages. */
  readonly mayWriteDirect: (userId: string) => boolean;
  readonly state: StateStore;
  /** Null: no slash commands are published, and those that are published stay as they are. */
  readonly catalogue: CommandCatalogue | null;
  /** Draws pictures; missing: none are shown. */
  readonly draw?: DrawPicture;
  /** What went wrong within: for the log file. */
  readonly report: (error: unknown) => void;
  /** False: the intent is not asked for, and Musher sees only what mentions it, direct messages and slash commands. True by default. */
  readonly messageContent?: boolean;
  /** Discord's own by default. */
  readonly api?: string;
  readonly timing?: Partial<Timing>;
}

/** Milliseconds. */
export interface Timing {
  /** Waits before a reconnect: 1, 2, 4 … s, at most 2 minutes, half to all of each. */
  readonly backoff: BackoffRule;
  /** The longest wait if Discord could not be reached at all. */
  readonly longestUnreached: number;
  /** A connection that lasted so long was a good one: the next wait is the first again. */
  readonly lasted: number;
  /** Until the next try after Discord has refused the bot for good. */
  readonly refused: number;
  /** Between two identifies. */
  readonly identifySpacing: number;
  /** A connection attempt that takes longer has failed. */
  readonly connect: number;
  /** Silence after which a connection counts as dead: heartbeats are answered about every 41 s. */
  readonly silence: number;
}

/**
 * The longest back-off keeps a bot that can't get in at 720 identifies a day: at 1,000 Discord resets the token.
 * One identify in 5 s is Discord's rule.
 */
export const TIMING: Timing = {
  backoff: { first: 1_000, longest: 120_000, jitter: 0.5 },
  longestUnreached: 30_000,
  lasted: 5 * 60_000,
  refused: 5 * 60_000,
  identifySpacing: 5_000,
  connect: 30_000,
  silence: 150_000,
};
