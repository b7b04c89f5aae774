import { command, type CommandContext } from '../../src/bot/command.ts';
import { notificationsCell, quietHoursCell } from '../../src/words/bot/notifications.ts';
import { answer } from '../../src/words/replies.ts';
import { command as typed, doc, list, paragraph, table } from '../../src/message/build.ts';
import type { RoomState } from '../../src/decide/room-state.ts';

export const rooms = command({
  words: ['rooms'],
  summary: 'Lists the rooms with their project, notifications and state.',
  details: 'The column `Set by` shows where the notifications were set: `file` is bot.toml, `chat` is `subscribe` or `unsubscribe`.',
  examples: ['rooms'],
  args: {},
  role: 'viewer',
  run(context) {
    // Rooms of projects that the sender can't see are left out.
    const seen = context.rooms().filter(({ project }) => project === null || context.projects.some(({ name }) => name === project));
    const networks = new Map(context.networks().map((network) => [network.name, network]));
    const trouble = (room: RoomState): string | null =>
      networks.get(room.transport)?.unsent.find((one) => one.room === room.id)?.why ?? null;
    const reached = (room: RoomState): string => {
      const { state } = networks.get(room.transport) ?? { state: 'not configured' };
      return state === 'online' && trouble(room) !== null ? 'unreachable' : state;
    };
    const troubles = seen.flatMap((room) => {
      const why = trouble(room);
      return why === null ? [] : [`${room.name}: ${why}`];
    });
    return answer(
      doc(
        table(
          ['Room', 'Project', 'Notifications', 'Quiet hours', 'Set by', 'State'],
          seen.map((room) => [
            `${room.name}${isHere(context, room) ? ' (here)' : ''}`,
            room.project === null ? 'all' : `${room.project}${context.reads.pauses.get(room.project) === null ? '' : ' (paused)'}`,
            notificationsCell(room),
            quietHoursCell(room),
            room.saidBy,
            reached(room),
          ]),
        ),
        troubles.length > 0 && list(troubles),
        paragraph(typed('subscribe'), ' and ', typed('unsubscribe'), ' change the notifications of this room.'),
      ),
    );
  },
});

function isHere({ at }: Pick<CommandContext, 'at'>, room: RoomState): boolean {
  return room.transport === at.transport && room.id === at.room;
}
