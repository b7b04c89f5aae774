import { createHash } from 'node:crypto';
import type { ItemNumber } from '../pipeline/values.ts';

/** All branches of Musher stand below this. */
export const BRANCH_PREFIX = 'musher/';
/** Longest slug in characters: the number before it makes the branch unique, the slug is for people. */
const SLUG_LENGTH = 40;

/**
 * A title as `[a-z0-9-]`, 1 to 40 characters, for whatever people typed. Two different titles may share a slug;
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

/** `musher/42-add-a-cart`. */
export function branchName(item: ItemNumber, title: string): string {
  return `${BRANCH_PREFIX}${item}-${slug(title)}`;
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
