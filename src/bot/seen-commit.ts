import type { WorkItem } from '../pipeline/types.ts';
import { word } from './parse/arguments.ts';
import type { Argument } from './parse/argument.ts';
import { itemName, itemTitle } from '../words/item/item.ts';
import { commitChanged } from '../words/bot/finding.ts';
import { parsing } from '../words/bot/parsing.ts';
import { short } from '../words/item/event.ts';
import type { Reply } from '../words/reply.ts';
import * as z from 'zod';

/** The commit that was reviewed. A button carries it, so that it can't approve anything newer. */
export function seenCommit(): Argument<string | null> {
  return word({
    schema: z.string().regex(/^[0-9a-fA-F]{7,40}$/, parsing.notACommit),
    description: 'The commit you looked at. Any other commit is not approved.',
    expects: 'a commit, like 1a2b3c4',
  }).optional();
}

/** The refusal if the item's commit isn't the reviewed one; null if it is, or if none was given. */
export function isAnother(seen: string | null, item: WorkItem, current: string): Reply | null {
  if (seen === null || item.work?.head.startsWith(seen.toLowerCase()) === true) return null;
  const now = item.work === null ? null : short(item.work.head);
  return commitChanged(itemTitle(item, current), itemName(item, current), short(seen), now);
}
