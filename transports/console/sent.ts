import type { MessageRef, SendKey } from '../transport.ts';

/** Keys that are remembered; an older one would show again, but the outbox has long forgotten it too. */
const MOST_KEYS = 10_000;

/** What was sent under which key, the oldest forgotten first. */
export interface SentKeys {
  get(key: SendKey): MessageRef[] | undefined;
  add(key: SendKey, refs: MessageRef[]): void;
}

export function sentKeys(most = MOST_KEYS): SentKeys {
  const byKey = new Map<SendKey, MessageRef[]>();
  return {
    get: (key) => byKey.get(key),
    add(key, refs) {
      byKey.set(key, refs);
      const oldest = byKey.size > most ? byKey.keys().next().value : undefined;
      if (oldest !== undefined) byKey.delete(oldest);
    },
  };
}
