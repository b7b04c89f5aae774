import type { Sessions, Session } from '../../../transports/sessions.ts';
import type { Answer } from '../../../transports/views.ts';
import { digestOf, newSecret, sessionEnd } from '../../bot/page/links.ts';
import { idBehind } from '../../bot/page/windows.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log/log.ts';
import type { WindowMessage } from '../../log/tables/window-messages.ts';
import type { Window } from '../../log/tables/windows.ts';

/** That a session is used is written down so often at most, in ms. */
const SEEN_EVERY = 5 * 60_000;
/** Answers that a page shows. */
const MOST_SHOWN = 100;

/** The sessions on the page of a network, kept in the log. */
export function sessionsOf(log: Log, clock: Clock, network: string): Sessions {
  const { windows, windowMessages } = log;
  const sessionOf = ({ id, asker }: Window): Session => ({
    room: id,
    sender: { transport: network, id: idBehind(asker), name: asker.name },
  });
  return {
    enter(token, browser) {
      const secret = newSecret();
      const id = newSecret().slice(0, 16);
      return log.transaction((tx) => {
        const asker = tx.windows.takeLink(digestOf(token), tx.now);
        if (asker === null) return null;
        const opened = tx.windows.open({ id, asker, browser, expiresAt: sessionEnd(tx.now, tx.now) }, digestOf(secret), tx.now);
        return { secret, session: sessionOf(opened) };
      });
    },
    bySecret(secret) {
      const now = clock.now();
      const found = windows.byDigest(digestOf(secret), now);
      if (found === null) return null;
      if (now - found.seenAt >= SEEN_EVERY) windows.seen(found.id, now, sessionEnd(found.createdAt, now));
      return sessionOf(found);
    },
    byRoom(room) {
      const found = windows.byId(room, clock.now());
      return found === null ? null : sessionOf(found);
    },
    end(room) {
      log.transaction((tx) => {
        tx.windows.end(room);
        tx.afterCommit(() => windows.ended(room));
      });
    },
    onEnded: (listener) => windows.onEnded(listener),
    keep(room, key, parts) {
      if (windows.byId(room, clock.now()) === null) return null;
      return log.transaction(() => windowMessages.put(room, key, parts, clock.now()).map(toAnswer));
    },
    change(id, body) {
      const changed = windowMessages.edit(Number(id), body);
      return changed === null ? null : toAnswer(changed);
    },
    answers: (room) => windowMessages.of(room, MOST_SHOWN).map(toAnswer),
  };
}

function toAnswer({ id, at, body }: WindowMessage): Answer {
  return { id: String(id), at, body };
}
