import { asObject, objectAt, textAt } from '../json.ts';
import type { Call } from '../homeserver.ts';
import { path } from '../paths.ts';

export interface DirectRoomsParts {
  readonly call: Call;
  readonly me: string;
  /** As `call`, with this value where there is none. */
  readonly valueOr: (at: string, otherwise: unknown) => Promise<unknown>;
  /** The rooms that the bot is in, without those of its configuration. */
  readonly joined: () => readonly string[];
  /** Whether nothing could be written there: it is encrypted, and the library for that is missing. */
  readonly isClosed: (room: string) => Promise<boolean>;
  /** Notes in the account that a room is the conversation with somebody. */
  readonly mark: (room: string, person: string) => Promise<void>;
  readonly entered: (room: string) => void;
}

/**
 * The room of the conversation with a person alone: the one that the account knows, else a new one to which they are invited. One
 * that was made before the end of an earlier Musher, and not noted yet, is found by its invitation, so that nobody gets two.
 */
export async function openDirect(parts: DirectRoomsParts, person: string): Promise<string> {
  const { call, me, joined, isClosed, mark, entered } = parts;
  const noted = asObject(await parts.valueOr(path`/user/${me}/account_data/m.direct`, {}))[person];
  const known = new Set(Array.isArray(noted) ? noted.filter((room): room is string => typeof room === 'string') : []);
  const rooms = joined();
  for (const room of [...rooms.filter((one) => known.has(one)), ...rooms.filter((one) => !known.has(one))]) {
    if (!(await isWith(parts, room, person, !known.has(room))) || (await isClosed(room))) continue;
    if (!known.has(room)) await mark(room, person);
    return room;
  }
  const body = { is_direct: true, preset: 'trusted_private_chat', invite: [person] };
  const made = textAt(await call({ method: 'POST', path: path`/createRoom`, body }), 'room_id');
  if (made === null) throw new Error('The homeserver made a room without giving it an id.');
  entered(made);
  await mark(made, person);
  return made;
}

/** Whether nobody but the bot and this person is, or will be, in a room. `made`: the bot has to have made it for that. */
async function isWith({ call, me, valueOr }: DirectRoomsParts, room: string, person: string, made: boolean): Promise<boolean> {
  const member = asObject(await valueOr(path`/rooms/${room}/state/m.room.member/${person}`, {}));
  const membership = textAt(member, 'membership');
  if (membership !== 'join' && membership !== 'invite') return false;
  if (made && (membership !== 'invite' || member['is_direct'] !== true)) return false;
  const members = objectAt(await call({ method: 'GET', path: path`/rooms/${room}/joined_members` }), 'joined');
  return Object.keys(members).every((id) => id === me || id === person);
}
