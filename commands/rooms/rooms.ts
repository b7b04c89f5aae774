import type { RoomState } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { toldOf } from '../../src/bot/parse/arguments-room.ts';
import { answer } from '../../src/words/replies.ts';
import { code, doc, list, paragraph, table } from '../../src/message/build.ts';

export const rooms = command({
  words: ['rooms'],
  summary: 'Lists the rooms: their project, what they are told and how, and whether they can be reached.',
  details: 'Says where that was set: in bot.toml (`file`), or from chat by `subscribe` and `unsubscribe`.',
  examples: ['rooms'],
  args: {},
  role: 'viewer',
  run(context) {
    // A room of a project that one may not see is nobody's business here.
    const seen = context.rooms().filter(({ project }) => project === null || context.projects.some(({ name }) => name === project));
    const networks = new Map(context.networks().map((network) => [network.name, network]));
    const trouble = (room: RoomState): string | null =>
      networks.get(room.transport)?.unsent.find((one) => one.room === room.id)?.why ?? null;
    const reached = (room: RoomState): string => {
      const { state } = networks.get(room.transport) ?? { state: 'not there' };
      return state === 'online' && trouble(room) !== null ? 'out of reach' : state;
    };
    const troubles = seen.flatMap((room) => {
      const why = trouble(room);
      return why === null ? [] : [`${room.name}: ${why}`];
    });
    return answer(
      doc(
        table(
          ['Room', 'Project', 'Told', 'Quiet', 'Set by', 'Now'],
          seen.map((room) => [
            `${room.name}${isHere(context, room) ? ' (here)' : ''}`,
            room.project ?? 'all',
            toldOf(room),
            room.quietHours === null ? 'never' : `${timeOfDay(room.quietHours.from)}–${timeOfDay(room.quietHours.to)}`,
            room.saidBy,
            reached(room),
          ]),
        ),
        troubles.length > 0 && list(troubles),
        paragraph(code('subscribe'), ' and ', code('unsubscribe'), ' change what this room is told.'),
      ),
    );
  },
});

function isHere({ at }: Pick<CommandContext, 'at'>, room: RoomState): boolean {
  return room.transport === at.transport && room.id === at.room;
}

/** Minutes after midnight as `22:00`. */
function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
