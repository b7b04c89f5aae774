import type { Clock } from '../../clock.ts';
import type { IncomingMessage } from '../../message/address.ts';

/** A command that takes longer than this is shown as in progress. */
const SHOW_AFTER_MS = 1_000;

/**
 * Shows, in the network's own way, that a message was received and is in progress or waiting. Most are
 * answered at once, and nothing is shown for those.
 */
export class WorkSigns {
  readonly #clock: Clock;
  readonly #show: (message: IncomingMessage, working: boolean) => void;
  readonly #ends = new Set<() => void>();

  constructor(clock: Clock, show: (message: IncomingMessage, working: boolean) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  /** The message was received. Returns how to end its sign. */
  begin(message: IncomingMessage): () => void {
    let showing = false;
    const cancel = this.#clock.at(this.#clock.now() + SHOW_AFTER_MS, () => {
      showing = true;
      this.#show(message, true);
    });
    const end = (): void => {
      if (!this.#ends.delete(end)) return;
      cancel();
      if (showing) this.#show(message, false);
    };
    this.#ends.add(end);
    return end;
  }

  /** Ends the signs of messages that the next start will handle. */
  endAll(): void {
    for (const end of this.#ends) end();
  }
}
