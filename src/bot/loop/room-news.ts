import type { Outgoing } from '../../log/tables/outbox.ts';
import type { Tx } from '../../log/tx.ts';
import type { Address } from '../../message/address.ts';

/**
 * How an answer relates to the notices of its room. One act is one message: where the room would get a notice of what a
 * command did, the answer replaces that notice.
 */
export interface RoomNews {
  /** Tells rooms what has happened until now: an answer comes after the notices of what was before it. */
  catchUp(): void;
  /**
   * Where the answer to a message is shown when its room would get a notice of the command; null: it would not. Throws
   * where notices of what was before it can't be put before it: then it has to wait for its turn.
   */
  placeOf(tx: Tx, inbox: number, at: Address): Pick<Outgoing, 'to' | 'item' | 'inThread'> | null;
  /** The answer to a message is stored: what waited for it is dropped where the room reads it in the answer, and sent where not. */
  settle(tx: Tx, inbox: number): void;
}
