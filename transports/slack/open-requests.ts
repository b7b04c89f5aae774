import { SendFailure } from '../transport.ts';
import type { SlackBody } from './render/render.ts';

/** A slash command whose HTTP request is not answered yet. */
export interface OpenRequest {
  /**
   * What it is to be answered with; null: nothing, an answer comes later at the response address. Asked when the message is
   * kept: what is not claimed by then does not keep Slack waiting.
   */
  answer(): Promise<SlackBody | null>;
  /** What Slack has of that answer, as far as can be told here. */
  given(extent: Extent): void;
}

/** `part`: perhaps all of it, perhaps nothing. */
type Extent = 'all' | 'part' | 'nothing';

interface Held {
  claimed: boolean;
  readonly body: PromiseWithResolvers<SlackBody | null>;
  readonly written: PromiseWithResolvers<Extent>;
}

/**
 * Slash commands that are answered in the very response that acknowledges them, which spares a request of our own to the
 * response address. Only an answer that is there when the message is kept can go this way; all others are sent as ever.
 */
export class OpenRequests {
  /** By response address, which is one request's own. */
  readonly #held = new Map<string, Held>();

  /** A request came in whose response may hold the answer. */
  hold(url: string): OpenRequest {
    const held: Held = { claimed: false, body: Promise.withResolvers(), written: Promise.withResolvers() };
    this.#held.set(url, held);
    return {
      answer: () => {
        if (!held.claimed) this.#held.delete(url);
        return held.claimed ? held.body.promise : Promise.resolve(null);
      },
      given: (extent) => {
        if (this.#held.get(url) === held) this.#held.delete(url);
        held.written.resolve(extent);
      },
    };
  }

  /** The answer to this address comes at once: its request waits for it, until `release`. */
  claim(url: string): void {
    const held = this.#held.get(url);
    if (held !== undefined) held.claimed = true;
  }

  /** Answers the request with this. False: it is not open, and nothing was shown. Throws SendFailure where the connection broke meanwhile. */
  async give(url: string, body: SlackBody): Promise<boolean> {
    const held = this.#held.get(url);
    if (held?.claimed !== true) return false;
    this.#held.delete(url);
    held.body.resolve(body);
    const extent = await held.written.promise;
    if (extent !== 'part') return extent === 'all';
    throw new SendFailure('unknown', 'The connection broke while Slack was given the answer.');
  }

  /** No answer comes now: the request is acknowledged without one. */
  release(url: string): void {
    const held = this.#held.get(url);
    this.#held.delete(url);
    held?.body.resolve(null);
  }
}
