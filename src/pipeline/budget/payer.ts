import type { ItemEvent } from '../events.ts';
import { KINDS } from '../kinds.ts';
import { isPerson, type Actor } from '../actor.ts';

/**
 * The person whose budget an item's next run counts for: whoever last sent it on; at first who created it. What Musher
 * and agents do by themselves (a start when dependencies are met, say) changes nobody's account. Null: no person ever did.
 */
export function payerAfter(before: Actor | null, { kind, actor }: Pick<ItemEvent, 'kind' | 'actor'>): Actor | null {
  return KINDS[kind].paid && isPerson(actor) ? actor : before;
}
