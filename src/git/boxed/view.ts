import { constants } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Mount, readable, writable } from '../../sandbox/mounts.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { commitSha } from '../../pipeline/values.ts';
import { baseHead, branchHead, type Context, noteAside, type Place } from '../context.ts';
import { emptyWorktreeConfig } from '../worktree/linked.ts';
import { entriesOf, fromText, moveAside, raw } from '../inside/paths.ts';
import { asideFolder, movedNote } from '../inside/quarantine.ts';
import { removeFolder } from '../../remove-folder.ts';
import { sharedConfig } from '../own-dir.ts';
import { BOUNDS } from '../../bounds.ts';

/**
 * What a sandboxed process sees in place of the repository's git directory: one of its own, at the same path, so that
 * the worktree's plain git works. Objects of the repository are there to be read; new ones, and the one branch, are kept
 * apart, and Musher takes them over (`collect.ts`). Configuration, hooks, attributes and other branches can't be written.
 */
export interface View {
  /** Stands in for the repository's git directory; what is written in there is not trusted. */
  readonly path: string;
  /** Beside it, out of reach: where the branch stood when both agreed last. */
  readonly agreed: string;
  /** Collected packs on their way. */
  readonly incoming: string;
}

/** Where the repository's objects are seen inside. */
const OBJECTS = '/run/musher-objects';
/** Alternates of alternates that are followed; git follows five. */
const DEEPEST_ALTERNATES = BOUNDS.alternates;

/** Where the view of a worktree is, there or not. */
export function viewOf(at: Context, name: string): View {
  const folder = join(dirname(dirname(at.git.path)), 'sandbox', at.folder, name);
  return { path: join(folder, 'git'), agreed: join(folder, 'agreed'), incoming: join(folder, 'incoming') };
}

/** Makes the view anew for a worktree that stands on a branch, or on none. What was committed in an older one must have been collected. */
export async function makeView(at: Context, name: string, place: Place, branch: string | null): Promise<Mount[]> {
  const view = viewOf(at, name);
  const { commonDir } = at.repository;
  if (branch !== null) await keepView(at, name, branch);
  await removeFolder(view.path);
  await mkdir(view.path, { recursive: true, mode: 0o700 });
  for (const folder of ['hooks', 'info', 'objects/info', 'objects/pack', 'refs/heads/musher', 'refs/tags', 'logs', 'worktrees'])
    await mkdir(join(view.path, folder), { recursive: true });
  const head = branch === null ? null : await branchHead(at, branch);
  const files: Record<string, string> = {
    HEAD: `ref: refs/heads/${at.baseBranch}\n`,
    config: sharedConfig(at.repository, join(commonDir, 'info', 'global-attributes')),
    'info/exclude': at.repository.excludes,
    'info/attributes': at.repository.attributes.own,
    'info/global-attributes': at.repository.attributes.global,
    'objects/info/alternates': `${OBJECTS}\n`,
    'packed-refs': await otherRefs(at),
  };
  if (branch !== null && head !== null) files[`refs/heads/${branch}`] = `${head}\n`;
  const shallow = await readFile(join(commonDir, 'shallow'), 'utf8').catch(() => null);
  if (shallow !== null) files['shallow'] = shallow;
  for (const [file, text] of Object.entries(files)) await writeFile(join(view.path, file), text);
  await agree(view, head);
  await mkdir(join(view.path, 'worktrees', gitDirName(place)), { recursive: true });
  await emptyWorktreeConfig(place.linked, true);

  const shut = (part: string): Mount => ({ kind: 'read', from: join(view.path, part), to: join(commonDir, part) });
  return [
    { kind: 'write', from: view.path, to: commonDir },
    ...['HEAD', 'config', 'hooks', 'info', 'objects/info', 'refs/heads', 'worktrees'].map(shut),
    ...(branch === null
      ? []
      : [{ kind: 'write', from: join(view.path, 'refs/heads/musher'), to: join(commonDir, 'refs/heads/musher') } satisfies Mount]),
    writable(place.linked.gitDir),
    ...['commondir', 'gitdir', 'config.worktree'].map((file) => readable(join(place.linked.gitDir, file))),
    writable(place.tree.path),
    readable(join(place.tree.path, '.git')),
    ...(await objectMounts(commonDir)),
  ];
}

/** What a process needs to read what was committed in a view, and nothing else. */
export async function readingMounts(at: Context, view: View): Promise<Mount[]> {
  return [{ kind: 'read', from: view.path, to: at.repository.commonDir }, ...(await objectMounts(at.repository.commonDir))];
}

/** The repository's objects, and those that it borrows from other places. */
async function objectMounts(commonDir: string): Promise<Mount[]> {
  const mounts: Mount[] = [{ kind: 'read', from: join(commonDir, 'objects'), to: OBJECTS }];
  let from = [join(commonDir, 'objects')];
  for (let depth = 0; depth < DEEPEST_ALTERNATES && from.length > 0; depth++) {
    const found = await Promise.all(
      from.map(async (folder) =>
        (await readFile(join(folder, 'info', 'alternates'), 'utf8').catch(() => ''))
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line) => (isAbsolute(line) ? line : resolve(folder, line))),
      ),
    );
    from = found.flat();
    mounts.push(...from.map(readable));
  }
  return mounts;
}

/** All branches and tags but those of items: read-only here, because the folder of branches is. */
async function otherRefs(at: Context): Promise<string> {
  const text = await at.git.line(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/', 'refs/remotes/']);
  const rows = text.split('\n').filter((row) => row !== '' && !row.includes(' refs/heads/musher/'));
  return rows.map((row) => `${row}\n`).join('');
}

const gitDirName = (place: Place): string => place.linked.gitDir.slice(place.linked.gitDir.lastIndexOf('/') + 1);

/** Keeps where the branch stands on both sides. */
export async function agree(view: View, head: CommitSha | null): Promise<void> {
  await writeFile(`${view.agreed}.new`, head ?? '', { mode: 0o600 });
  await rename(`${view.agreed}.new`, view.agreed);
}

/** Where the branch stood when both agreed last; null: there is no view, or none with a branch. */
export async function agreedHead(view: View): Promise<CommitSha | null> {
  return commitSha(await readFile(view.agreed, 'utf8').catch(() => ''));
}

/** Lets the view's branch stand where Musher has put the real one. */
export async function showHead(view: View, branch: string, head: CommitSha): Promise<void> {
  const ref = join(view.path, 'refs/heads', branch);
  if ((await lstat(dirname(ref)).catch(() => null))?.isDirectory() !== true) return;
  await writeFile(`${view.agreed}.ref`, `${head}\n`);
  await rename(`${view.agreed}.ref`, ref);
  await agree(view, head);
}

/** An object's name and its line end; a symbolic ref is longer, and is resolved by git. */
const REF_BYTES = BOUNDS.refFile;

/**
 * Where the view's branch stands by its file. `ask`: there is none, or it leads elsewhere, and git has to say. `strange`:
 * what an agent has put there is no file, and is neither followed nor waited for.
 */
export async function viewHead(view: View, branch: string): Promise<CommitSha | 'ask' | 'strange'> {
  const path = join(view.path, 'refs/heads', branch);
  if ((await lstat(path).catch(() => null)) === null) return 'ask';
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return 'strange';
  try {
    const found = await file.stat();
    if (!found.isFile()) return 'strange';
    return found.size > REF_BYTES ? 'ask' : (commitSha((await file.readFile('utf8')).trim()) ?? 'ask');
  } finally {
    await file.close();
  }
}

/** Removes the view of a worktree that goes. */
export async function removeView(at: Context, name: string, branch: string | null): Promise<void> {
  if (branch !== null) await keepView(at, name, branch);
  await removeFolder(dirname(viewOf(at, name).path));
}

/**
 * Moves a view to the quarantine that has branches, tags or a stash of its own beside the item's branch: nobody takes those
 * over, and they go with it. It finds the repository's objects from there.
 */
async function keepView(at: Context, name: string, branch: string): Promise<void> {
  const view = fromText(viewOf(at, name).path);
  const refs = await looseRefs(`${view}/refs`);
  if (refs.every((ref) => ref === `heads/${branch}`)) return;
  const kept = await moveAside(view, `${fromText(asideFolder(at, name))}/sandbox.git`);
  await rm(raw(`${kept}/objects/info/alternates`), { force: true });
  await writeFile(raw(`${kept}/objects/info/alternates`), `${join(at.repository.commonDir, 'objects')}\n`, { flag: 'wx' });
  noteAside(at, name, movedNote(at, name, 1));
}

/** Names of refs that have files of their own, from the folder on. */
export async function looseRefs(folder: string): Promise<string[]> {
  const found = await Promise.all(
    (await entriesOf(folder)).map(async ({ name, kind }) => {
      if (kind === 'folder') return (await looseRefs(`${folder}/${name}`)).map((ref) => `${name}/${ref}`);
      return name.endsWith('.lock') ? [] : [name];
    }),
  );
  return found.flat();
}

/** The base branch and the place where both sides agreed: what a collected pack may leave out. */
export async function knownCommits(at: Context, view: View): Promise<CommitSha[]> {
  const agreed = await agreedHead(view);
  return [await baseHead(at), ...(agreed === null ? [] : [agreed])];
}
