import { code } from '../message/build.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { word } from './parse/arguments.ts';
import type { Argument } from './parse/argument.ts';
import type { Reply } from './command.ts';
import { itemName, itemTitle } from '../words/item.ts';
import { refused } from '../words/replies.ts';
import * as z from 'zod';

/** The commit that was looked at: a button carries it, so that it approves nothing that came since. */
export function seenCommit(): Argument<string | null> {
  return word({
    schema: z.string().regex(/^[0-9a-fA-F]{7,40}$/, 'A commit is named by at least 7 of its characters, like 1a2b3c4.'),
    description: 'The commit that was looked at; of another one nothing is approved.',
    expects: 'a commit, like 1a2b3c4',
  }).optional();
}

/** The refusal where an item has another commit than the one that was looked at; null: it has that one, or none was named. */
export function isAnother(seen: string | null, item: WorkItem, current: string): Reply | null {
  if (seen === null || item.work?.head.startsWith(seen.toLowerCase()) === true) return null;
  const now = item.work === null ? 'has no commits' : `is at ${item.work.head.slice(0, 10)} now`;
  return refused(
    'changed',
    `${itemTitle(item, current)} ${now}, and you looked at ${seen.slice(0, 10)}. Nothing was done; `,
    code(`diff ${itemName(item, current)}`),
    ' shows what it holds.',
  );
}
