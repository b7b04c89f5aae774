/** How often a loop kills, unless the machine is slow: then as often as it comes to in this time, but no fewer than the least. */
const KILLS = Number(process.env['MUSHER_TEST_KILLS'] ?? 100);
const LONGEST_MS = 240_000;
const LEAST = Math.min(KILLS, 30);

/** Counts from now on; whether it was killed often enough is asked with the number of its deaths. */
export class Kills {
  readonly wanted = KILLS;
  readonly #began = performance.now();

  isEnough(deaths: number): boolean {
    return deaths >= KILLS || (deaths >= LEAST && performance.now() - this.#began > LONGEST_MS);
  }

  /** For the line that a loop prints. */
  words(deaths: number): string {
    const seconds = Math.round((performance.now() - this.#began) / 1_000);
    return deaths >= KILLS ? `${deaths} kills in ${seconds} s` : `${deaths} kills in ${seconds} s (a slow machine; ${KILLS} were wanted)`;
  }
}
