import { createHash } from 'node:crypto';
import type { ItemNumber } from '../pipeline/values.ts';

/** All branches of Musher stand below this. */
export const BRANCH_PREFIX = 'musher/';
/** Longest slug in characters: the number before it makes the branch unique, the slug is for people. */
const SLUG_LENGTH = 40;

/**
 * A title as `[a-z0-9-]`, 1 to 40 characters, whatever people typed. Two different titles may share a slug;
 * branches stay distinct by the item's number.
 */
export function slug(title: string): string {
  // The dot never survives, so neither `..` nor a trailing `.lock` can appear.
  const plain = title
    .slice(0, 1000)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH + 1)
    .replace(/^-+/, '')
    .slice(0, SLUG_LENGTH)
    .replace(/-+$/, '');
  return plain === '' ? 'item' : plain;
}

/** `musher/42-add-a-cart-3f9a1c2e`; `mark` names the log and the project, see `Origin`. `n`: where the name is taken, from 2. */
export function branchName(item: ItemNumber, title: string, mark: string, n = 1): string {
  return `${BRANCH_PREFIX}${item}-${slug(title)}${n === 1 ? '' : `-${n}`}-${mark}`;
}

/** Whether a branch has the form that Musher gives to this item's branches. */
export function isBranchOf(item: ItemNumber, branch: string): boolean {
  return branch.startsWith(`${BRANCH_PREFIX}${item}-`) && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(branch.slice(BRANCH_PREFIX.length));
}

/** A folder name for a project: its own name where that is safe on every file system, else a slug and a hash. */
export function folderName(project: string): string {
  const safe = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(project) && !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(project);
  return safe ? project : `${slug(project)}-${shortHash(project)}`;
}

/** Eight hexadecimal characters that stand for a text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** By what a project's branches, snapshots and merges are known as those of its own log. */
export interface Origin {
  /** Eight hexadecimal digits that no other log and no other project has; null: the log is empty, and has made nothing yet. */
  readonly mark: () => string | null;
  /** Whether an older version, which marked nothing, may have worked on an item; `title`: as the log has it. */
  readonly old: (item: ItemNumber) => { readonly title: string } | null;
}

/** The mark of a project whose log holds something. */
export function markOf(origin: Origin): string {
  const mark = origin.mark();
  if (mark === null) throw new Error('an empty log has no items to work on');
  return mark;
}

/** Whether a branch is named as this log names those of an item: with its mark, or without any where an older version may have made it. */
export function isMarked(origin: Origin, item: ItemNumber, branch: string): boolean {
  const mark = origin.mark();
  if (mark !== null && branch.endsWith(`-${mark}`)) return true;
  return !hasMark(branch) && origin.old(item) !== null;
}

/** Whether a branch has the mark of another log or project. A title may end so, too: then it is left alone as well. */
export function isStrangers(origin: Origin, branch: string): boolean {
  return hasMark(branch) && !branch.endsWith(`-${origin.mark() ?? ''}`);
}

function hasMark(branch: string): boolean {
  return /-[0-9a-f]{8}$/.test(branch);
}
