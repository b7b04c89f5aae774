import type { OutboxRow } from '../../log/tables/outbox.ts';
import type { Asker } from '../../log/tables/two-person.ts';
import type { Address, IncomingMessage } from '../../message/address.ts';
import type { Project } from '../capabilities.ts';
import type { FetchedFiles } from '../files/fetch-files.ts';
import type { ItemRef } from '../parse/arguments.ts';

/** The state of one message while it is handled. */
export interface Handling {
  readonly message: IncomingMessage;
  /** The message that the command runs as: the same, or that of the person who typed what a second one confirmed. */
  as: IncomingMessage;
  /** Both names, where a second person confirmed it. */
  two: { readonly asker: Asker; readonly askerName: string; readonly secondName: string } | null;
  readonly id: number;
  readonly receivedAt: number;
  /** The command's words, for the audit; empty if none was recognised. */
  words: string;
  project: Project;
  /** The item that its answer is about, so that a purge finds it in the queue. */
  item: ItemRef | null;
  /** Its answer is about more items than that one. */
  several: boolean;
  /** It is no command that anybody could run: what was said is kept, to be found again. */
  isTalk: boolean;
  answered: boolean;
  /** The files that came with it, once they are fetched; null: it has none, or its command takes none. */
  files: FetchedFiles | null;
  /** They are named in the log, and its answer says what became of them. */
  filesKept: boolean;
  /** It may have changed something in the transaction that stores its answer. */
  isChange: boolean;
  /** Its effect is in the log and its answer comes when that has ended. */
  isHeld: boolean;
  /** Handled in the commit that stores the message, whose row says already that it is answered. */
  readonly isEarly: boolean;
  /** Ends its live reply early. */
  readonly ending: AbortController;
}

/** The part of delivery that takes a reply with the commit that stores it. */
export interface SendsAtOnce {
  /** Whether a reply to this address would be sent now, before anything else of its room. */
  maySendAtOnce(to: Address): boolean;
  /** Sends a reply that is stored as begun. Called when it is on the disk. */
  sendBegun(row: OutboxRow): void;
}
