import { command } from '../../src/bot/command.ts';
import { done, refused } from '../../src/words/replies.ts';
import { mayChange, roomOf, roomWords, sameKinds } from '../../src/bot/rights/room-of.ts';
import { roomRef, toldOf, wish } from '../../src/bot/parse/arguments-room.ts';
import { code } from '../../src/message/build.ts';

export const unsubscribe = command({
  words: ['unsubscribe'],
  summary: 'Tells this room less of what happens, or nothing.',
  details:
    'Commands typed in the room are answered as before. It counts until `subscribe` says otherwise, also after a restart. Another room is named first, and needs an admin of its project.',
  examples: ['unsubscribe', 'unsubscribe stages', 'unsubscribe failures merges'],
  args: {
    room: roomRef('Another room, as `rooms` lists it; needs an admin of its project.').optional(),
    kinds: wish({ styles: false, description: 'What it is told no more; all, where nothing is named.' }).optional(),
  },
  role: 'operator',
  run(context, { room: named, kinds }) {
    const found = roomOf(context, named);
    if (!found.ok) return found.error;
    const room = found.value;
    const problem = mayChange(context, room, named === null ? 'unsubscribe' : `unsubscribe ${room.name}`);
    if (problem !== null) return problem;
    const notify = kinds === null ? [] : room.notify.filter((kind) => !kinds.kinds.includes(kind));
    if (sameKinds(notify, room.notify)) return refused('unchanged', `${roomWords(room)} is not told that: it is told ${toldOf(room)}.`);
    // Whoever takes merges away and goes on reading of them would think that nothing was done.
    const still = (kinds?.kinds ?? []).some((kind) => kind !== 'stages') && notify.includes('stages');
    return context.change((tx) => {
      tx.subscribe(room, { notify, style: room.said.style });
      const now = `${roomWords(room)} is told ${toldOf({ ...room, notify })} from now on. `;
      if (still) return done(now, 'Every move of an item is still told, as a stage: ', code('unsubscribe stages'), ' ends that.');
      return done(now, code('subscribe'), ' brings it back.');
    });
  },
});
