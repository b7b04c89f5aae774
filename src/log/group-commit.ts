interface Waiting {
  readonly run: () => unknown;
  readonly isDurable: boolean;
  readonly kept: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Lets small changes that come at the same moment share one commit: each commit waits for the disk, and rooms that are
 * busy at once would wait for one another's. Nothing is said to be kept before it is.
 */
export class GroupCommit {
  readonly #together: (run: () => void, isDurable: boolean) => void;
  #waiting: Waiting[] = [];

  /** `together` runs a function that holds several transactions in one commit, and throws where that fails; it waits for the disk where one of them needs that. */
  constructor(together: (run: () => void, isDurable: boolean) => void) {
    this.#together = together;
  }

  /**
   * Runs `run`, with the transactions in it, soon. Resolves to what it gave when that is on the disk; rejects where it
   * threw, or where the commit failed.
   */
  keep<T>(run: () => T, isDurable: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ run, isDurable, kept: (value) => resolve(value as T), failed: reject });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const settle: (() => void)[] = [];
    try {
      this.#together(
        () => waiting.forEach((one) => settle.push(attempt(one))),
        waiting.some(({ isDurable }) => isDurable),
      );
    } catch (error) {
      for (const { failed } of waiting) failed(error);
      return;
    }
    for (const tell of settle) tell();
  }
}

/** The listener to call for one change once all are committed. */
function attempt({ run, kept, failed }: Waiting): () => void {
  try {
    const value = run();
    return () => kept(value);
  } catch (error) {
    return () => failed(error);
  }
}
