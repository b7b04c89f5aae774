import type { Log } from '../log/log.ts';
import type { LostAnswer } from '../log/tables/refusals.ts';
import type { Address, Sender } from '../message/address.ts';

/** What is known of people and rooms. */
export interface AskerParts {
  readonly log: Pick<Log, 'inbox'>;
  /** The rooms of networks that Musher serves; `project` null: of all projects. */
  readonly rooms: () => readonly { readonly transport: string; readonly id: string; readonly project: string | null }[];
  /** All ids of the person whom this sender is; the sender alone where they are nobody's. */
  readonly idsOf: (sender: Sender) => readonly Pick<Sender, 'transport' | 'id'>[];
  readonly isOpen: (network: string) => boolean;
}

/**
 * Where whoever asked reads what Musher writes, the best place first: where they wrote last, in private before in a room, then rooms of
 * the project that was asked about, on the same network first. Networks that were not connected yet come last.
 */
export function placesOf({ log, rooms, idsOf, isOpen }: AskerParts, { asker, where }: LostAnswer): Address[] {
  const all = rooms();
  const project = all.find(({ transport, id }) => transport === where.transport && id === where.room)?.project ?? null;
  const theirs = all.filter((room) => room.project === project || project === null || room.project === null);
  const isNear = ({ transport }: { readonly transport: string }): number => (transport === where.transport ? 0 : 1);
  const shared = theirs.toSorted((a, b) => isNear(a) - isNear(b)).map(({ transport, id }) => ({ transport, room: id }));
  const waits = ({ transport }: { readonly transport: string }): number => (isOpen(transport) ? 0 : 1);
  return [...log.inbox.lastRooms(idsOf(asker)), ...shared]
    .toSorted((a, b) => waits(a) - waits(b))
    .map(({ transport, room }) => ({ transport, room, thread: null }));
}
