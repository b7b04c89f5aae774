import { BOUNDS } from '../../bounds.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { OwnDir } from '../own-dir.ts';
import { FOLDER, placeOf, type TreeEntry } from './tree-objects.ts';

/** A file, link or submodule in which two trees differ. */
export interface TreeChange {
  /** As bytes, in latin1. */
  readonly path: string;
  /** What it was; null: it was not there. */
  readonly before: Pick<TreeEntry, 'mode' | 'object'> | null;
  /** What it is; null: it is gone. */
  readonly after: Pick<TreeEntry, 'mode' | 'object'> | null;
}

/** What two commits or trees differ in, in git's order. Mostly read without a process. */
export async function treeChanges(git: OwnDir, from: CommitSha, to: CommitSha): Promise<readonly TreeChange[]> {
  const walk = new Walk(git);
  const [before, after] = await Promise.all([walk.rootOf(from), walk.rootOf(to)]);
  if (await walk.compare('', before, after)) return walk.changes;
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to]);
  return parse(stdout.toString('latin1').split('\0'));
}

/** Rows of git: `:100644 100755 <object> <object> M`, and the path in the next cell. */
function parse(cells: readonly string[]): TreeChange[] {
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < cells.length; at += 2) {
    const [oldMode = '', mode = '', oldObject = '', object = '', status = ''] = cells[at]?.slice(1).split(' ') ?? [];
    changes.push({
      path: cells[at + 1] ?? '',
      before: status === 'A' ? null : { mode: oldMode, object: oldObject },
      after: status === 'D' ? null : { mode, object },
    });
  }
  return changes;
}

/** A path as text. */
export const pathText = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

class Walk {
  readonly changes: TreeChange[] = [];
  readonly #git: OwnDir;
  /** Folders compared. An agent can put one into others so often that they have no end. */
  #looks = 0;

  constructor(git: OwnDir) {
    this.#git = git;
  }

  async rootOf(name: CommitSha): Promise<string> {
    return (await this.#git.commit(name))?.tree ?? name;
  }

  /** Null: a side that has no such folder. Returns whether all could be read. */
  async compare(folder: string, from: string | null, to: string | null): Promise<boolean> {
    this.#looks += 1;
    if (from === to || this.#looks > BOUNDS.treeChanges) return from === to;
    const [before, after] = [await this.#read(from), await this.#read(to)];
    if (before === null || after === null) return false;
    for (let [a, b] = [0, 0]; a < before.length || b < after.length;) {
      const [old, now] = [before[a], after[b]];
      const order = old === undefined ? 1 : now === undefined ? -1 : compared(placeOf(old), placeOf(now));
      if (order <= 0) a += 1;
      if (order >= 0) b += 1;
      if (!(await this.#entry(folder, order <= 0 ? old : undefined, order >= 0 ? now : undefined))) return false;
    }
    return true;
  }

  /** Both have the same place, where both are there. */
  async #entry(folder: string, old: TreeEntry | undefined, now: TreeEntry | undefined): Promise<boolean> {
    if (old?.mode === now?.mode && old?.object === now?.object) return true;
    const path = `${folder}${old?.name ?? now?.name ?? ''}`;
    if ((old ?? now)?.mode === FOLDER) return this.compare(`${path}/`, old?.object ?? null, now?.object ?? null);
    this.changes.push({ path, before: old ?? null, after: now ?? null });
    return this.changes.length <= BOUNDS.treeChanges;
  }

  #read(name: string | null): Promise<readonly TreeEntry[] | null> {
    return name === null ? Promise.resolve([]) : this.#git.tree(name);
  }
}

const compared = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
