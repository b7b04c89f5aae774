interface Row<K, V> {
  readonly key: K;
  value: V | null;
  changed: boolean;
}

/**
 * Rows of one projection that a unit of work has touched: read once, changed in memory, written by `flush`. It lives
 * for one transaction (or one stretch of a rebuild) and is then discarded, so it can't drift from the table.
 */
export class TableCache<K extends readonly (string | number)[], V> {
  readonly #rows = new Map<string, Row<K, V>>();
  /** The row that was touched last, which mostly is the next one too: making its name takes longer than all else here. */
  #newest: Row<K, V> | null = null;
  readonly #load: (...key: K) => V | null;
  readonly #save: (key: K, value: V) => void;

  constructor(load: (...key: K) => V | null, save: (key: K, value: V) => void) {
    this.#load = load;
    this.#save = save;
  }

  get(...key: K): V | null {
    if (this.#newest !== null && isSame(this.#newest.key, key)) return this.#newest.value;
    const name = nameOf(key);
    const row = this.#rows.get(name);
    return row === undefined ? this.#add(name, key, this.#load(...key), false) : (this.#newest = row).value;
  }

  set(key: K, value: V): void {
    if (this.#newest === null || !isSame(this.#newest.key, key)) {
      const name = nameOf(key);
      const row = this.#rows.get(name);
      if (row === undefined) {
        this.#add(name, key, value, true);
        return;
      }
      this.#newest = row;
    }
    this.#newest.value = value;
    this.#newest.changed = true;
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
    this.#newest = null;
  }

  #add(name: string, key: K, value: V | null, changed: boolean): V | null {
    this.#newest = { key, value, changed };
    this.#rows.set(name, this.#newest);
    return value;
  }
}

function isSame(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  // The parts that differ most stand at the end.
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}

function nameOf(key: readonly (string | number)[]): string {
  let name = '';
  for (const part of key) name += `${part}\0`;
  return name;
}
