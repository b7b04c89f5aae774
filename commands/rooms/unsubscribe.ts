import { command } from '../../src/bot/command.ts';
import { notificationsOf } from '../../src/words/bot/notifications.ts';
import { done, refused } from '../../src/words/replies.ts';
import { mayChange, roomOf, sameKinds } from '../../src/bot/rights/room-of.ts';
import { roomRef, wish } from '../../src/bot/parse/arguments-room.ts';
import { command as typed } from '../../src/message/build.ts';

export const unsubscribe = command({
  words: ['unsubscribe'],
  summary: 'Turns off notifications of this room, some or all.',
  details:
    '`limits` are notices about rate limits of accounts. Commands typed in the room still get their reply. The setting survives a restart until `subscribe` changes it. To change another room, name it first; that takes an admin of its project.',
  examples: ['unsubscribe', 'unsubscribe stages', 'unsubscribe failures merges', 'unsubscribe limits'],
  args: {
    room: roomRef('Another room from `rooms`; takes an admin of its project.').optional(),
    kinds: wish({ styles: false, description: 'Which to turn off; all of them by default.' }).optional(),
  },
  role: 'operator',
  run(context, { room: named, kinds }) {
    const found = roomOf(context, named);
    if (!found.ok) return found.error;
    const room = found.value;
    const problem = mayChange(context, room, named === null ? 'unsubscribe' : `unsubscribe ${room.name}`);
    if (problem !== null) return problem;
    const notify = kinds === null ? [] : room.notify.filter((kind) => !kinds.kinds.includes(kind));
    if (sameKinds(notify, room.notify)) return refused('unchanged', `${room.name} doesn’t get those; it gets ${notificationsOf(room)}.`);
    // Someone who turns off merges but still sees stage changes would think that nothing happened.
    const still = (kinds?.kinds ?? []).some((kind) => kind !== 'stages' && kind !== 'limits') && notify.includes('stages');
    return context.change((tx) => {
      tx.subscribe(room, { notify, style: room.said.style });
      const now = `${room.name} now gets ${notificationsOf({ ...room, notify })}. `;
      if (still) return done(now, 'That includes every stage change; ', typed('unsubscribe stages'), ' turns those off too.');
      return done(now, typed('subscribe'), ' turns everything on again.');
    });
  },
});
