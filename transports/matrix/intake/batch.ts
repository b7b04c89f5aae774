import type { IncomingMessage } from '../../../src/message/address.ts';
import { KEY_FIELD } from '../sending/content.ts';
import type { Encryption } from '../encryption.ts';
import { HomeserverError, type Call } from '../homeserver.ts';
import { asObject, listAt, objectAt, textAt, type Json } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';
import type { ReactionCommands } from '../reaction-commands.ts';
import { path } from '../paths.ts';
import { readEvent } from '../read-event.ts';
import { invitationsIn, type Rooms } from '../rooms.ts';

export interface BatchParts {
  readonly call: Call;
  readonly me: string;
  readonly rooms: Rooms;
  readonly encryption: Encryption | null;
  readonly reactionCommands: ReactionCommands;
  readonly take: (message: IncomingMessage) => void;
  readonly report: (error: unknown) => void;
}

/** The only events that are asked for in timelines. A gap is filled with the same ones. */
export const TIMELINE_TYPES = [
  'm.room.message',
  'm.room.encrypted',
  'm.reaction',
  'm.room.member',
  'm.room.encryption',
  'm.room.tombstone',
] as const;

/**
 * Takes in what one sync brought. Throws HomeserverError if a part of it could not be had: then the whole is taken
 * again, and what was given before is known by its id. `since` null: the first sync ever, whose messages are old.
 */
export async function takeBatch(sync: Json, since: string | null, parts: BatchParts): Promise<void> {
  const { rooms, encryption } = parts;
  await encryption?.update(sync);
  for (const room of Object.keys(objectAt(sync['rooms'], 'leave'))) rooms.left(room);
  for (const [room, events] of Object.entries(objectAt(sync['rooms'], 'join'))) {
    try {
      await takeRoom(room, asObject(events), since, parts);
    } catch (error) {
      // A room that the server will not show again must not keep the others waiting.
      if (!(error instanceof HomeserverError) || !error.isFinal) throw error;
      parts.report(new Error(`${room}: new messages there could not be read.`, { cause: error }));
    }
  }
  for (const [room, state] of invitationsIn(sync)) await rooms.invited(room, state);
}

async function takeRoom(room: string, joined: Json, since: string | null, parts: BatchParts): Promise<void> {
  for (const event of listAt(joined['state'], 'events')) await note(room, event, parts);
  const timeline = objectAt(joined, 'timeline');
  let events = listAt(timeline, 'events');
  const from = textAt(timeline, 'prev_batch');
  const isServed = parts.rooms.serves(room);
  if (isServed && since !== null && timeline['limited'] === true && from !== null && !events.some((event) => isOwnJoin(event, parts.me)))
    events = [...(await gap(room, from, since, parts)), ...events];
  // What was said before the bot came in was not said to it.
  const start = events.findLastIndex((event) => isOwnJoin(event, parts.me)) + 1;
  for (const [index, event] of events.entries()) {
    await note(room, event, parts);
    if (since === null || index < start) continue;
    if (isServed) await takeEvent(room, event, parts);
    else await takeCall(room, event, parts);
  }
}

async function note(room: string, event: Json, { rooms, encryption, report }: BatchParts): Promise<void> {
  rooms.note(room, event);
  try {
    await encryption?.note(room, event);
  } catch (error) {
    report(error);
  }
}

async function takeEvent(room: string, event: Json, parts: BatchParts): Promise<void> {
  const { rooms, encryption, me, reactionCommands } = parts;
  const clear = event['type'] === 'm.room.encrypted' ? await decrypted(room, event, parts) : event;
  if (clear === null) return;
  if (textAt(event, 'sender') === me) {
    // Our own message, perhaps one that we do not know to have arrived: what people do with it comes after it.
    const [transaction, id] = [textAt(clear['content'], KEY_FIELD), textAt(event, 'event_id')];
    if (transaction !== null && id !== null) reactionCommands.settle(transaction, id);
    return;
  }
  // Without the library nothing of an encrypted room is acted on: no answer could be given there. With it, plain text
  // there is nobody's word: only the server vouches for its sender.
  if ((encryption === null || event['type'] === 'm.room.message') && (await rooms.isEncrypted(room))) return;
  const reader = { me, room, direct: await rooms.isDirect(room), nameOf: (id: string) => rooms.nameOf(room, id), reactionCommands };
  const message = readEvent(clear, reader);
  if (message !== null) parts.take(message);
}

/** Whoever mentions the bot in a room that it does not serve is told so; of what else is said there it takes nothing. */
async function takeCall(room: string, event: Json, { rooms, me, reactionCommands, take }: BatchParts): Promise<void> {
  const message = readEvent(event, { me, room, direct: false, nameOf: (id) => rooms.nameOf(room, id), reactionCommands });
  if (message?.ingress !== 'mention' || (await rooms.isDirect(room)) || (await rooms.isEncrypted(room))) return;
  take(message);
}

async function decrypted(room: string, event: Json, { encryption, report }: BatchParts): Promise<Json | null> {
  try {
    return (await encryption?.decrypt(room, event)) ?? null;
  } catch (error) {
    report(new Error(`A message in ${room} can’t be decrypted: its key is missing.`, { cause: error }));
    return null;
  }
}

/** The events that a sync left out between its last token and its timeline, oldest first, back to our own coming in. */
async function gap(room: string, from: string, since: string, { call, me, report }: BatchParts): Promise<Json[]> {
  const newestFirst: Json[] = [];
  let at: string | null = from;
  for (let page = 0; at !== null; page++) {
    if (page >= MATRIX_LIMITS.gapPages) {
      report(
        new Error(
          `${room}: only the last ${newestFirst.length} events since the connection was lost were read; older messages there were not.`,
        ),
      );
      break;
    }
    const query = { dir: 'b', from: at, to: since, limit: MATRIX_LIMITS.page, filter: JSON.stringify({ types: TIMELINE_TYPES }) };
    const answer = asObject(await call({ method: 'GET', path: path`/rooms/${room}/messages`, query }));
    const events = listAt(answer, 'chunk');
    const join = events.findIndex((event) => isOwnJoin(event, me));
    newestFirst.push(...(join < 0 ? events : events.slice(0, join + 1)));
    at = join < 0 ? textAt(answer, 'end') : null;
  }
  return newestFirst.toReversed();
}

/** The bot came in with this event; a change of its name looks alike but follows a join. */
function isOwnJoin(event: Json, me: string): boolean {
  if (event['type'] !== 'm.room.member' || textAt(event, 'state_key') !== me) return false;
  const before = objectAt(event['unsigned'], 'prev_content');
  return textAt(event['content'], 'membership') === 'join' && textAt(before, 'membership') !== 'join';
}
