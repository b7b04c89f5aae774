import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import type { RoomState } from '../../src/bot/capabilities.ts';
import { done, refused } from '../../src/words/replies.ts';
import { mayChange, roomOf, roomWords, sameKinds } from '../../src/bot/rights/room-of.ts';
import { KINDS, roomRef, toldOf, wish, type Wish } from '../../src/bot/parse/arguments-room.ts';
import { code } from '../../src/message/build.ts';

export const subscribe = command({
  words: ['subscribe'],
  summary: 'Tells this room more of what happens, or in threads.',
  details:
    'Without a word the room is told everything. Kinds are added to what it is told already; `only` takes away all others. `in threads` gathers what happens to an item ' +
    'under its first message; a merge, a block and what waits for a person still stand in the room itself. ' +
    'What is said here counts until it is said otherwise, also after a restart; `default` goes back to what bot.toml says. ' +
    "Another room is named first, and needs an admin of its project. The room's project is set in bot.toml alone.",
  examples: ['subscribe', 'subscribe merges failures', 'subscribe only merges', 'subscribe in threads', 'subscribe default'],
  args: {
    room: roomRef('Another room, as `rooms` lists it; needs an admin of its project.').optional(),
    what: wish({ styles: true, description: 'What it is told, and how.' }).optional(),
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

/** What can't be meant. */
function misfit(room: RoomState, wanted: Wish): Reply | null {
  const others = wanted.kinds.length > 0 || wanted.style !== null || wanted.everything || wanted.only;
  if (wanted.asConfigured && others)
    return refused('default-alone', code('default'), ' goes back to what bot.toml says, and stands alone. Nothing was changed.');
  if (wanted.only && wanted.kinds.length === 0)
    return refused('only-what', code('only'), ` needs what it is: ${KINDS.join(', ')}. Nothing was changed.`);
  if (wanted.style === 'threads' && !room.hasThreads)
    return refused('no-threads', `The network of ${room.name} has no threads: each news is a message there. Nothing was changed.`);
  return null;
}

function change(context: CommandContext, room: RoomState, wanted: Wish): Reply {
  if (wanted.asConfigured) {
    if (room.saidBy === 'file') return refused('unchanged', `${roomWords(room)} is told what bot.toml says already: ${toldOf(room)}.`);
    return context.change((tx) => {
      tx.subscribe(room, { notify: null, style: null });
      const after = context.rooms().find((one) => one.transport === room.transport && one.id === room.id) ?? room;
      return done(`${roomWords(room)} is told what bot.toml says again: ${toldOf(after)}.`);
    });
  }
  const kinds = wanted.everything ? KINDS : wanted.only ? wanted.kinds : [...new Set([...room.notify, ...wanted.kinds])];
  const notify = KINDS.filter((kind) => kinds.includes(kind));
  const style = wanted.style ?? room.style;
  if (sameKinds(notify, room.notify) && style === room.style)
    return refused(
      'unchanged',
      `${roomWords(room)} is told that already: ${toldOf(room)}. `,
      code('unsubscribe <kinds>'),
      ' takes some of it away, ',
      code('subscribe only <kinds>'),
      ' all but some.',
    );
  return context.change((tx) => {
    tx.subscribe(room, {
      notify: sameKinds(notify, room.notify) ? room.said.notify : notify,
      style: wanted.style ?? room.said.style,
    });
    return done(`${roomWords(room)} is told ${toldOf({ notify, style, hasThreads: room.hasThreads })} from now on.`);
  });
}
