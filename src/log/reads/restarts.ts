import type { Reads } from './reads.ts';

/** Events looked at: between a request and the start that answers it there are only the ends and starts of parts. */
const LOOKED_AT = 1_000;

/** The messages (rows of the inbox) in which people asked for a restart lately. */
export function restartsAsked(reads: Pick<Reads, 'events' | 'lastSeq'>): ReadonlySet<number> {
  const events = reads.events(Math.max(0, reads.lastSeq() - LOOKED_AT), LOOKED_AT);
  return new Set(
    events.flatMap(({ kind, cause }) => (kind === 'musher.restart_asked' && cause !== null ? [Number(cause.replace('inbox:', ''))] : [])),
  );
}
