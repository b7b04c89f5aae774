import type { APIChannel, REST } from 'discord.js';
import type { Library } from './rest.ts';

/** Discord's numbers of channels that are threads. */
const THREADS = new Set([10, 11, 12]);

/** A channel of a guild by what counts here: a thread belongs to its room. */
export interface Place {
  readonly room: string;
  readonly thread: string | null;
}

/** Which channels are threads, and of what. */
export interface Channels {
  /** Null: not known yet, see `find`. */
  known(channel: string): Place | null;
  /** Asks Discord; null if the channel can't be seen. */
  find(channel: string): Promise<Place | null>;
  learn(channel: Pick<APIChannel, 'id' | 'type'> & { parent_id?: string | null | undefined }): Place;
}

/** `rooms` are not threads, so they are not asked for. */
export function channelsOf(library: Library, rest: REST, rooms: () => ReadonlySet<string>): Channels {
  const parents = new Map<string, Place>();
  const channels: Channels = {
    known: (channel) => (rooms().has(channel) ? { room: channel, thread: null } : (parents.get(channel) ?? null)),
    learn(channel) {
      const thread = THREADS.has(channel.type) && typeof channel.parent_id === 'string';
      const place = thread ? { room: channel.parent_id ?? channel.id, thread: channel.id } : { room: channel.id, thread: null };
      parents.set(channel.id, place);
      return place;
    },
    async find(channel) {
      const known = channels.known(channel);
      if (known !== null) return known;
      return channels.learn((await rest.get(library.Routes.channel(channel))) as APIChannel);
    },
  };
  return channels;
}
