import type { Clock } from '../../../src/clock.ts';
import type { Call } from '../homeserver.ts';
import { MATRIX_LIMITS } from '../limits.ts';
import { path } from '../paths.ts';

/** The typing notice of each room: shown while at least one message there is being worked on. */
export interface Typing {
  show(room: string, working: boolean): Promise<void>;
  /** Takes all notices back. */
  stop(): Promise<void>;
}

interface Working {
  messages: number;
  /** Ends the renewing of the notice. */
  cancel: () => void;
}

export function typing(call: Call, clock: Clock, me: string): Typing {
  const rooms = new Map<string, Working>();

  const tell = async (room: string, is: boolean): Promise<void> => {
    const body = is ? { typing: true, timeout: MATRIX_LIMITS.typing } : { typing: false };
    try {
      await call({ method: 'PUT', path: path`/rooms/${room}/typing/${me}`, body });
    } catch {
      // A courtesy: it ends by itself.
    }
  };
  const keep = async (room: string, working: Working): Promise<void> => {
    working.cancel = clock.at(clock.now() + MATRIX_LIMITS.typing - MATRIX_LIMITS.typingRenewal, () => void keep(room, working));
    await tell(room, true);
  };
  const end = async (room: string, working: Working): Promise<void> => {
    working.cancel();
    rooms.delete(room);
    await tell(room, false);
  };

  return {
    async show(room, starts) {
      const working = rooms.get(room);
      if (starts && working !== undefined) working.messages += 1;
      if (starts && working === undefined) {
        const first: Working = { messages: 1, cancel: () => {} };
        rooms.set(room, first);
        await keep(room, first);
      }
      if (starts || working === undefined) return;
      working.messages -= 1;
      if (working.messages === 0) await end(room, working);
    },
    async stop() {
      await Promise.all([...rooms].map(([room, working]) => end(room, working)));
    },
  };
}
