import { Backoff } from '../../../src/backoff.ts';
import { pause, type Clock } from '../../../src/clock.ts';
import { crashPoint } from '../../../src/crash-point.ts';
import { problemOf, rateLimitOf } from '../failure.ts';
import { asPayload, objectOf, textOf, type Payload } from './payload.ts';
import type { SocketClient } from '../web-api.ts';

/** What came over a socket. Gives what Slack is answered with the acknowledgement, or null if it must not be given. */
export type TakeEnvelope = (kind: string, body: Payload) => Payload | null;

export interface SocketsParts {
  /** The signal aborts what it calls to get a connection. */
  readonly open: (signal: AbortSignal) => SocketClient;
  readonly clock: Clock;
  readonly count: number;
  readonly take: TakeEnvelope;
  /** Told when the first connection stands, when none is left, and why the next one fails. */
  readonly changed: (connected: number, problem: string | null) => void;
  readonly report: (error: unknown) => void;
}

/** Waits between tries: 0 after a connection that had lasted, then 0.25, 0.5, 1 … 30 s, half to all of each: nobody waits long for a Slack that is back. */
const RETRIES = new Backoff({ first: 250, longest: 30_000, jitter: 0.5 });
/** A connection that ends sooner counts as a failure, or two ends that refuse each other would never rest. */
const LASTED_MS = 5_000;
const HELLO_TIMEOUT_MS = 20_000;
/** What is given to the closing handshake before the connection is cut. */
const CLOSE_MS = 1_000;

/**
 * The connections of Socket Mode. There are two, for Slack takes each down every few hours and the SDK drops it at the
 * warning; each comes back on its own.
 */
export class Sockets {
  readonly #parts: SocketsParts;
  readonly #connected = new Set<number>();
  readonly #open = new Map<number, SocketClient>();
  readonly #loops: Promise<void>[] = [];
  readonly #ending = new AbortController();

  constructor(parts: SocketsParts) {
    this.#parts = parts;
  }

  /** Resolves when one connection stands; rejects with what keeps the first from standing, and then nothing is left open. */
  async start(): Promise<void> {
    const first = await this.#connect(0);
    this.#loops.push(this.#keep(0, first));
    for (let slot = 1; slot < this.#parts.count; slot++) this.#loops.push(this.#keep(slot, null));
  }

  /** Closes everything; resolves when no connection and no timer is left. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#open.values()].map((client) => this.#close(client)));
    await Promise.all(this.#loops);
  }

  async #keep(slot: number, first: Promise<void>[] | null): Promise<void> {
    let ended = first;
    let failures = 0;
    while (!this.#ending.signal.aborted) {
      const since = this.#parts.clock.now();
      let retryAfter = 0;
      try {
        ended ??= await this.#connect(slot);
        await Promise.race(ended);
        failures = this.#parts.clock.now() - since >= LASTED_MS ? 0 : failures + 1;
        this.#left(slot, null);
      } catch (error) {
        failures++;
        retryAfter = rateLimitOf(error) ?? 0;
        this.#left(slot, problemOf('No connection to Slack', error, 'app'));
      }
      ended = null;
      await pause(this.#parts.clock, Math.max(retryAfter, RETRIES.after(failures)), this.#ending.signal);
    }
  }

  #left(slot: number, problem: string | null): void {
    this.#connected.delete(slot);
    if (!this.#ending.signal.aborted) this.#parts.changed(this.#connected.size, this.#connected.size > 0 ? null : problem);
  }

  /** Opens one connection. What it resolves with resolves when the connection has ended. */
  async #connect(slot: number): Promise<Promise<void>[]> {
    const client = this.#parts.open(this.#ending.signal);
    this.#guard(client);
    client.on('slack_event', (event: unknown) => this.#receive(asPayload(event)));
    client.on('error', () => {
      // The end of the connection follows and is what counts; unheard it would be thrown.
    });
    this.#open.set(slot, client);
    const ended = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#parts.clock.at(this.#parts.clock.now() + HELLO_TIMEOUT_MS, () => reject(new Error('no greeting came')));
    });
    try {
      const started = client.start().catch((error: unknown) => {
        throw error ?? new Error('the connection ended before its greeting');
      });
      await Promise.race([started, late]);
    } catch (error) {
      await this.#close(client);
      throw error;
    } finally {
      cancel();
    }
    if (this.#ending.signal.aborted) {
      await this.#close(client);
      return [Promise.resolve()];
    }
    this.#connected.add(slot);
    this.#parts.changed(this.#connected.size, null);
    return [ended];
  }

  /**
   * Stands before the SDK's own reading of a frame, which raises an unhandled rejection, and so ends the process, at
   * anything that is not an object of the shape that it expects.
   */
  #guard(client: SocketClient): void {
    const readers = client.listeners('ws_message');
    client.removeAllListeners('ws_message');
    client.on('ws_message', (data: unknown, isBinary: boolean) => {
      if (isBinary || typeof data !== 'string') return;
      if (!isFrame(data)) {
        this.#parts.report(new Error('Slack sent a frame that cannot be read; it was skipped.'));
        return;
      }
      for (const read of readers) Reflect.apply(read, client, [data, isBinary]);
    });
  }

  /** The acknowledgement goes out only when the message is kept, or it would be lost with the process. */
  #receive(event: Payload): void {
    const answer = this.#parts.take(textOf(event, 'type') ?? '', objectOf(event, 'body'));
    crashPoint('network/slack/before-acknowledged');
    const { ack } = event;
    if (answer === null || typeof ack !== 'function') return;
    const acknowledged: unknown = Reflect.apply(ack, null, [answer]);
    // Not acknowledged is delivered again, and found to be there.
    Promise.resolve(acknowledged).catch(() => {});
  }

  async #close(client: SocketClient): Promise<void> {
    const gone = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
    void client.disconnect().catch(() => {});
    let cancel = (): void => {};
    const waited = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.at(this.#parts.clock.now() + CLOSE_MS, resolve);
    });
    await Promise.race([gone, waited]);
    cancel();
    // A second time cuts the connection where the other end has not closed it.
    await Promise.race([client.disconnect().catch(() => {}), Promise.resolve()]);
  }
}

/** Whether the SDK can read a frame: an object with a type, and for events with the event's own type. */
function isFrame(data: string): boolean {
  try {
    const frame = asPayload(JSON.parse(data));
    const type = textOf(frame, 'type');
    return type !== null && (type !== 'events_api' || textOf(objectOf(objectOf(frame, 'payload'), 'event'), 'type') !== null);
  } catch {
    return false;
  }
}
