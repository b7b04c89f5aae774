import { readFile, writeFile } from 'node:fs/promises';
import type { SetAside } from '../../pipeline/why/removal.ts';
import type { Context, Place } from '../context.ts';
import { removeFolder } from '../worktree/remove-folder.ts';
import { isElsewhere } from './elsewhere.ts';
import { type Inside, isWorktreeOfOwner } from './find.ts';
import { fromText, isWithin, lookAt, moveAside, raw, toText } from './paths.ts';
import { asideFolder, movedNote } from './quarantine.ts';

/** What is about to become of outer repositories in a worktree, with all that is in them. */
export interface Outlook {
  /** Those that are about to be removed or overwritten. */
  readonly goes: (outer: Inside) => boolean;
  /** They are in the way: what is not moved is removed at once. */
  readonly isInTheWay: boolean;
}

/**
 * Moves repositories of a worktree that are about to go to the quarantine, each as a whole that git works in, unless all
 * that they hold is somewhere else. Null where nothing was moved.
 */
export async function setRepositoriesAside(
  at: Context,
  place: Place,
  found: readonly Inside[],
  outlook: Outlook,
): Promise<SetAside | null> {
  const { name } = place;
  const groups = grouped(found).filter(([outer]) => outer !== undefined && outlook.goes(outer));
  const ignored = await ignoredAmong(at, place, groups);
  let moved = 0;
  for (const group of groups) {
    const [outer] = group;
    if (outer === undefined) continue;
    if (await areElsewhere(at, group, name, ignored.has(outer.path))) {
      if (outlook.isInTheWay && outer.folder !== null) await removeFolder(toText(outer.folder));
      continue;
    }
    await move(at, place, group, asideFolder(at, name));
    moved += 1;
  }
  // The owner's repository must not count a helper's worktree that is gone, or about to go.
  const going = fromText(place.tree.path);
  for (const { folder, gitDir } of groups.flat()) {
    if (folder === null || gitDir === null || !isWorktreeOfOwner(at, { gitDir })) continue;
    if (isWithin((await pointsTo(gitDir)) ?? '', going)) await removeFolder(toText(gitDir));
  }
  return moved === 0 ? null : movedNote(at, name, moved);
}

/** The `.git` file that a worktree's git directory names. */
async function pointsTo(gitDir: string): Promise<string | null> {
  const text = await readFile(raw(`${gitDir}/gitdir`), 'latin1').catch(() => null);
  return text === null ? null : text.trimEnd();
}

/** Of outer repositories those in ignored places: like all that is ignored, their files need not be kept, but their commits. */
async function ignoredAmong(at: Context, { tree }: Place, groups: readonly (readonly Inside[])[]): Promise<ReadonlySet<string>> {
  const paths = groups.flatMap(([outer]) =>
    outer === undefined || outer.folder === null || isWorktreeOfOwner(at, outer) ? [] : [outer.path],
  );
  if (paths.length === 0) return new Set();
  const input = raw(paths.map((path) => `${path}\0`).join(''));
  const answer = await at.git.run(['check-ignore', '-z', '--stdin'], { tree, input, answers: [1, 128] });
  return new Set(answer.exitCode === 0 ? answer.stdout.toString('latin1').split('\0') : []);
}

/** Outer repositories with those that are in their folders or git directories. */
function grouped(found: readonly Inside[]): Inside[][] {
  const groups: Inside[][] = [];
  for (const one of found) {
    const group = groups.find(([outer]) => outer !== undefined && isPartOf(one, outer));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

function isPartOf(one: Inside, outer: Inside): boolean {
  if (one.folder !== null) return outer.folder !== null && isWithin(one.folder, outer.folder);
  return one.gitDir !== null && outer.gitDir !== null && isWithin(one.gitDir, outer.gitDir);
}

async function areElsewhere(at: Context, group: readonly Inside[], name: string, isIgnored: boolean): Promise<boolean> {
  for (const one of group) if (!(await isElsewhere(at, one, { others: group, name, filesCount: !isIgnored }))) return false;
  return true;
}

/** Moves an outer repository with all that is in it, and ties their folders and git directories together again. */
async function move(at: Context, place: Place, group: readonly Inside[], into: string): Promise<void> {
  const [outer] = group;
  if (outer === undefined) return;
  const moves: [from: string, to: string][] = [];
  const now = (path: string): string => {
    const last = moves.findLast(([from]) => isWithin(path, from));
    return last === undefined ? path : last[1] + path.slice(last[0].length);
  };
  const from = outer.folder ?? outer.gitDir;
  if (from === null) return;
  moves.push([from, await moveAside(from, `${fromText(into)}/${outer.path}`)]);
  const going = [fromText(place.tree.path), fromText(`${place.linked.gitDir}/modules`)];
  const goes = (path: string): boolean => going.some((folder) => isWithin(path, folder));
  for (const { folder, gitDir } of group) {
    if (gitDir === null) continue;
    if (folder !== null && isWorktreeOfOwner(at, { gitDir })) {
      await writeFile(raw(`${gitDir}/gitdir`), raw(`${now(folder)}/.git\n`));
      continue;
    }
    if (folder !== null && now(gitDir) === gitDir && goes(gitDir)) {
      // Its `.git` file led here; git finds a folder of that name just as well.
      await moveAside(`${now(folder)}/.git`, `${now(folder)}/.git-file`);
      moves.push([gitDir, await moveAside(gitDir, `${now(folder)}/.git`)]);
    } else if (folder !== null && now(gitDir) !== `${now(folder)}/.git`) {
      await writeFile(raw(`${now(folder)}/.git`), raw(`gitdir: ${now(gitDir)}\n`));
    }
    if (now(gitDir) !== gitDir) await forgetWorkTree(now(gitDir));
  }
}

/** A submodule's configuration says where its files are: there, nobody finds them any more. */
async function forgetWorkTree(gitDir: string): Promise<void> {
  const file = raw(`${gitDir}/config`);
  if ((await lookAt(`${gitDir}/config`))?.isFile() !== true) return;
  const text = await readFile(file, 'latin1');
  const without = text.replaceAll(/^[ \t]*worktree[ \t]*=.*\n?/gim, '');
  if (without !== text) await writeFile(file, without, 'latin1');
}
