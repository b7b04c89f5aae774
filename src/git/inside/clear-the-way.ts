import { mkdir } from 'node:fs/promises';
import type { CommitSha } from '../../pipeline/values.ts';
import { type Context, noteAside, type Place } from '../context.ts';
import { findInside, type Inside } from './find.ts';
import { readForeign } from './foreign.ts';
import { fromText, raw, toText } from './paths.ts';
import { setRepositoriesAside } from './set-aside.ts';

/**
 * Prepares a worktree for the files of a commit: repositories that stand where the commit has a file go to the quarantine, for
 * git would remove them whole. So do submodules that are checked out at another commit than it names: left there, they would
 * pass for a change that takes the submodule back. Their place stays, empty, as in a new worktree.
 */
export async function clearTheWay(at: Context, place: Place, to: CommitSha): Promise<void> {
  const found = (await findInside(place)).filter(({ folder }) => folder !== null);
  if (found.length === 0) return;
  const entries = await entriesAt(at, to, found);
  const inTheWay = new Set<string>();
  const modules = new Set<string>();
  for (const one of found) {
    const own = entries.get(one.path);
    if (own?.isModule === true) {
      if ((await checkedOut(at, one, place.name)) === own.object) continue;
      modules.add(one.path);
    } else if (!withParents(one.path).some((path) => entries.get(path)?.isFile)) continue;
    inTheWay.add(one.path);
  }
  noteAside(at, place.name, await setRepositoriesAside(at, place, found, { goes: ({ path }) => inTheWay.has(path), isInTheWay: true }));
  for (const path of modules) await mkdir(raw(`${fromText(place.tree.path)}/${path}`), { recursive: true });
}

interface TreeEntry {
  readonly isFile: boolean;
  readonly isModule: boolean;
  readonly object: string;
}

/** What a commit has at the paths of repositories and above them. */
async function entriesAt(at: Context, commit: CommitSha, found: readonly Inside[]): Promise<ReadonlyMap<string, TreeEntry>> {
  const paths = new Set(found.flatMap(({ path }) => withParents(path)));
  const { stdout } = await at.git.run(['ls-tree', '-z', '--full-tree', commit, '--', ...[...paths].map(toText)]);
  const rows = stdout
    .toString('latin1')
    .split('\0')
    .filter((row) => row !== '');
  return new Map(
    rows.map((row) => {
      const [mode = '', , object = ''] = row.slice(0, row.indexOf('\t')).split(' ');
      return [row.slice(row.indexOf('\t') + 1), { isFile: mode.startsWith('1') && mode !== MODULE, isModule: mode === MODULE, object }];
    }),
  );
}

/** The mode of a submodule in a tree. */
const MODULE = '160000';

/** A path and those of the folders above it. */
function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

async function checkedOut(at: Context, { gitDir }: Inside, name: string): Promise<string | null> {
  if (gitDir === null) return null;
  return readForeign(at, gitDir, name, async ({ run }) => {
    const answer = await run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { answers: [1, 128] });
    return answer.stdout.toString('latin1').trim();
  });
}
