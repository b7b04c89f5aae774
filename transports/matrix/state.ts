/** A small durable store, synchronous: a value that was set is there after a crash. Keys are this transport's own. */
export interface StateStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** The keys that this transport uses. */
export const STATE_KEYS = {
  /** The token of the next sync: everything before it has been stored. */
  syncToken: 'sync-token',
  /** Begins our transaction ids: keys of another database must not meet those of this one at the same server. */
  transactionPrefix: 'transaction-prefix',
  /** What reactions to our messages mean. */
  reactionCommands: 'offers',
} as const;

/** A map that forgets its oldest entries beyond `most`. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const oldest = this.#entries.size > this.#most ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  entries(): [string, V][] {
    return [...this.#entries];
  }
}
