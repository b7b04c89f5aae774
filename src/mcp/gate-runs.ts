import type { Clock } from '../clock.ts';
import type { Run } from '../log/projections/run.ts';

/** Which runs have Musher run the gates for them now, and since when they had: time in which an agent has nothing to say. */
export class GateRuns {
  readonly #clock: Clock;
  readonly #spans = new Map<string, { openedAt: number; closedAt: number | null; expiresAt: number }[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the run's one place; null where it is taken. Call what it returns at the end. */
  begin(run: Run): (() => void) | null {
    const spans = this.#spans.get(keyOf(run)) ?? [];
    if (spans.some(({ closedAt }) => closedAt === null)) return null;
    const span = { openedAt: this.#clock.now(), closedAt: null as number | null, expiresAt: Number.MAX_SAFE_INTEGER };
    this.#spans.set(keyOf(run), [...spans, span]);
    return () => {
      span.closedAt = this.#clock.now();
    };
  }

  spansOf(run: Run): readonly { readonly openedAt: number; readonly closedAt: number | null; readonly expiresAt: number }[] {
    return this.#spans.get(keyOf(run)) ?? [];
  }

  /** Forgets a run that is over. */
  forget(run: Run): void {
    this.#spans.delete(keyOf(run));
  }
}

function keyOf({ project, item, run }: Run): string {
  return `${project}\0${item}\0${run}`;
}
