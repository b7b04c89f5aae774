import type { APIMessage, APIUser, GatewayMessageCreateDispatchData, MessageType, REST } from 'discord.js';
import type { IncomingMessage } from '../../../src/message/address.ts';
import { addressOf, senderOf } from '../address.ts';
import type { Channels, Place } from '../channels.ts';
import { filesIn } from '../files.ts';
import { CHOSEN, LIMITS } from '../limits.ts';
import type { DiscordOptions } from '../options.ts';
import { NOBODY_KNOWN, withNames } from '../../people.ts';
import type { Patient } from '../patient.ts';
import { queues } from '../sending/queue.ts';
import type { Library } from '../rest.ts';

/** Discord's numbers of messages that a person wrote: plain, and a reply. */
const REPLY: MessageType = 19;
const WRITTEN = new Set([0, REPLY]);
/** Messages read back that are remembered, so that the gateway's copy is not passed on again. */
const MOST_CAUGHT = 5_000;
/** Channels of direct messages that are remembered. */
const MOST_DIRECT = 500;

type Message = APIMessage & Partial<Pick<GatewayMessageCreateDispatchData, 'guild_id' | 'member'>>;

export interface IntakeParts {
  readonly library: Library;
  readonly rest: REST;
  readonly options: Pick<DiscordOptions, 'rooms' | 'mayWriteDirect' | 'state' | 'report' | 'people'>;
  readonly channels: Channels;
  readonly botId: string;
  /** Whether a text begins with a mention of the bot. */
  readonly isCalled: (text: string) => boolean;
  /** Gives a message to the sink; never throws. */
  readonly take: (message: IncomingMessage, channel: string) => void;
  readonly noticed: (nonce: string | number | undefined, id: string) => void;
  readonly patient: Patient;
}

/** Messages that people write, as they come and as they were missed. */
export interface Intake {
  /** Calls `taken` once the message is with the sink, or was none for it. */
  message(message: Message, taken: () => void): void;
  /** Notes the present position of each new room, so that nothing written from now on is missed. */
  prepare(): Promise<void>;
  /** Reads what was written in the served rooms since the last message seen. Problems by room. */
  catchUp(): Promise<ReadonlyMap<string, unknown>>;
  /** The same for one room. Rejects if it can't be read. */
  catchUpRoom(room: string): Promise<void>;
  /** Reads what was written in a thread, of whose room it is, since the last message seen. */
  catchUpThread(thread: string, lastMessage: string | null | undefined): Promise<void>;
  /** A conversation with one person, of which all after the message `last` is read after an absence too. */
  knowDirect(channel: string, last: string | null): void;
  idle(): Promise<void>;
}

export function intake({ library, rest, options, channels, botId, isCalled, take, noticed, patient }: IntakeParts): Intake {
  const { Routes } = library;
  const { state, people = NOBODY_KNOWN } = options;
  const turns = queues();
  const places: Pick<Channels, 'known'> = channels;

  const seen = (channel: string): string | null => state.get(`seen:${channel}`);
  const see = (channel: string, id: string): void => {
    const last = seen(channel);
    if (last === null || isLater(id, last)) state.set(`seen:${channel}`, id);
  };
  /** What was last seen when the last catching up began. */
  const before = new Map<string, string>();
  /** Read back already, and perhaps still to come on the gateway. */
  const caught = new Set<string>();
  const directs = (): string[] => JSON.parse(state.get('directs') ?? '[]') as string[];

  /** A message says itself how those are called whom it mentions. */
  const mentionedIn =
    ({ mentions = [] }: { readonly mentions?: readonly APIUser[] }) =>
    (id: string): string | null => {
      const user = mentions.find((one) => one.id === id);
      if (id === botId) return null;
      return people.nameOf(id) ?? (user === undefined ? null : senderOf(user).name);
    };
  const isOurs = (message: Message): boolean =>
    // Read back after an absence it shows what it was edited to, and an edit is never a command.
    (message.edited_timestamp ?? null) === null &&
    WRITTEN.has(message.type) &&
    message.author.bot !== true &&
    message.webhook_id === undefined &&
    message.author.id !== botId;
  const give = (message: Message, channel: string, place: Place | null): void => {
    const at = place === null ? addressOf(channel, null) : addressOf(place.room, place.thread);
    const ingress = place === null ? 'direct' : 'message';
    const sender = senderOf(message.author, message.member?.nick);
    const written = { id: message.id, at, sender, ingress, text: withNames(message.content, mentionedIn(message)) } as const;
    if (isOurs(message)) people.called(sender.id, sender.name);
    const files = filesIn(message.attachments);
    if (isOurs(message)) take({ ...written, ...around(message, place), ...(files.length === 0 ? {} : { files }) }, channel);
    see(channel, message.id);
  };
  const knowDirect = (channel: string): void => {
    const known = directs();
    if (!known.includes(channel)) state.set('directs', JSON.stringify([...known, channel].slice(-MOST_DIRECT)));
  };
  const direct = (message: Message): void => {
    if (!isOurs(message) || !options.mayWriteDirect(message.author.id)) return;
    knowDirect(message.channel_id);
    give(message, message.channel_id, null);
  };
  const inGuild = (message: Message, place: Place): void => {
    if (options.rooms().has(place.room)) return give(message, message.channel_id, place);
    // Whoever calls the bot in a channel that it does not serve is told so; of what else is said there it takes nothing.
    if (isOurs(message) && isCalled(message.content))
      take(
        {
          id: message.id,
          at: addressOf(place.room, place.thread),
          sender: senderOf(message.author),
          ingress: 'message',
          text: message.content,
        },
        message.channel_id,
      );
  };

  /** Everything after `after`, oldest first; a room that was very busy meanwhile begins later, which is reported. */
  const missed = async (channel: string, after: string): Promise<APIMessage[]> => {
    const found: APIMessage[] = [];
    for (let last = after; ;) {
      const query = new URLSearchParams({ after: last, limit: String(LIMITS.page) });
      // What comes meanwhile in that channel waits behind it: nothing that was seen is ahead of what was missed.
      const page = (await patient.read(() => rest.get(Routes.channelMessages(channel), { query }))) as APIMessage[];
      const inOrder = page.toSorted((one, other) => (isLater(one.id, other.id) ? 1 : -1));
      found.push(...inOrder);
      last = inOrder.at(-1)?.id ?? last;
      if (page.length < LIMITS.page) break;
    }
    if (found.length > CHOSEN.missed) {
      options.report(
        new Error(`${found.length} messages were written in ${channel} while Musher was away; the last ${CHOSEN.missed} were read.`),
      );
    }
    const read = found.slice(-CHOSEN.missed);
    for (const { id } of read) caught.add(id);
    for (const id of caught) if (caught.size > MOST_CAUGHT) caught.delete(id);
    return read;
  };
  /** The first time: from here on, nothing older. Asked for also to learn whether the channel can be seen at all. */
  const begin = async (room: string): Promise<void> => {
    const channel = (await rest.get(Routes.channel(room))) as { readonly last_message_id?: string | null };
    if (seen(room) === null) state.set(`seen:${room}`, channel.last_message_id ?? '0');
  };
  const readRoom = async (room: string): Promise<void> => {
    const after = seen(room);
    if (after === null) return begin(room);
    for (const message of await missed(room, after)) give(message, room, { room, thread: null });
  };

  return {
    message(message, taken) {
      if (message.author.id === botId) noticed(message.nonce, message.id);
      const channel = message.channel_id;
      const place = message.guild_id === undefined ? null : places.known(channel);
      const pass = (where: Place | null): void => {
        if (caught.delete(message.id)) return;
        if (where === null) direct(message);
        else inGuild(message, where);
      };
      // At once if possible, so that the acknowledgement is never ahead of what is stored.
      if (!turns.busy(channel) && (message.guild_id === undefined || place !== null)) {
        pass(place);
        taken();
        return;
      }
      turns
        .run(channel, async () => pass(message.guild_id === undefined ? null : await channels.find(channel)))
        .then(taken, (error: unknown) => {
          options.report(error);
          taken();
        });
    },

    async prepare() {
      const unseen = [...options.rooms()].filter((room) => seen(room) === null);
      // Failures show up again, and are reported, when the rooms are read.
      await Promise.allSettled(unseen.map(begin));
    },

    async catchUp() {
      const problems = new Map<string, unknown>();
      const rooms = [...options.rooms()];
      for (const room of rooms) before.set(room, seen(room) ?? '');
      await Promise.all(
        rooms.map((room) => turns.run(room, () => readRoom(room)).catch((error: unknown) => void problems.set(room, error))),
      );
      for (const channel of directs()) {
        const after = seen(channel);
        if (after === null) continue;
        await turns
          .run(channel, async () => {
            for (const message of await missed(channel, after)) direct(message);
          })
          .catch(options.report);
      }
      return problems;
    },

    catchUpRoom: (room) => turns.run(room, () => readRoom(room)),

    async catchUpThread(thread, lastMessage) {
      const place = places.known(thread);
      if (place?.thread !== thread || !options.rooms().has(place.room) || typeof lastMessage !== 'string') return;
      // Ids are in the order of time everywhere: what is new in the thread is later than what was seen in its room.
      const after = seen(thread) ?? before.get(place.room) ?? seen(place.room) ?? '';
      if (after === '' || !isLater(lastMessage, after)) return;
      await turns
        .run(thread, async () => {
          for (const message of await missed(thread, after)) give(message, thread, place);
        })
        .catch(options.report);
    },

    knowDirect(channel, last) {
      knowDirect(channel);
      // What was said before was not read then, and is not obeyed now.
      if (seen(channel) === null) state.set(`seen:${channel}`, last ?? '0');
    },

    idle: () => turns.idle(),
  };
}

/** What a message replies to, and the message that its thread is under: a thread has that one's id. */
function around({ type, message_reference: reference }: Message, place: Place | null): Pick<IncomingMessage, 'replyTo' | 'threadRoot'> {
  const thread = place?.thread ?? null;
  const replied = type === REPLY ? reference?.message_id : undefined;
  return {
    ...(replied === undefined ? {} : { replyTo: thread === null ? replied : `${thread}/${replied}` }),
    ...(thread === null ? {} : { threadRoot: thread }),
  };
}

function isLater(id: string, than: string): boolean {
  return BigInt(id) > BigInt(than);
}
