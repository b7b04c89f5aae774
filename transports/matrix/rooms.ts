import { asObject, listAt, objectAt, textAt, type Json } from './json.ts';
import type { RoomTrouble } from '../transport.ts';
import { HomeserverError, type Call } from './homeserver.ts';
import { openDirect } from './sending/direct.ts';
import type { PeopleNames } from '../people.ts';
import { path } from './paths.ts';
import { HOW_TO_INSTALL_CRYPTO } from './sdk.ts';

export interface RoomsOptions {
  readonly call: Call;
  readonly me: string;
  readonly configured: readonly string[];
  /** Full ids of the people whose invitations are followed. */
  readonly inviters: readonly string[];
  /** Direct rooms are joined, and served. */
  readonly direct: boolean;
  readonly canEncrypt: boolean;
  readonly people: PeopleNames;
  readonly onJoined: (room: string) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** Which rooms the bot is in and serves, which are direct, and which are encrypted. */
export interface Rooms {
  /** Asks the server for what no sync repeats. Throws HomeserverError. */
  load(): Promise<void>;
  /** Whether messages of the room are taken. */
  serves(room: string): boolean;
  /** The room was created for one person and the bot, and nobody else has joined. */
  isDirect(room: string): Promise<boolean>;
  isEncrypted(room: string): Promise<boolean>;
  /** The room of the conversation with a person alone; opened if there is none. Throws HomeserverError. */
  openDirect(person: string): Promise<string>;
  /** The name of a member, as far as it is known; asked for where it is not. */
  nameOf(room: string, id: string): string | null;
  /** The bot's own names, in all rooms. */
  ownNames(): string[];
  /** Follows an event that changes the room. */
  note(room: string, event: Json): void;
  invited(room: string, inviteState: readonly Json[]): Promise<void>;
  left(room: string): void;
  /** The connection was away: what was believed of rooms may be old. */
  distrust(): void;
  /** What keeps Musher from a room, and what to do. */
  problems(): RoomTrouble[];
}

/** People without a name in a room are asked for again and again otherwise. */
const MOST_ASKED = 5_000;

export function roomsOf(options: RoomsOptions): Rooms {
  const { call, me, people, report } = options;
  const configured = new Set(options.configured);
  const inviters = new Set(options.inviters);
  const joined = new Set<string>();
  const direct = new Set<string>();
  const encrypted = new Map<string, boolean>();
  const alone = new Map<string, boolean>();
  const names = new Map<string, Map<string, string>>();
  /** Whose name was asked for. */
  const asked = new Set<string>();
  const refused = new Set<string>();
  /** Rooms that were upgraded, and what took their place. */
  const replaced = new Map<string, string>();

  const serves = (room: string): boolean => configured.has(room) || (options.direct && direct.has(room));
  const isEncrypted = async (room: string): Promise<boolean> => {
    const known = encrypted.get(room);
    if (known !== undefined) return known;
    const is = await exists(call, path`/rooms/${room}/state/m.room.encryption/`);
    // A room once encrypted stays so; an event that came in meanwhile knows better than the answer.
    if (!encrypted.has(room) || is) encrypted.set(room, is);
    return encrypted.get(room) ?? is;
  };
  const decline = async (room: string, reason: string): Promise<void> => {
    report(new Error(`Declined the invitation to ${room}: ${reason}`));
    await call({ method: 'POST', path: path`/rooms/${room}/leave`, body: { reason } });
  };
  const markDirect = async (room: string, person: string): Promise<void> => {
    direct.add(room);
    const accountData = path`/user/${me}/account_data/m.direct`;
    const before = await valueOr(call, accountData, {});
    const rooms = asObject(before)[person];
    await call({
      method: 'PUT',
      path: accountData,
      body: { ...asObject(before), [person]: [...(Array.isArray(rooms) ? rooms : []), room] },
    });
  };

  const learnName = (room: string, id: string, given: string | null): void => {
    const members = names.get(room) ?? new Map<string, string>();
    const name = given === null || given.trim() === '' ? null : given;
    if (name === null) members.delete(id);
    else members.set(id, name);
    names.set(room, members);
    if (id !== me) people.called(id, name);
  };
  const learnMember = async (room: string, id: string): Promise<void> => {
    const member = await valueOr(call, path`/rooms/${room}/state/m.room.member/${id}`, null);
    if (textAt(member, 'membership') === 'join') learnName(room, id, textAt(member, 'displayname'));
  };
  /** After a restart no sync repeats who is in a room. Asked for once; the message goes without. */
  const askName = (room: string, id: string): void => {
    if (asked.size >= MOST_ASKED || asked.has(id)) return;
    asked.add(id);
    void learnMember(room, id).catch((error: unknown) => {
      asked.delete(id);
      // Somebody of a room that can't be looked into stays without a name.
      if (!(error instanceof HomeserverError) || !error.isFinal) report(error);
    });
  };

  return {
    async load() {
      joined.clear();
      const answer = asObject(await call({ method: 'GET', path: path`/joined_rooms` }))['joined_rooms'];
      for (const room of Array.isArray(answer) ? answer : []) if (typeof room === 'string') joined.add(room);
      const all = asObject(await valueOr(call, path`/user/${me}/account_data/m.direct`, {}));
      for (const rooms of Object.values(all)) {
        for (const room of Array.isArray(rooms) ? rooms : []) if (typeof room === 'string' && !configured.has(room)) direct.add(room);
      }
      for (const room of joined) {
        if (!serves(room)) continue;
        if ((await isEncrypted(room)) && !options.canEncrypt) refused.add(room);
        const next = textAt(await valueOr(call, path`/rooms/${room}/state/m.room.tombstone/`, null), 'replacement_room');
        if (next !== null) replaced.set(room, next);
      }
    },

    serves,

    async isDirect(room) {
      if (!direct.has(room)) return false;
      const known = alone.get(room);
      if (known !== undefined) return known;
      const members = objectAt(await call({ method: 'GET', path: path`/rooms/${room}/joined_members` }), 'joined');
      const is = Object.keys(members).length <= 2;
      alone.set(room, is);
      return is;
    },

    isEncrypted,

    openDirect: (person) =>
      openDirect(
        {
          call,
          me,
          valueOr: (at, otherwise) => valueOr(call, at, otherwise),
          joined: () => [...joined].filter((room) => !configured.has(room)),
          isClosed: async (room) => !options.canEncrypt && (await isEncrypted(room)),
          mark: markDirect,
          entered: (room) => void joined.add(room),
        },
        person,
      ),

    ownNames: () => [...new Set([...names.values()].flatMap((members) => members.get(me) ?? []))],

    nameOf(room, id) {
      const name = names.get(room)?.get(id) ?? null;
      if (name === null) askName(room, id);
      else people.called(id, name);
      return name ?? people.nameOf(id);
    },

    note(room, event) {
      const key = textAt(event, 'state_key');
      if (key === null) return;
      if (event['type'] === 'm.room.encryption' && key === '') {
        encrypted.set(room, true);
        if (!options.canEncrypt && serves(room)) refused.add(room);
      }
      const next = event['type'] === 'm.room.tombstone' && key === '' ? textAt(event['content'], 'replacement_room') : null;
      if (next !== null && serves(room) && replaced.get(room) !== next) {
        replaced.set(room, next);
        report(new Error(`${room} was upgraded to ${next}.`));
      }
      if (event['type'] !== 'm.room.member') return;
      alone.delete(room);
      const content = objectAt(event, 'content');
      if (textAt(content, 'membership') === 'join') learnName(room, key, textAt(content, 'displayname'));
      else names.get(room)?.delete(key);
      if (key === me && textAt(content, 'membership') === 'join') joined.add(room);
    },

    async invited(room, inviteState) {
      const own = inviteState.find((event) => event['type'] === 'm.room.member' && textAt(event, 'state_key') === me);
      const inviter = textAt(own, 'sender');
      const content = objectAt(own, 'content');
      if (own === undefined || inviter === null || textAt(content, 'membership') !== 'invite') return;
      const isDirect = options.direct && content['is_direct'] === true && !configured.has(room);
      try {
        if (!inviters.has(inviter)) return await decline(room, 'Musher only accepts invitations from the people in its configuration.');
        if (!configured.has(room) && !isDirect)
          return await decline(room, `Musher only joins the rooms in its configuration; this one is ${room}.`);
        // What an invitation shows of a room says nothing against its encryption; joined rooms are asked again.
        const isCrypted = inviteState.some(({ type }) => type === 'm.room.encryption');
        if (isCrypted && !options.canEncrypt) return await decline(room, HOW_TO_INSTALL_CRYPTO);
        await call({ method: 'POST', path: path`/join/${room}`, body: {} });
        joined.add(room);
        if (isDirect) await markDirect(room, inviter);
        await options.onJoined(room);
        if ((await isEncrypted(room)) && !options.canEncrypt) refused.add(room);
      } catch (error) {
        // Taken back, banned, or gone: nothing is left to join. Anything else is tried again with the same sync.
        if (!(error instanceof HomeserverError) || !error.isFinal) throw error;
        report(error);
      }
    },

    left(room) {
      if (joined.delete(room) && serves(room)) report(new Error(`Musher is no longer in ${room}.`));
      encrypted.delete(room);
      refused.delete(room);
      alone.delete(room);
      names.delete(room);
    },

    distrust() {
      for (const [room, is] of encrypted) if (!is) encrypted.delete(room);
      alone.clear();
    },

    problems() {
      const missing = options.configured.filter((room) => !joined.has(room));
      return [
        ...[...refused].map((room) => ({ room, why: `It is encrypted, so Musher can’t read it. ${HOW_TO_INSTALL_CRYPTO}` })),
        ...[...replaced].map(([room, next]) => ({
          room,
          why: `It was upgraded to ${next}. Replace the id in bot.toml, type \`reload\` and invite ${me} there. (NETWORK_ROOM_MISSING)`,
        })),
        ...missing
          .filter((room) => !replaced.has(room))
          .map((room) => ({
            room,
            why: `Musher is not in it. Let ${options.inviters.join(' or ') || 'one of the people under inviters'} invite ${me}. (NETWORK_ROOM_MISSING)`,
          })),
      ];
    },
  };
}

async function exists(call: Call, at: string): Promise<boolean> {
  return (await valueOr(call, at, null)) !== null;
}

async function valueOr(call: Call, at: string, otherwise: unknown): Promise<unknown> {
  try {
    return await call({ method: 'GET', path: at });
  } catch (error) {
    // Only a plain "there is none" counts: an answer of an overloaded server must not make a room look unencrypted.
    if (error instanceof HomeserverError && error.errcode === 'M_NOT_FOUND') return otherwise;
    throw error;
  }
}

/** Events of the invitations in a sync, by room. */
export function invitationsIn(sync: Json): [string, Json[]][] {
  return Object.entries(objectAt(sync['rooms'], 'invite')).map(([room, value]) => [
    room,
    listAt(asObject(value)['invite_state'], 'events'),
  ]);
}
