import type { Call } from './homeserver.ts';
import { MATRIX_LIMITS } from './limits.ts';
import { path } from './paths.ts';

/** The typing notice of each room: shown while at least one message there is being worked on. */
export interface Typing {
  show(room: string, working: boolean): Promise<void>;
  /** Takes all notices back. */
  stop(): Promise<void>;
}

export function typing(call: Call, me: string): Typing {
  const working = new Map<string, number>();
  const tell = async (room: string, is: boolean): Promise<void> => {
    const body = is ? { typing: true, timeout: MATRIX_LIMITS.typing } : { typing: false };
    try {
      await call({ method: 'PUT', path: path`/rooms/${room}/typing/${me}`, body });
    } catch {
      // A courtesy: it ends by itself, and nobody waits for it.
    }
  };
  return {
    async show(room, starts) {
      const before = working.get(room) ?? 0;
      const now = Math.max(0, before + (starts ? 1 : -1));
      if (now === 0) working.delete(room);
      else working.set(room, now);
      if (before === 0 || now === 0) await tell(room, now > 0);
    },
    async stop() {
      const rooms = [...working.keys()];
      working.clear();
      await Promise.all(rooms.map((room) => tell(room, false)));
    },
  };
}
