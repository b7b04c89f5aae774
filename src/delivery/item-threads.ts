import type { Log } from '../log/log.ts';
import type { OutboxRow } from '../log/tables/outbox.ts';
import type { ThreadKey } from '../log/tables/threads.ts';
import { visibleLine } from '../message/sanitize.ts';

interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

/** What a network has to do with threads. */
export interface Threading {
  readonly capabilities: { readonly threads: boolean; readonly broadcasts: boolean };
  /** What is in `Address.thread` for the thread under a sent message; null: there can be none. Opening it twice gives the same. */
  threadUnder?(ref: MessageRef, name: string): Promise<string | null>;
}

/**
 * Where a message about an item goes in a room that gathers each item's news in a thread. It is decided when its turn to
 * be sent comes, for only then is known what became of the first message; and it is kept with the row before the
 * sending, so that a try after a crash looks for the first one at the same place.
 */
export class ItemThreads {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The thread that a message goes into, null for the room itself. Throws what the network throws if it can't be opened now. */
  async threadOf(network: Threading, row: OutboxRow): Promise<string | null> {
    const key = keyOf(row);
    // Once tried it stays where it was tried.
    if (key === null || row.state === 'sending' || !network.capabilities.threads) return row.to.thread;
    const known = this.#log.threads.get(key);
    if (known === null || this.#isLost(known.root, known.ref)) {
      this.#log.threads.begin(key, row.id);
      return null;
    }
    // It is that first message itself, or the first one waits for a time of its own: this one does not wait for it.
    if (known.root === row.id || known.ref === null) return null;
    // What nobody must miss is in the room itself; also in the thread, where a network shows one message at both places.
    if (row.inThread === 'beside' && !network.capabilities.broadcasts) return null;
    if (known.thread !== null) return known.thread;
    // Written by `settle`, from what the network gave.
    const opened = await this.#open(network, JSON.parse(known.ref) as MessageRef, this.#nameOf(key));
    if (opened === null) {
      // Somebody deleted the first message, or threads are not allowed there: this one takes its place.
      this.#log.threads.begin(key, row.id);
      return null;
    }
    this.#log.threads.open(key, opened);
    return opened;
  }

  /** A message was sent; runs inside the transaction that says so. */
  sent(row: OutboxRow, ref: MessageRef | undefined): void {
    const key = keyOf(row);
    if (key !== null && ref !== undefined) this.#log.threads.settle(key, row.id, ref);
  }

  /** The thread that a message should have gone into is gone. */
  gone(row: OutboxRow): void {
    const key = keyOf(row);
    if (key !== null) this.#log.threads.forget(key);
  }

  async #open(network: Threading, ref: MessageRef, name: string): Promise<string | null> {
    try {
      return (await network.threadUnder?.(ref, name)) ?? null;
    } catch (error) {
      // A thread that is refused for good is no reason to hold back what should have gone into it.
      if (error instanceof Error && 'outcome' in error && error.outcome === 'rejected') return null;
      throw error;
    }
  }

  /** A first message that will never be there: it was given up, or settled so long ago that nothing is known of it. */
  #isLost(root: number, ref: string | null): boolean {
    if (ref !== null) return false;
    const state = this.#log.outbox.stateOf(root);
    return state === null || state === 'dead' || state === 'sent';
  }

  #nameOf({ project, item }: ThreadKey): string {
    const title = this.#log.reads.item(project, item)?.title ?? '';
    return visibleLine(`${item} ${title}`).trim();
  }
}

function keyOf({ to, item, inThread }: OutboxRow): ThreadKey | null {
  if (item === null || inThread === null) return null;
  return { transport: to.transport, room: to.room, project: item.project, item: item.number };
}
