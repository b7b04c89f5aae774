import type { Clock } from '../clock.ts';

/** How often an unreachable network is checked while messages wait for it. */
const LOOK_MS = 1_000;

export interface AwayParts {
  readonly clock: Clock;
  /** Whether the network is there now. */
  readonly isThere: (network: string) => boolean;
  /** Messages that waited may be tried again. */
  readonly onBack: () => void;
}

/**
 * Messages whose network was away when they were tried. They wait until it is back, and only where nothing says that it is,
 * until their time: whoever writes after an outage must not wait for what an outage made of the waits. Not on disk, so a
 * restart tries them at once.
 */
export class Away {
  readonly #parts: AwayParts;
  readonly #waits = new Map<string, Map<number, number>>();
  readonly #looks = new Map<string, () => void>();

  constructor(parts: AwayParts) {
    this.#parts = parts;
  }

  /** The message waits for its network until then (ms since the epoch) at most. */
  wait(network: string, message: number, until: number): void {
    const waits = this.#waits.get(network) ?? new Map<number, number>();
    this.#waits.set(network, waits.set(message, until));
    if (!this.#looks.has(network)) this.#lookLater(network);
  }

  /** Until when the message waits; 0 if it does not. */
  until(network: string, message: number): number {
    return this.#waits.get(network)?.get(message) ?? 0;
  }

  stop(): void {
    for (const cancel of this.#looks.values()) cancel();
    this.#looks.clear();
  }

  #lookLater(network: string): void {
    const { clock, isThere, onBack } = this.#parts;
    const cancel = clock.at(clock.now() + LOOK_MS, () => {
      if (!isThere(network)) return this.#lookLater(network);
      this.#looks.delete(network);
      this.#waits.delete(network);
      onBack();
    });
    this.#looks.set(network, cancel);
  }
}
