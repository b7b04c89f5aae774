import type { Clock } from '../clock.ts';

/** So long after a start a live reply that the end before broke off waits for its network. */
const RETURN_MS = 30_000;

/**
 * Live replies that a restart broke off, whose network is still connecting. One that ended before the connection stands
 * could not take the place of what the Musher before showed of it, and that would stay in the room for good.
 */
export class Returning {
  readonly #parts: { readonly clock: Clock; readonly isOpen: (network: string) => boolean };
  readonly #waiting = new Set<() => void>();
  #until = 0;

  constructor(parts: { readonly clock: Clock; readonly isOpen: (network: string) => boolean }) {
    this.#parts = parts;
  }

  /** The half minute begins now. */
  start(): void {
    this.#until = this.#parts.clock.now() + RETURN_MS;
  }

  /** A network may have come up. */
  look(): void {
    for (const look of this.#waiting) look();
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#until = 0;
    this.look();
  }

  /** Resolves when the network is connected, or can't be waited for. */
  async until(network: string): Promise<void> {
    const { clock, isOpen } = this.#parts;
    while (!isOpen(network) && clock.now() < this.#until) {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          cancel();
          this.#waiting.delete(look);
          resolve();
        };
        const cancel = clock.at(this.#until, look);
        this.#waiting.add(look);
      });
    }
  }
}
