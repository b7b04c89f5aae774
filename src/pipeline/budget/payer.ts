import type { ItemEvent } from '../events.ts';
import type { Actor } from '../events.ts';

/** What a person does to an item so that work on it begins or goes on. */
const SENDS_ON: ReadonlySet<ItemEvent['kind']> = new Set([
  'item.created',
  'item.queued',
  'item.moved',
  'item.released',
  'item.attempts_reset',
  'item.accepted',
]);

/**
 * The person whose budget an item's next run counts for: whoever last sent it on; at first who created it. What Musher
 * and agents do by themselves (a start when dependencies are met, say) changes nobody's account. Null: no person ever did.
 */
export function payerAfter(before: Actor | null, { kind, actor }: Pick<ItemEvent, 'kind' | 'actor'>): Actor | null {
  return SENDS_ON.has(kind) && isPerson(actor) ? actor : before;
}

function isPerson(actor: Actor): boolean {
  return actor !== 'musher' && !actor.startsWith('agent:');
}
