import type { RoomTrouble } from '../transport.ts';

/** What to do if a room can't be reached. */
const HINT =
  'Invite the bot to the server and give it access to the channel and its history, or fix the id in bot.toml. (NETWORK_ROOM_MISSING)';

export interface ReachParts {
  readonly rooms: () => ReadonlySet<string>;
  /** Reads the messages of a room since the last one seen there; rejects if the room can't be read. */
  readonly read: (room: string) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** Which of the served rooms can't be read, as Discord shows it: at a start, and as the bot is put out of them and let in. */
export interface Reach {
  /** What a look at all rooms found: the errors by room. */
  looked(problems: ReadonlyMap<string, unknown>): void;
  /** The room belongs to that server and is there: one that was out of reach is read, which has ended when this resolves. */
  shown(room: string, guild: string): Promise<void>;
  heard(room: string): void;
  roomGone(room: string): void;
  guildGone(guild: string): void;
  troubles(): RoomTrouble[];
}

export function reachOf({ rooms, read, report }: ReachParts): Reach {
  const lost = new Map<string, string>();
  const guilds = new Map<string, string>();
  const lose = (room: string, what: string, cause?: unknown): void => {
    if (!rooms().has(room) || lost.has(room)) return;
    lost.set(room, what);
    report(new Error(`${what} (room ${room} of Discord)`, { cause }));
  };
  return {
    looked(problems) {
      for (const room of lost.keys()) if (!problems.has(room)) lost.delete(room);
      for (const [room, error] of problems) lose(room, 'Musher cannot read it.', error);
    },
    async shown(room, guild) {
      guilds.set(room, guild);
      if (!lost.has(room)) return;
      // If it can't be read, it is still reported as unreachable.
      await read(room).then(
        () => lost.delete(room),
        () => false,
      );
    },
    heard: (room) => void lost.delete(room),
    roomGone: (room) => lose(room, 'The channel was deleted, or Musher lost access to it.'),
    guildGone(guild) {
      for (const [room, of] of guilds) if (of === guild) lose(room, 'Musher was removed from the server.');
    },
    troubles: () => [...lost].map(([room, what]) => ({ room, why: `${what} ${HINT}` })),
  };
}
