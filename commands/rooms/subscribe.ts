import { command, type CommandContext } from '../../src/bot/command.ts';
import { notificationsOf } from '../../src/words/bot/notifications.ts';
import { done, refused } from '../../src/words/replies.ts';
import { mayChange, roomOf, sameKinds } from '../../src/bot/rights/room-of.ts';
import { KINDS, roomRef, wish, type Wish } from '../../src/bot/parse/arguments-room.ts';
import { command as typed } from '../../src/message/build.ts';
import type { Reply } from '../../src/words/reply.ts';
import type { RoomState } from '../../src/decide/room-state.ts';

export const subscribe = command({
  words: ['subscribe'],
  summary: 'Adds notifications to this room, or collects them in threads or cards.',
  details:
    'Without arguments it turns on everything. Kinds are added to the ones the room already gets; `only` drops all others. `in threads` collects what happens to an item ' +
    'under its first message; merges, blocked items and items that need a person still appear in the room itself. `in cards` keeps one live message for each item instead, edited in place: the default where the network can. `in messages` sends a message for each step. ' +
    'The setting survives a restart; `default` returns to bot.toml. ' +
    'To change another room, name it first; that takes an admin of its project.',
  examples: [
    'subscribe',
    'subscribe merges failures',
    'subscribe only merges',
    'subscribe in threads',
    'subscribe in cards',
    'subscribe in messages',
    'subscribe default',
  ],
  args: {
    room: roomRef('Another room from `rooms`; takes an admin of its project.').optional(),
    what: wish({ styles: true, description: 'Which notifications, and how.' }).optional(),
  },
  role: 'operator',
  run(context, { room: named, what }) {
    const found = roomOf(context, named);
    if (!found.ok) return found.error;
    const room = found.value;
    const wanted: Wish = what ?? { kinds: [], style: null, only: false, everything: true, asConfigured: false };
    return (
      mayChange(context, room, named === null ? 'subscribe' : `subscribe ${room.name}`) ??
      misfit(room, wanted) ??
      change(context, room, wanted)
    );
  },
});

/** Refuses combinations that contradict themselves. */
function misfit(room: RoomState, wanted: Wish): Reply | null {
  const others = wanted.kinds.length > 0 || wanted.style !== null || wanted.everything || wanted.only;
  if (wanted.asConfigured && others)
    return refused('default-alone', typed('subscribe default'), ' returns to bot.toml and takes nothing else.');
  if (wanted.only && wanted.kinds.length === 0)
    return refused('only-what', 'Only what? For example ', typed('subscribe only merges'), `. Kinds: ${KINDS.join(', ')}.`);
  if (wanted.style === 'threads' && !room.hasThreads)
    return refused('no-threads', `The network of ${room.name} has no threads, so each notification is a message there.`);
  if (wanted.style === 'cards' && !room.hasEdits)
    return refused('no-cards', `The network of ${room.name} can’t edit messages, so each notification is a message there.`);
  return null;
}

function change(context: CommandContext, room: RoomState, wanted: Wish): Reply {
  if (wanted.asConfigured) {
    if (room.saidBy === 'file') return refused('unchanged', `${room.name} already follows bot.toml: ${notificationsOf(room)}.`);
    return context.change((tx) => {
      tx.subscribe(room, { notify: null, style: null });
      const after = context.rooms().find((one) => one.transport === room.transport && one.id === room.id) ?? room;
      return done(`${room.name} follows bot.toml again: ${notificationsOf(after)}.`);
    });
  }
  const kinds = wanted.everything ? KINDS : wanted.only ? wanted.kinds : [...new Set([...room.notify, ...wanted.kinds])];
  const notify = KINDS.filter((kind) => kinds.includes(kind));
  const style = wanted.style ?? room.style;
  if (wanted.style === 'cards' && !notify.includes('stages'))
    return refused(
      'no-stages',
      `Cards show the stages of items, and ${room.name} gets none. `,
      typed('subscribe stages in cards'),
      ' adds them.',
    );
  if (sameKinds(notify, room.notify) && style === room.style)
    return refused(
      'unchanged',
      `${room.name} already gets ${notificationsOf(room)}. `,
      typed('unsubscribe <kinds>'),
      ' turns some off, ',
      typed('subscribe only <kinds>'),
      ' keeps only some.',
    );
  return context.change((tx) => {
    tx.subscribe(room, {
      notify: sameKinds(notify, room.notify) ? room.said.notify : notify,
      style: wanted.style ?? room.said.style,
    });
    return done(`${room.name} now gets ${notificationsOf({ notify, style, hasThreads: room.hasThreads })}.`);
  });
}
