import type { Clock } from '../../clock.ts';
import type { NotifiedRoom } from '../notify.ts';

/** How a person can be written to alone: not known yet, in a room, or not at all. */
export type DirectWay = 'opening' | 'failed' | NotifiedRoom;

export interface DirectParts {
  readonly clock: Clock;
  /** Opens the conversation with a person of the configuration; null: that can't be. Rejects where it may be later. */
  readonly open: (person: string, project: string) => Promise<NotifiedRoom | null>;
  /** Called when one is open, or is given up. */
  readonly onSettled: () => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** A network that was away may be back after a moment; nobody should wait much longer than that. */
export const TRIED_FOR_MS = 2 * 60_000;
const AGAIN_MS = 20_000;

/** Conversations with one person alone, opened when they are wanted. Opening twice gives the same, so a crash in between does no harm. */
export class DirectWays {
  readonly #ways = new Map<string, DirectWay>();
  readonly #parts: DirectParts;
  readonly #cancels = new Set<() => void>();
  #stopped = false;

  constructor(parts: DirectParts) {
    this.#parts = parts;
  }

  /** The way to a person; begins to open it where nobody has yet. A failure is told once, so that the next question tries anew. */
  of(person: string, project: string): DirectWay {
    const key = keyOf(person, project);
    const known = this.#ways.get(key);
    if (known === 'failed') this.#ways.delete(key);
    if (known !== undefined) return known;
    this.#ways.set(key, 'opening');
    void this.#open(person, project, this.#parts.clock.now());
    return 'opening';
  }

  /** A message to that person was refused: what is open is looked for anew the next time. */
  forget(person: string, project: string): void {
    const key = keyOf(person, project);
    if (this.#ways.get(key) !== 'opening') this.#ways.delete(key);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
  }

  async #open(person: string, project: string, since: number): Promise<void> {
    const { clock, open, onProblem } = this.#parts;
    try {
      this.#settle(keyOf(person, project), (await open(person, project)) ?? 'failed');
    } catch (error) {
      if (this.#stopped) return;
      if (clock.now() - since >= TRIED_FOR_MS) {
        onProblem(`the conversation with ${person}`, error);
        return this.#settle(keyOf(person, project), 'failed');
      }
      const cancel = clock.at(clock.now() + AGAIN_MS, () => {
        this.#cancels.delete(cancel);
        void this.#open(person, project, since);
      });
      this.#cancels.add(cancel);
    }
  }

  #settle(key: string, way: DirectWay): void {
    if (this.#stopped) return;
    this.#ways.set(key, way);
    this.#parts.onSettled();
  }
}

function keyOf(person: string, project: string): string {
  return JSON.stringify([person, project]);
}
