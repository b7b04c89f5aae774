import { lstat, mkdir, rename } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { GateSettings } from '../../config/settings.ts';
import type { ItemAt } from '../../git/context.ts';
import type { ProjectGit } from '../../git/project-git.ts';
import { removeFolder } from '../../remove-folder.ts';
import type { Failure } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { difference, survey, type Survey } from './survey.ts';

/** What gates run on. */
export interface JudgedTree {
  readonly git: Pick<ProjectGit, 'restoreTracked' | 'trackedFiles'>;
  /** Absolute; its tracked files are exactly `commit`. */
  readonly path: string;
  readonly commit: CommitSha;
  readonly at: ItemAt | 'merge';
  /** Whether set-up commands have run in it. */
  readonly setUp: boolean;
  /** Absolute, on the same file system: holds the `keep` files of gates while the tree is recreated. */
  readonly aside: string;
  /** Recreates it including setup; resolves to the failure, or null. Null: its ignored files belong to the run. */
  readonly renew: (() => Promise<Failure | null>) | null;
}

/** Gives each gate exactly the tree that it judges. The gate before may have changed it: the agent's code runs in both. */
export interface KeptTree {
  /** After a gate, and before the next one. Resolves to the failure of a set-up that had to run again, or null. */
  putBack(gate: GateSettings): Promise<Failure | null>;
}

/**
 * Begins with a tree that is set up and no gate has run in. Set-up runs code of the commit too, so tracked files are put
 * back after it; what else it made stays, since gates need it. `several`: whether there is more than one gate.
 */
export async function keepTree(tree: JudgedTree, several: boolean): Promise<KeptTree> {
  const { git, at, commit, path } = tree;
  if (tree.setUp) await git.restoreTracked(at, commit);
  let before = several ? await survey(path) : null;
  const keeps: string[] = [];

  const isKept = (file: string): boolean =>
    keeps.some((one) => one === '.' || file === one || file.startsWith(`${one}/`) || one.startsWith(`${file}/`));

  /** Whether anything that isn't tracked differs from what stood there before the first gate. */
  const differs = async (from: Survey): Promise<boolean> => {
    const now = await survey(path);
    if (now === null) return true;
    const touched = difference(from, now).touched.filter((file) => !isKept(file));
    if (touched.length === 0) return false;
    const tracked = await git.trackedFiles(at);
    return touched.some((file) => !tracked.has(file));
  };

  return {
    async putBack(gate) {
      keeps.push(...gate.keep.map((one) => normalize(one).replace(/\/$/, '')));
      const now = await survey(path);
      const { added, touched } = before === null || now === null ? { added: [], touched: ['.'] } : difference(before, now);
      if (added.length === 0 && touched.length === 0) return null;
      for (const file of added) if (!isKept(file)) await removeFolder(join(path, file));
      await git.restoreTracked(at, commit);
      if (tree.renew !== null && touched.length > 0 && (before === null || (await differs(before)))) {
        const failure = await keepingAside(tree, keeps, tree.renew);
        if (failure !== null) return failure;
      }
      before = await survey(path);
      return null;
    },
  };
}

/** Recreates a tree except for the `keep` files of gates. Tracked files that setup changed are reset to the commit. */
async function keepingAside(
  { git, at, commit, path, aside }: JudgedTree,
  keeps: readonly string[],
  renew: () => Promise<Failure | null>,
): Promise<Failure | null> {
  await removeFolder(aside);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  const moved: { readonly from: string; readonly file: string }[] = [];
  for (const file of keeps) {
    const from = join(aside, String(moved.length));
    if ((await standsIn(path, file)) && (await movedTo(join(path, file), from))) moved.push({ from, file });
  }
  const failure = await renew();
  if (failure !== null) return failure;
  await git.restoreTracked(at, commit);
  for (const { from, file } of moved) {
    if (!(await standsIn(path, file))) continue;
    await removeFolder(join(path, file));
    await mkdir(dirname(join(path, file)), { recursive: true });
    await rename(from, join(path, file));
  }
  await removeFolder(aside);
  return null;
}

async function movedTo(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

/** Whether no link leads a path out of the tree: an agent may have made any folder on the way to it one. */
async function standsIn(path: string, file: string): Promise<boolean> {
  const parts = file.split('/').slice(0, -1);
  for (const [depth] of parts.entries()) {
    const found = await lstat(join(path, ...parts.slice(0, depth + 1))).catch(() => null);
    if (found !== null && !found.isDirectory()) return false;
  }
  return file !== '.';
}
