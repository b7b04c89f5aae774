import type { REST } from 'discord.js';
import type { Clock } from '../../../src/clock.ts';
import { CHOSEN } from '../limits.ts';
import type { Library } from '../rest.ts';

/** Shows in channels that Musher is typing, for as long as anything is worked on there. */
export interface Typing {
  show(channel: string, of: string): void;
  end(channel: string, of: string): void;
  stop(): void;
}

export function typing(library: Library, rest: REST, clock: Clock): Typing {
  const channels = new Map<string, { readonly of: Set<string>; readonly since: number; cancel: () => void }>();
  const again = (channel: string): void => {
    const shown = channels.get(channel);
    if (shown === undefined) return;
    if (clock.now() - shown.since > CHOSEN.longestTypingMs) {
      channels.delete(channel);
      return;
    }
    // If it fails, nobody misses it.
    rest.post(library.Routes.channelTyping(channel)).catch(() => {});
    shown.cancel = clock.at(clock.now() + CHOSEN.typingMs, () => again(channel));
  };
  return {
    show(channel, of) {
      const shown = channels.get(channel);
      if (shown !== undefined) {
        shown.of.add(of);
        return;
      }
      channels.set(channel, { of: new Set([of]), since: clock.now(), cancel: () => {} });
      again(channel);
    },
    end(channel, of) {
      const shown = channels.get(channel);
      if (shown === undefined || !shown.of.delete(of) || shown.of.size > 0) return;
      shown.cancel();
      channels.delete(channel);
    },
    stop() {
      for (const { cancel } of channels.values()) cancel();
      channels.clear();
    },
  };
}
