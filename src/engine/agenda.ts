import type { WorkItem } from '../pipeline/types.ts';
import { before, type Place, placeOf, WaitingLines } from './waiting-lines.ts';

/** Items that are taken on in one look, of those that were touched and of a look at everything: some milliseconds. */
const TAKEN_AT_ONCE = 250;

/**
 * What has to be looked at in a project: items that something has happened to, and, where what many wait for may have become
 * free, the first of each line. So a look costs what has changed and not what is open. It is a memory of what need not be
 * looked at and never of what has to be done: after a start, and bit by bit for safety, all of it is looked at.
 */
export class Agenda {
  readonly lines = new WaitingLines();
  readonly #touched = new Set<number>();
  /** Numbers of a look at everything that are still to come, in order. */
  #rest: readonly number[] = [];
  #freed = false;

  /** Something has happened to an item, or may have. */
  touch(number: number): void {
    this.#touched.add(number);
  }

  /** A slot, an agent, an account, a budget may have room again: those who wait in line for it are asked, the first ones first. */
  free(): void {
    this.#freed = true;
  }

  /** These projects are checked completely, bit by bit, in this order. */
  lookAtAll(numbers: readonly number[]): void {
    this.#rest = numbers;
  }

  get isEmpty(): boolean {
    return this.#touched.size === 0 && this.#rest.length === 0 && !this.#freed;
  }

  /** What is looked at now; what is not taken on is handed back by `touch`. `most`: of those touched, and of a look at everything. */
  take(most = TAKEN_AT_ONCE): { readonly numbers: ReadonlySet<number>; readonly freed: boolean } {
    const touched = [...this.#touched].slice(0, most);
    const now = { numbers: new Set([...touched, ...this.#rest.slice(0, most)]), freed: this.#freed };
    this.#rest = this.#rest.slice(most);
    for (const number of touched) this.#touched.delete(number);
    this.#freed = false;
    return now;
  }
}

/** Items in the order in which they come to their turn, and between them the first of each line where something has become free. */
export class Turns {
  readonly #items: readonly WorkItem[];
  readonly #lines: WaitingLines;
  readonly #freed: boolean;
  readonly #find: (number: number) => WorkItem | null;
  /** Lines whose first has been asked and still waits: the others wait for the same. */
  readonly #asked = new Set<string>();
  #at = 0;

  constructor(items: readonly WorkItem[], lines: WaitingLines, freed: boolean, find: (number: number) => WorkItem | null) {
    this.#items = items.toSorted((a, b) => before(placeOf(a), placeOf(b)));
    this.#lines = lines;
    this.#freed = freed;
    this.#find = find;
  }

  /** The next one; null where nobody is left. */
  next(): WorkItem | null {
    const own = this.#items[this.#at];
    const first = this.#freed ? this.#firstInLine() : null;
    if (own !== undefined && (first === null || before(placeOf(own), first) <= 0)) {
      this.#at += 1;
      return own;
    }
    if (first === null) return null;
    const item = this.#find(first.number);
    if (item === null) this.#lines.leave(first.number);
    return item ?? this.next();
  }

  /** An item has been asked, and is in that line now. */
  waits(line: string): void {
    this.#asked.add(line);
  }

  /** Numbers of those that were not asked. */
  left(): number[] {
    return this.#items.slice(this.#at).map(({ number }) => number);
  }

  #firstInLine(): Place | null {
    const firsts = this.#lines.firsts(this.#asked);
    return firsts.length === 0 ? null : firsts.reduce((a, b) => (before(b, a) < 0 ? b : a));
  }
}
