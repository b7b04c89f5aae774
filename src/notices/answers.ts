import type { NotifyStyle } from '../config/choices.ts';
import type { InboxRow } from '../log/tables/inbox.ts';
import type { Threads } from '../log/tables/threads.ts';
import type { Tx } from '../log/tx.ts';
import type { Address } from '../message/address.ts';
import type { ItemEvent } from '../pipeline/events.ts';

/** What networks say of the address of an answer. */
export interface AnswerPlaces {
  /** Whether an answer there is seen by the asker alone: the others in the room still have to be told. */
  readonly isPrivate: (to: Address) => boolean;
  /** The same place, for everybody in the room to see; the address itself where it is seen already. */
  readonly inPublic: (to: Address) => Address;
  /** The first message of the thread in which it is seen; null: in the room itself. */
  readonly threadOf: (to: Address) => string | null;
}

/** How the answer to the command behind an event relates to a room's notice of it. One act is one message. */
export type Told =
  /** The room reads it in the answer. */
  | { readonly by: 'answer' }
  /** The answer is still to come, and may say it: the notice waits for it. */
  | { readonly by: 'nobody yet'; readonly inbox: number }
  /** Its notice has to tell it. */
  | { readonly by: 'notice' };

/** A room that is told of events. */
interface ToldRoom {
  readonly to: Address;
  readonly style: NotifyStyle;
}

interface Item {
  readonly project: string;
  readonly item: number;
}

/** How a room reads of an event. */
export function toldBy(event: ItemEvent, room: ToldRoom, places: AnswerPlaces, threads: Threads, tx: Tx): Told {
  const id = inboxOf(event);
  const row = id === null ? null : tx.inbox.get(id);
  if (row === null || !isSameRoom(row.message.at, room.to)) return { by: 'notice' };
  if (row.state !== 'done') return { by: 'nobody yet', inbox: row.id };
  return isReadIn(row, event, room, places, threads, tx) ? { by: 'answer' } : { by: 'notice' };
}

/** Whether everybody in the room can read the answer to this message, and what it says is how the command's effect ended. */
export function isReadIn(row: InboxRow, about: Item, room: ToldRoom, places: AnswerPlaces, threads: Threads, tx: Tx): boolean {
  if (row.outcome === 'failed' || row.outcome === 'unfinished') return false;
  const answer = tx.outbox.answerTo(row.id);
  if (answer === null || places.isPrivate(answer.to)) return false;
  if (room.style !== 'threads' || answer.inThread !== null) return true;
  // What stands in the room itself is missed by nobody; of the threads only the item's own is where its news belong.
  const within = places.threadOf(answer.to);
  if (within === null) return true;
  const { transport, room: id } = room.to;
  const known = threads.get({ transport, room: id, project: about.project, item: about.item });
  const ref = known?.ref ?? null;
  return ref !== null && (JSON.parse(ref) as { readonly id: string }).id === within;
}

/** The message in which a person asked for what happened; null where nobody did. */
export function inboxOf({ cause }: { readonly cause: string | null }): number | null {
  const id = /^inbox:(\d+)$/.exec(cause ?? '')?.[1];
  return id === undefined ? null : Number(id);
}

export function isSameRoom(one: Address, other: Address): boolean {
  return one.transport === other.transport && one.room === other.room;
}
