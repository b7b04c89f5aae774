/** How the waits between tries grow. Times in ms. */
export interface BackoffRule {
  /** After the first failure; each further one doubles it. */
  readonly first: number;
  /** No wait is longer. */
  readonly longest: number;
  /** Random share taken off each wait, from 0 (none) to 1, so that clients that failed together don't retry together. */
  readonly jitter: number;
}

/** 2^30 times the first wait is beyond any longest one; more would overflow. */
const MOST_DOUBLINGS = 30;

/** The waits between the tries of one thing: doubled with each failure in a row, up to the longest, and spread by chance. */
export class Backoff {
  readonly #rule: BackoffRule;
  readonly #random: () => number;

  /** `random`: from 0 to 1. */
  constructor(rule: BackoffRule, random: () => number = Math.random) {
    this.#rule = rule;
    this.#random = random;
  }

  /** Ms to wait after so many failures in a row, from 1; 0 where nothing has failed. */
  after(failures: number): number {
    if (failures <= 0) return 0;
    const { first, longest, jitter } = this.#rule;
    const full = Math.min(longest, first * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
    return full * (1 - jitter * this.#random());
  }
}
