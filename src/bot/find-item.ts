import type { Reads } from '../log/reads/reads.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { err, ok, type Result } from '../result.ts';
import type { ItemRef } from './parse/arguments.ts';
import { itemDeleted, noItemsYet, noSuchItem } from '../words/bot/finding.ts';
import { itemName } from '../words/item/item.ts';
import type { Reply } from '../words/reply.ts';

/** How far from a number that doesn't exist to look for others. */
const REACH = 5;

/** The item of a number, even if it was deleted. The error is the reply, with numbers near it. */
export function findAnyItem(
  reads: Reads,
  ref: ItemRef,
  find: (project: string, number: number) => WorkItem | null,
): Result<WorkItem, Reply> {
  const item = find(ref.project, ref.number);
  if (item !== null) return ok(item);
  const last = reads.lastNumber(ref.project);
  if (last === 0) return err(noItemsYet(ref.project));
  return err(noSuchItem(ref.project, ref.number, reads.near(ref.project, ref.number, REACH), last));
}

/** Like `findAnyItem`, but refuses deleted items. `current` is the room's project: items of others are named in full. */
export function findItem(
  reads: Reads,
  ref: ItemRef,
  find: (project: string, number: number) => WorkItem | null,
  current: string,
): Result<WorkItem, Reply> {
  const found = findAnyItem(reads, ref, find);
  if (!found.ok || found.value.deletedAt === null) return found;
  return err(itemDeleted(itemName(ref, current)));
}
