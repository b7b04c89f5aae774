import type { Clock } from '../../../src/clock.ts';
import type { MessageRef } from '../../transport.ts';
import { HomeserverError, type Call } from '../homeserver.ts';
import { asObject, objectAt } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';
import { path } from '../paths.ts';
import { BoundedMap } from '../state.ts';

/**
 * Whether somebody deleted a message. A server takes edits of a deleted message too, and nobody ever sees them. It is asked
 * at most once in a while for each message, because live messages are edited often.
 */
export function goneMessages(call: Call, clock: Clock): (ref: MessageRef) => Promise<boolean> {
  const looked = new BoundedMap<{ readonly at: number; readonly gone: boolean }>(MATRIX_LIMITS.remembered);
  return async ({ room, id }) => {
    const before = looked.get(id);
    if (before !== undefined && (before.gone || clock.now() - before.at < MATRIX_LIMITS.goneMs)) return before.gone;
    try {
      const event = asObject(await call({ method: 'GET', path: path`/rooms/${room}/event/${id}` }));
      const gone = Object.hasOwn(objectAt(event, 'unsigned'), 'redacted_because');
      looked.set(id, { at: clock.now(), gone });
      return gone;
    } catch (error) {
      // What else is wrong the edit itself will say.
      return error instanceof HomeserverError && error.status === 404;
    }
  };
}
