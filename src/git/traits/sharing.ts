import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What `core.sharedRepository` wants of each file: bits that are added, or the exact bits. */
export interface Sharing {
  readonly bits: number;
  readonly exact: boolean;
}

/** The sharing that a value of `core.sharedRepository` asks for; null: none, as in a repository of one person. */
export function sharingOf(value: string | undefined): Sharing | null {
  if (value === undefined || /^(?:false|no|off|umask|0)$/.test(value)) return null;
  if (/^(?:true|yes|on|group|1)$/.test(value)) return { bits: 0o660, exact: false };
  if (/^(?:all|world|everybody|2)$/.test(value)) return { bits: 0o664, exact: false };
  return { bits: Number.parseInt(value, 8) & 0o666, exact: true };
}

/**
 * Gives what Musher itself has written into the owner's repository to those with whom its owner shares it, as git does for
 * what git writes: another member's git has to read the folders of all worktrees, or throws away what they hold. Links are
 * left alone, and so is what is gone meanwhile or belongs to somebody else.
 */
export async function share(path: string, sharing: Sharing | null, deep = true): Promise<void> {
  if (sharing === null) return;
  const found = await lstat(path).catch(() => null);
  if (found === null || !(found.isDirectory() || found.isFile())) return;
  await chmod(path, sharedMode(found.mode & 0o7777, found.isDirectory(), sharing)).catch(() => undefined);
  if (!found.isDirectory() || !deep) return;
  for (const name of await readdir(path).catch((): string[] => [])) await share(join(path, name), sharing);
}

/** As `calc_shared_perm` and `adjust_shared_perm` of git. */
function sharedMode(mode: number, isFolder: boolean, { bits, exact }: Sharing): number {
  let tweak = (mode & 0o200) === 0 ? bits & ~0o222 : bits;
  if (isFolder || (mode & 0o100) !== 0) tweak |= (tweak & 0o444) >> 2;
  const shared = exact ? (mode & ~0o777) | tweak : mode | tweak;
  // New files in a folder get its group.
  return isFolder ? shared | 0o2000 : shared;
}
