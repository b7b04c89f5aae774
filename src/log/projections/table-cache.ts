/**
 * Rows of one projection that a unit of work has touched: read once, changed in memory, written by `flush`. It lives
 * for one transaction (or one stretch of a rebuild) and is then discarded, so it can't drift from the table.
 */
export class TableCache<K extends readonly (string | number)[], V> {
  readonly #rows = new Map<string, { key: K; value: V | null; changed: boolean }>();
  readonly #load: (...key: K) => V | null;
  readonly #save: (key: K, value: V) => void;

  constructor(load: (...key: K) => V | null, save: (key: K, value: V) => void) {
    this.#load = load;
    this.#save = save;
  }

  get(...key: K): V | null {
    const id = key.join('\0');
    const row = this.#rows.get(id);
    if (row !== undefined) return row.value;
    const value = this.#load(...key);
    this.#rows.set(id, { key, value, changed: false });
    return value;
  }

  set(key: K, value: V): void {
    this.#rows.set(key.join('\0'), { key, value, changed: true });
  }

  get size(): number {
    return this.#rows.size;
  }

  flush(): void {
    for (const row of this.#rows.values()) {
      if (row.changed && row.value !== null) this.#save(row.key, row.value);
      row.changed = false;
    }
  }

  clear(): void {
    this.#rows.clear();
  }
}
