import type { Clock } from '../clock.ts';
import { SendRate, type SendRateRule } from './send-rate.ts';

/** At the end of Musher a turn that comes within this is still waited for. */
const LAST_TURN_MS = 1_000;

/** When each room may be written to, by its network's pace, and who waits for that. */
export class RoomTurns {
  readonly #clock: Clock;
  readonly #rates: ReadonlyMap<string, SendRate>;
  readonly #waiting = new Set<{ readonly time: number; readonly end: (came: boolean) => void }>();
  #stopping = false;
  #stopped = false;

  constructor(clock: Clock, networks: readonly { readonly name: string; readonly capabilities: { readonly pace: SendRateRule } }[]) {
    this.#clock = clock;
    this.#rates = new Map(networks.map(({ name, capabilities }) => [name, new SendRate(capabilities.pace)]));
  }

  /** Waits for the room's turn; false where Musher ends before it. */
  take(network: string, room: string): Promise<boolean> | boolean {
    const time = this.#rates.get(network)?.turn(room, this.#clock.now()) ?? 0;
    if (time <= this.#clock.now()) return true;
    if (this.#isTooLate(time)) return false;
    return new Promise((resolve) => {
      const turn = {
        time,
        end: (came: boolean): void => {
          cancel();
          this.#waiting.delete(turn);
          resolve(came);
        },
      };
      const cancel = this.#clock.at(time, () => turn.end(true));
      this.#waiting.add(turn);
    });
  }

  /** See `SendRate.sent`. */
  sent(network: string, room: string, messages: number): void {
    this.#rates.get(network)?.sent(room, messages);
  }

  /** See `SendRate.refused`. */
  refused(network: string, room: string, until: number, everywhere: boolean): void {
    this.#rates.get(network)?.refused(room, this.#clock.now(), until, everywhere);
  }

  /** Musher is about to end: nobody waits for a turn that is far away, and what is left stays in the outbox. */
  hurry(): void {
    this.#stopping = true;
    for (const turn of this.#waiting) if (this.#isTooLate(turn.time)) turn.end(false);
  }

  stop(): void {
    this.#stopped = true;
    for (const turn of this.#waiting) turn.end(false);
  }

  #isTooLate(time: number): boolean {
    return this.#stopped || (this.#stopping && time > this.#clock.now() + LAST_TURN_MS);
  }
}
