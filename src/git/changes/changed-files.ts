import { BOUNDS } from '../../bounds.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { OwnDir } from '../own-dir.ts';

/** One file of a change. */
export interface FileChange {
  readonly path: string;
  /** Where it was before it was renamed or copied; null: in the same place, or nowhere. */
  readonly from: string | null;
  readonly status: 'added' | 'deleted' | 'modified' | 'renamed' | 'copied' | 'retyped';
  /** As git writes modes, such as `100755`; null: it was not there, or is gone. */
  readonly modes: { readonly before: string | null; readonly after: string | null };
  /** Null: binary, or too large to be compared. */
  readonly lines: { readonly added: number; readonly removed: number } | null;
  /** Bytes before and after, where lines are not counted; null: it was not there, or is gone. */
  readonly bytes: { readonly before: number | null; readonly after: number | null } | null;
}

/** A change as a list of files. */
export interface ChangedFiles {
  readonly from: CommitSha;
  readonly to: CommitSha;
  /** The first `BOUNDS.changedFiles` of them, in git's order. */
  readonly files: readonly FileChange[];
  /** How many there are in all. */
  readonly all: number;
  readonly added: number;
  readonly removed: number;
}

/** What every comparison here has in common: no program of anybody's, and contents beyond the bound are not compared. */
const PLAIN = ['--no-ext-diff', '--no-textconv', '--no-color', '-M', '-l200'];
const BOUNDED = ['-c', `core.bigFileThreshold=${BOUNDS.comparedFile}`];

interface Row {
  readonly change: Omit<FileChange, 'lines' | 'bytes'>;
  readonly objects: { readonly before: string; readonly after: string };
}

/** The files in which two commits differ. Reads no content that is larger than the bound. */
export async function changedFiles(git: OwnDir, from: CommitSha, to: CommitSha): Promise<ChangedFiles> {
  const raw = await git.run(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', ...PLAIN, from, to], { maxBytes: BOUNDS.changedList });
  const rows = parseRaw(raw.stdout.toString('utf8').split('\0'));
  const counted = await git.run([...BOUNDED, 'diff-tree', '-r', '-z', '--numstat', ...PLAIN, from, to], { maxBytes: BOUNDS.changedList });
  const lines = parseNumstat(counted.stdout.toString('utf8').split('\0'));
  const shown = rows.slice(0, BOUNDS.changedFiles);
  const sizes = await sizesOf(
    git,
    shown.filter(({ change }) => (lines.get(change.path) ?? null) === null).flatMap(({ objects }) => [objects.before, objects.after]),
  );
  const all = [...lines.values()].filter((one) => one !== null);
  return {
    from,
    to,
    files: shown.map(({ change, objects }): FileChange => {
      const counts = lines.get(change.path) ?? null;
      const bytes = { before: sizes.get(objects.before) ?? null, after: sizes.get(objects.after) ?? null };
      return Object.assign(change, { lines: counts, bytes: counts === null ? bytes : null });
    }),
    all: rows.length,
    added: all.reduce((sum, { added }) => sum + added, 0),
    removed: all.reduce((sum, { removed }) => sum + removed, 0),
  };
}

/** The patch of some files of a change, by their paths in it; a renamed file needs both of its paths. At most `maxBytes` bytes. */
export async function patchOf(
  git: OwnDir,
  { from, to }: { readonly from: CommitSha; readonly to: CommitSha },
  paths: readonly string[],
  maxBytes: number,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  if (paths.length === 0) return { text: '', truncated: false };
  const patch = await git.run([...BOUNDED, 'diff-tree', '-r', '-p', ...PLAIN, from, to, '--', ...paths], { maxBytes });
  return { text: patch.stdout.toString('utf8'), truncated: patch.truncated };
}

const STATUS: ReadonlyMap<string, FileChange['status']> = new Map([
  ['A', 'added'],
  ['D', 'deleted'],
  ['M', 'modified'],
  ['R', 'renamed'],
  ['C', 'copied'],
  ['T', 'retyped'],
]);
const NOTHING = '000000';

/** `:100644 100755 <object> <object> R087`, the path, and for a renamed or copied file the new path, each in a cell of its own. */
function parseRaw(cells: readonly string[]): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at + 1 < cells.length;) {
    const [before = '', after = '', old = '', now = '', letter = ''] = cells[at]?.slice(1).split(' ') ?? [];
    const status = STATUS.get(letter.charAt(0)) ?? 'modified';
    const moved = status === 'renamed' || status === 'copied';
    rows.push({
      change: {
        path: cells[moved ? at + 2 : at + 1] ?? '',
        from: moved ? (cells[at + 1] ?? '') : null,
        status,
        modes: { before: before === NOTHING ? null : before, after: after === NOTHING ? null : after },
      },
      objects: { before: old, after: now },
    });
    at += moved ? 3 : 2;
  }
  return rows;
}

/** `3<tab>1<tab>path`; a renamed file has an empty path there, and its two in the next cells. `-` stands for what has no lines. */
function parseNumstat(cells: readonly string[]): Map<string, { added: number; removed: number } | null> {
  const lines = new Map<string, { added: number; removed: number } | null>();
  for (let at = 0; at < cells.length; at += 1) {
    const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(cells[at] ?? '') ?? [];
    if (added === undefined || removed === undefined || path === undefined) continue;
    const counts = added === '-' ? null : { added: Number(added), removed: Number(removed) };
    lines.set(path === '' ? (cells[at + 2] ?? '') : path, counts);
    if (path === '') at += 2;
  }
  return lines;
}

/** The sizes of objects by their names; what is not there, as the commit of a submodule, is missing. */
async function sizesOf(git: OwnDir, objects: readonly string[]): Promise<Map<string, number>> {
  const asked = [...new Set(objects)].filter((name) => !/^0+$/.test(name));
  if (asked.length === 0) return new Map();
  const answer = await git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], { input: `${asked.join('\n')}\n` });
  return new Map(
    answer.stdout
      .toString('utf8')
      .split('\n')
      .flatMap((row): [string, number][] => {
        const [, name, size] = /^([0-9a-f]+) (\d+)$/.exec(row) ?? [];
        return name === undefined || size === undefined ? [] : [[name, Number(size)]];
      }),
  );
}
