import { MusherError } from '../../../src/errors.ts';
import { pause, type Clock } from '../../../src/clock.ts';
import type { RoomTrouble } from '../../transport.ts';
import { rateLimitOf, slackError } from '../failure.ts';
import { SLACK_LIMITS } from '../limits.ts';
import { objectOf, listOf, textOf, type Payload } from './payload.ts';
import { Threads } from './threads.ts';
import type { CallSlack } from '../web-api.ts';
import type { SlackState } from '../state.ts';

export interface CatchUpParts {
  readonly call: CallSlack;
  readonly clock: Clock;
  readonly state: SlackState;
  /** The channels that are bound to a project now. */
  readonly rooms: () => readonly string[];
  /** Gives a message of a channel's history to Musher; false where it could not be stored. */
  readonly take: (channel: string, message: Payload) => boolean;
  readonly report: (error: unknown) => void;
}

/** How often the last message seen is kept. What lies between is looked at twice and known already. */
const KEEP_EVERY_MS = 10_000;
/** Threads are looked at for new replies where they began at most so long before the gap … */
const THREAD_AGE_S = 24 * 3_600;
/** … or are among so many of a channel in which something was written last: an item's thread continues for days. */
const MOST_THREADS = 30;
const MOST_PAGES = 10;
const MOST_DIRECT = 200;
/** After a message that could not be stored the channel is looked at again. */
const TRY_AGAIN_MS = 30_000;

/** Remembers the last message seen in each channel, and after a gap reads what came since. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #last = new Map<string, string>();
  readonly #threads: Threads;
  /** Earliest message of a channel that could not be stored: reading starts before it. */
  readonly #lost = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();
  #cancelKeep: (() => void) | null = null;
  #cancelAgain: (() => void) | null = null;
  readonly #stopping = new AbortController();
  /** Channels that can't be read, with why. */
  readonly #missing = new Map<string, string>();

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#threads = new Threads(parts.state, MOST_THREADS);
  }

  /** The bound channels that the app is not in, as far as it has shown. */
  missing(): RoomTrouble[] {
    return [...this.#missing].map(([room, why]) => ({ room, why }));
  }

  /** A message of a channel was seen, from any author. */
  saw(channel: string, ts: string, thread: string | null = null): void {
    this.#missing.delete(channel);
    if (thread !== null) this.#threads.note(channel, thread);
    if (Number(ts) <= Number(this.#lastOf(channel) ?? 0)) return;
    this.#last.set(channel, ts);
    if (channel.startsWith('D')) this.#rememberDirect(channel);
    const { clock } = this.#parts;
    this.#cancelKeep ??= clock.at(clock.now() + KEEP_EVERY_MS, () => this.#keep());
  }

  /** A message could not be stored. Slack may give up on it, so it is read again later. */
  lost(channel: string, ts: string): void {
    if (this.#stopping.signal.aborted) return;
    const before = this.#lost.get(channel);
    if (before === undefined || Number(ts) < Number(before)) this.#lost.set(channel, ts);
    const { clock } = this.#parts;
    this.#cancelAgain ??= clock.at(clock.now() + TRY_AGAIN_MS, () => {
      this.#cancelAgain = null;
      void this.run();
    });
  }

  /** Reads what came in each channel since the last message seen. A channel seen for the first time starts now. */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#readAll());
    return this.#running;
  }

  /** Keeps what was seen; resolves when no reading is in progress. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelAgain?.();
    await this.#running;
    this.#keep();
  }

  async #readAll(): Promise<void> {
    for (const channel of new Set([...this.#parts.rooms(), ...this.#direct()])) {
      if (this.#stopping.signal.aborted) return;
      await this.#read(channel).catch((error: unknown) => this.#failed(channel, error));
    }
  }

  async #read(channel: string): Promise<void> {
    const last = this.#lastOf(channel);
    if (last === null) {
      this.saw(channel, `${Math.floor(this.#parts.clock.now() / 1_000)}.000000`);
      // At once: a crash before it is kept would make the next start begin anew, behind what came meanwhile.
      this.#keep();
      return;
    }
    const lost = this.#lost.get(channel);
    const since = lost !== undefined && Number(lost) <= Number(last) ? Number(lost) - 0.000_001 : Number(last);
    const missed: Payload[] = [];
    const replies = async (ts: string): Promise<void> => {
      const all = await this.#pages('conversations.replies', { channel, ts, oldest: since.toFixed(6) });
      missed.push(...all.filter((reply) => textOf(reply, 'ts') !== ts && Number(textOf(reply, 'ts')) > since));
    };
    for (const message of await this.#pages('conversations.history', { channel, oldest: (since - THREAD_AGE_S).toFixed(6) })) {
      const [ts, replied] = [textOf(message, 'ts'), textOf(message, 'latest_reply')];
      if (ts !== null && Number(ts) > since) missed.push(message);
      if (ts !== null && replied !== null && Number(replied) > since) await replies(ts);
    }
    for (const ts of this.#threads.of(channel).filter((one) => Number(one) <= since - THREAD_AGE_S)) {
      await replies(ts).catch((error: unknown) => {
        if (slackError(error) !== 'thread_not_found') throw error;
        this.#threads.forget(channel, ts);
      });
    }
    this.#lost.delete(channel);
    this.#missing.delete(channel);
    for (const message of missed.toSorted((one, other) => Number(textOf(one, 'ts')) - Number(textOf(other, 'ts')))) {
      if (this.#stopping.signal.aborted) return;
      const ts = textOf(message, 'ts') ?? '0';
      if (!this.#parts.take(channel, message)) return this.lost(channel, ts);
      this.saw(channel, ts, textOf(message, 'thread_ts'));
    }
  }

  async #pages(method: string, args: Readonly<Record<string, unknown>>): Promise<Payload[]> {
    const messages: Payload[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.#patiently(method, { ...args, limit: SLACK_LIMITS.historyPage, ...(cursor === null ? {} : { cursor }) });
      messages.push(...listOf(answer, 'messages'));
      cursor = textOf(objectOf(answer, 'response_metadata'), 'next_cursor');
      if (cursor === null) return messages;
    }
    this.#parts.report(new Error(`More messages arrived than can be read back at once: the first of ${messages.length} may be missing.`));
    return messages;
  }

  /** Many channels are more than Slack lets one read in a minute: it says how long to wait. */
  async #patiently(method: string, args: Readonly<Record<string, unknown>>): Promise<Payload> {
    for (;;) {
      try {
        return await this.#parts.call(method, args);
      } catch (error) {
        const wait = rateLimitOf(error);
        if (wait === null || this.#stopping.signal.aborted) throw error;
        await pause(this.#parts.clock, wait, this.#stopping.signal);
      }
    }
  }

  #failed(channel: string, error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    const code = slackError(error);
    const what = `Messages missed in ${channel} cannot be read: ${code ?? String(error)}.`;
    const hint = 'Invite the app to the channel (/invite and its name), or fix the id in bot.toml.';
    const isMissing = code === 'not_in_channel' || code === 'channel_not_found';
    if (isMissing) this.#missing.set(channel, `Musher is not in it. ${hint} (NETWORK_ROOM_MISSING)`);
    this.#parts.report(
      isMissing ? new MusherError('NETWORK_ROOM_MISSING', what, hint, { cause: error }) : new Error(what, { cause: error }),
    );
    // A channel that the app is not in has nothing to be read, and another try would find the same.
    if (slackError(error) === null) this.lost(channel, this.#lost.get(channel) ?? this.#lastOf(channel) ?? '0');
  }

  #lastOf(channel: string): string | null {
    return this.#last.get(channel) ?? this.#parts.state.get(`last:${channel}`);
  }

  #direct(): string[] {
    return (this.#parts.state.get('direct') ?? '').split(' ').filter((channel) => channel !== '');
  }

  #rememberDirect(channel: string): void {
    const known = this.#direct();
    if (!known.includes(channel)) this.#parts.state.set('direct', [...known, channel].slice(-MOST_DIRECT).join(' '));
  }

  #keep(): void {
    this.#cancelKeep?.();
    this.#cancelKeep = null;
    for (const [channel, ts] of this.#last) {
      const lost = this.#lost.get(channel);
      this.#parts.state.set(
        `last:${channel}`,
        lost !== undefined && Number(lost) <= Number(ts) ? (Number(lost) - 0.000_001).toFixed(6) : ts,
      );
    }
    this.#last.clear();
    this.#threads.keep();
  }
}
