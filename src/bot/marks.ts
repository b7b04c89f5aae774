import type { Log } from '../log/log.ts';

interface Mark {
  readonly change: () => void;
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps small changes of messages that are sent at the same time in one commit: each commit waits for the disk, and
 * rooms that are written to at once would wait for one another's. Nothing is said to be kept before it is.
 */
export class Marks {
  readonly #log: Log;
  #waiting: Mark[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves to what the change gave, when it is on the disk; rejects where it could not be kept. */
  keep<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({
        change: () => {
          result = change();
        },
        kept: () => resolve(result),
        failed: reject,
      });
    });
  }

  #flush(): void {
    const marks = this.#waiting;
    this.#waiting = [];
    try {
      this.#log.transaction(() => marks.forEach(({ change }) => change()));
    } catch {
      // One bad change must not take the others along.
      for (const mark of marks) this.#alone(mark);
      return;
    }
    for (const { kept } of marks) kept();
  }

  #alone({ change, kept, failed }: Mark): void {
    try {
      this.#log.transaction(change);
    } catch (error) {
      failed(error);
      return;
    }
    kept();
  }
}
