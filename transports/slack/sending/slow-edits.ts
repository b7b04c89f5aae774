import { Backoff } from '../../../src/backoff.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Document } from '../../../src/message/document.ts';

/** The waits between two showings of one live answer: 5, 10, 20 … seconds, at most 2 minutes. */
const WAITS = new Backoff({ first: 5_000, longest: 2 * 60_000, jitter: 0 });

interface Live {
  shownAt: number;
  shown: number;
  waiting: Document | null;
  cancel: () => void;
}

/**
 * A private message can't be edited, only posted again. So a live answer is posted at growing intervals, always
 * with what is newest then, and what is newest at the end is shown in any case.
 */
export class SlowEdits {
  readonly #live = new Map<string, Live>();
  readonly #clock: Clock;
  readonly #show: (id: string, body: Document) => Promise<void>;
  readonly #report: (error: unknown) => void;

  constructor(clock: Clock, show: (id: string, body: Document) => Promise<void>, report: (error: unknown) => void) {
    this.#clock = clock;
    this.#show = show;
    this.#report = report;
  }

  /** Shows the document now, or later unless a newer one replaces it. */
  async edit(id: string, body: Document): Promise<void> {
    const live = this.#live.get(id);
    const now = this.#clock.now();
    if (live !== undefined && now < live.shownAt + WAITS.after(live.shown)) {
      if (live.waiting === null)
        live.cancel = this.#clock.at(live.shownAt + WAITS.after(live.shown), () => void this.#showWaiting(id).catch(this.#report));
      live.waiting = body;
      return;
    }
    live?.cancel();
    this.#live.set(id, { shownAt: now, shown: (live?.shown ?? 0) + 1, waiting: null, cancel: () => {} });
    await this.#show(id, body);
  }

  /** Shows all that still waits. */
  async flush(): Promise<void> {
    for (const [id, live] of this.#live) {
      live.cancel();
      await this.#showWaiting(id).catch(this.#report);
    }
    this.#live.clear();
  }

  async #showWaiting(id: string): Promise<void> {
    const live = this.#live.get(id);
    const body = live?.waiting ?? null;
    if (live === undefined) return;
    live.cancel();
    if (body === null) {
      this.#live.delete(id);
      return;
    }
    live.waiting = null;
    live.shownAt = this.#clock.now();
    live.shown += 1;
    await this.#show(id, body);
  }
}
