import { code } from '../message/build.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { err, ok, type Result } from '../result.ts';
import type { ItemRef } from './parse/arguments.ts';
import type { Reply } from './command.ts';
import { refused } from '../words/replies.ts';

/** Numbers this far from one that does not exist are named. */
const REACH = 5;

/** The item of a number, also a deleted one; the error is the reply that names near numbers. */
export function findAnyItem(
  reads: Reads,
  ref: ItemRef,
  find: (project: string, number: number) => WorkItem | null,
): Result<WorkItem, Reply> {
  const item = find(ref.project, ref.number);
  if (item !== null) return ok(item);
  const last = reads.lastNumber(ref.project);
  if (last === 0)
    return err(refused('no-such-item', `${ref.project} has no items yet. `, code('create story <title>'), ' makes the first one.'));
  const near = reads.near(ref.project, ref.number, REACH);
  const range = last === 1 ? 'The only number so far is 1.' : `Numbers go from 1 to ${last}.`;
  const hint = near.length > 0 ? `Near it are ${near.join(', ')}.` : range;
  return err(
    refused(
      'no-such-item',
      `There is no item ${ref.number} in ${ref.project}. ${hint} `,
      code('backlog'),
      ' and ',
      code('status'),
      ' list them.',
    ),
  );
}

/** As `findAnyItem`, but a deleted item is refused. */
export function findItem(reads: Reads, ref: ItemRef, find: (project: string, number: number) => WorkItem | null): Result<WorkItem, Reply> {
  const found = findAnyItem(reads, ref, find);
  if (!found.ok || found.value.deletedAt === null) return found;
  return err(
    refused(
      'deleted',
      `${ref.number} was deleted, and its number is never used again. `,
      code(`history ${ref.number}`),
      ' shows what became of it.',
    ),
  );
}
