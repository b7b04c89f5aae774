import { readFile, rename, writeFile } from 'node:fs/promises';
import { crashPoint } from '../../crash-point.ts';
import type { SetAside } from '../../pipeline/why/removal.ts';
import type { Context, Place } from '../context.ts';
import { removeFolder } from '../../remove-folder.ts';
import { isElsewhere } from './elsewhere.ts';
import { type Inside, isWorktreeOfOwner } from './find.ts';
import { bringHome } from './bring-home.ts';
import { freePlace, fromText, isWithin, lookAt, moveAside, raw, toText } from './paths.ts';
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
    const dotGit = (await pointsTo(gitDir)) ?? '';
    // A Musher that was killed before it moved a repository has written down where that would be.
    const isGone = isWithin(dotGit, fromText(asideFolder(at, name))) && (await lookAt(dotGit)) === null;
    if (isWithin(dotGit, going) || isGone) await removeFolder(toText(gitDir));
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

/**
 * Moves an outer repository with all that is in it. It is made whole where it stands first, each git directory in its folder,
 * and then moved at once: a Musher that is killed on the way leaves something that the next one goes on with.
 */
async function move(at: Context, place: Place, group: readonly Inside[], into: string): Promise<void> {
  const [outer] = group;
  const from = outer?.folder ?? outer?.gitDir ?? null;
  if (outer === undefined || from === null) return;
  const going = [fromText(place.tree.path), fromText(`${place.linked.gitDir}/modules`)];
  const goes = (path: string): boolean => going.some((folder) => isWithin(path, folder));
  const target = await freePlace(`${fromText(into)}/${outer.path}`);
  // The inner ones first: their git directories are in those of the outer ones.
  for (const { folder, gitDir } of group.toReversed()) {
    if (gitDir === null) continue;
    if (folder === null) await forgetWorkTree(gitDir);
    else if (isWorktreeOfOwner(at, { gitDir })) {
      // A copy of a worktree names the git directory of the one that it was copied from.
      if ((await pointsTo(gitDir)) === `${folder}/.git`) await replace(`${gitDir}/gitdir`, `${target}${folder.slice(from.length)}/.git\n`);
    } else if (gitDir === `${folder}/.git`) await forgetWorkTree(gitDir);
    else if (goes(gitDir)) {
      await bringHome(folder, gitDir);
      await forgetWorkTree(`${folder}/.git`);
    } else await replace(`${folder}/.git`, `gitdir: ${gitDir}\n`);
  }
  crashPoint('before-repository-moved');
  await moveAside(from, target);
  crashPoint('after-repository-moved');
}

/** Writes one of git's small files, whole or not at all. */
async function replace(file: string, text: string): Promise<void> {
  await removeFolder(raw(`${file}:new`));
  await writeFile(raw(`${file}:new`), raw(text), { flag: 'wx' });
  await rename(raw(`${file}:new`), raw(file));
}

/** A submodule's configuration says where its files are: there, nobody finds them any more. */
async function forgetWorkTree(gitDir: string): Promise<void> {
  if ((await lookAt(`${gitDir}/config`))?.isFile() !== true) return;
  const text = await readFile(raw(`${gitDir}/config`), 'latin1');
  const without = text.replaceAll(/^[ \t]*worktree[ \t]*=.*\n?/gim, '');
  if (without !== text) await replace(`${gitDir}/config`, without);
}
