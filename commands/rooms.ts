import type { RoomState } from '../src/bot/capabilities.ts';
import { command, type CommandContext } from '../src/bot/command.ts';
import { toldOf } from '../src/bot/told.ts';
import { answer } from '../src/bot/replies.ts';
import { code, doc, paragraph, table } from '../src/message/build.ts';

export const rooms = command({
  words: ['rooms'],
  summary: 'Lists the rooms: their project, what they are told and how, and whether their network is there.',
  details: 'Says where that was set: in bot.toml (`file`), or from chat by `subscribe` and `unsubscribe`.',
  examples: ['rooms'],
  args: {},
  role: 'viewer',
  run(context) {
    // A room of a project that one may not see is nobody's business here.
    const seen = context.rooms().filter(({ project }) => project === null || context.projects.some(({ name }) => name === project));
    const state = new Map(context.networks().map((network) => [network.name, network.state]));
    return answer(
      doc(
        table(
          ['Room', 'Project', 'Told', 'Quiet', 'Set by', 'Network'],
          seen.map((room) => [
            `${room.name}${isHere(context, room) ? ' (here)' : ''}`,
            room.project ?? 'all',
            toldOf(room),
            room.quietHours === null ? 'never' : `${timeOfDay(room.quietHours.from)}–${timeOfDay(room.quietHours.to)}`,
            room.saidBy,
            state.get(room.transport) ?? 'not there',
          ]),
        ),
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
