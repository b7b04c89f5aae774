import { setImmediate } from 'node:timers/promises';
import type { Reads } from '../../log/reads/reads.ts';
import type { LoggedEvent } from '../../pipeline/events.ts';
import { created, transition } from '../../pipeline/transition.ts';
import type { WorkItem } from '../../pipeline/types.ts';

/** Events folded between two looks at the rest of the program: about a hundredth of a second. */
const SLICE = 500;
/** Boards kept, spread over the log: folding on from the nearest one costs at most the events between two of them. */
const MOST_KEPT = 32;
/** Fewer events than this between two kept boards save nothing that anybody feels. */
const LEAST_APART = 2_000;

/** All items as they were right after an event, by project and number. */
export interface BoardThen {
  /** Number of the last event that it holds. */
  readonly event: number;
  /** When that was; null before the first event. */
  readonly at: number | null;
  readonly items: ReadonlyMap<string, WorkItem>;
}

/**
 * Makes boards of the past anew from the log, with the same functions that make the present one. Some are kept in memory,
 * so that moving back and forth costs little. A purge takes texts out of the log itself, and then out of here.
 */
export class PastBoards {
  readonly #reads: Pick<Reads, 'events' | 'lastSeq'>;
  readonly #kept = new Map<number, BoardThen>();
  /** What is kept has no text that was purged up to this event. */
  #clean: number;

  readonly #most: number;
  readonly #apart: number;

  constructor(reads: Pick<Reads, 'events' | 'lastSeq'>, { kept = MOST_KEPT, apart = LEAST_APART } = {}) {
    this.#reads = reads;
    this.#most = kept;
    this.#apart = apart;
    this.#clean = reads.lastSeq();
  }

  /** The board after an event: the newest one where the number is beyond it. */
  async at(event: number): Promise<BoardThen> {
    const until = Math.min(Math.max(0, event), this.#reads.lastSeq());
    this.#forgetPurged();
    const from = this.#nearest(until);
    const items = new Map(from.items);
    let { event: seq, at } = from;
    const apart = Math.max(this.#apart, Math.ceil(this.#reads.lastSeq() / this.#most));
    while (seq < until) {
      const events = this.#reads.events(seq, Math.min(SLICE, until - seq));
      if (events.length === 0) break;
      for (const one of events) {
        if (one.seq > until) break;
        fold(items, one);
        ({ seq, at } = one);
        if (seq % apart === 0) this.#keep({ event: seq, at, items: new Map(items) });
      }
      if (events.length === SLICE) await setImmediate();
    }
    return { event: seq, at, items };
  }

  #forgetPurged(): void {
    for (let events = this.#reads.events(this.#clean, SLICE); events.length > 0; events = this.#reads.events(this.#clean, SLICE)) {
      if (events.some(({ kind }) => kind === 'item.purged')) this.#kept.clear();
      this.#clean = events.at(-1)?.seq ?? this.#clean;
    }
  }

  #nearest(until: number): BoardThen {
    let nearest: BoardThen = { event: 0, at: null, items: new Map() };
    for (const one of this.#kept.values()) if (one.event <= until && one.event > nearest.event) nearest = one;
    return nearest;
  }

  #keep(board: BoardThen): void {
    this.#kept.set(board.event, board);
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value ?? 0);
  }
}

function fold(items: Map<string, WorkItem>, event: LoggedEvent): void {
  if (event.item === null) return;
  const key = `${event.project}#${event.item}`;
  const before = items.get(key);
  if (before === undefined) {
    if (event.kind === 'item.created') items.set(key, created(event));
    return;
  }
  const after = transition(before, event);
  if (after.ok) items.set(key, after.value);
}
