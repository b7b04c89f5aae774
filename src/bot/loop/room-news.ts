import type { Outgoing } from '../../log/tables/outbox.ts';
import type { Tx } from '../../log/tx.ts';
import type { Address } from '../../message/address.ts';

/**
 * What an answer has to do with what its room is told unasked. One act is one message: where the room would be told of what
 * a command did, its answer takes the place of that notice.
 */
export interface RoomNews {
  /** Tells rooms what has happened until now: an answer comes after the notices of what was before it. */
  catchUp(): void;
  /**
   * Where the answer to a message is shown when its room would be told of what the command did; null: it would not. Throws
   * where notices of what was before it can't be put before it: then it has to wait for its turn.
   */
  placeOf(tx: Tx, inbox: number, at: Address): Pick<Outgoing, 'to' | 'item' | 'inThread'> | null;
  /** The answer to a message is stored: what waited for it is dropped where the room reads it in the answer, and sent where not. */
  settle(tx: Tx, inbox: number): void;
}
