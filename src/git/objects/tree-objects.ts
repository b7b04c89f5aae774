import { BOUNDS } from '../../bounds.ts';
import { type Objects, readLoose, Remembered } from './loose.ts';

/** One entry of a tree. */
export interface TreeEntry {
  /** As git writes it, such as 100644; of a folder 40000. */
  readonly mode: string;
  /** As bytes, in latin1. */
  readonly name: string;
  readonly object: string;
}

/** Reads trees without a process; null: git has to be asked, because the tree is packed, not there, or not as git writes them. */
export type TreeReader = (name: string) => Promise<readonly TreeEntry[] | null>;

/** Of a tree with all its folders, each entry as often as it is there. */
export interface TreeSize {
  readonly entries: number;
  readonly depth: number;
}

export const FOLDER = '40000';
export const SUBMODULE = '160000';
const MODES: ReadonlySet<string> = new Set([FOLDER, SUBMODULE, '100644', '100755', '120000']);
/** Of an entry that is remembered, besides its name. */
const BESIDE_NAME = 100;

/** Reads the trees that lie in files of their own, and remembers them: of a tree that two commits share nothing is read. */
export function treeReader(objects: Objects): TreeReader {
  const known = new Remembered<readonly TreeEntry[]>(BOUNDS.treesKnown);
  return async (name) => {
    const remembered = known.get(name);
    if (remembered !== null) return remembered;
    const loose = await readLoose(objects, name, BOUNDS.treeObject);
    const found = loose?.kind === 'tree' ? parse(loose.body, objects.format === 'sha1' ? 20 : 32) : null;
    if (found !== null) known.set(name, found, (loose?.body.length ?? 0) + found.length * BESIDE_NAME);
    return found;
  };
}

/**
 * A mode, a space, a name, a zero byte, an object's name of so many bytes, and so on. Null: an agent can write a tree as git
 * never would (a name twice, in another order, of another mode), and only git itself says what is in that.
 */
function parse(bytes: Buffer, nameBytes: number): TreeEntry[] | null {
  const entries: TreeEntry[] = [];
  let last = '';
  for (let at = 0; at < bytes.length;) {
    const [space, zero] = [bytes.indexOf(0x20, at), bytes.indexOf(0, at)];
    const end = zero + 1 + nameBytes;
    if (space === -1 || zero < space || end > bytes.length) return null;
    const [mode, name] = [bytes.toString('latin1', at, space), bytes.toString('latin1', space + 1, zero)];
    const place = placeOf({ mode, name });
    if (!MODES.has(mode) || name === '' || name.includes('/') || place <= last) return null;
    entries.push({ mode, name, object: bytes.toString('hex', zero + 1, end) });
    last = place;
    at = end;
  }
  const names = new Set(entries.map(({ name }) => name));
  return names.size === entries.length ? entries : null;
}

/** What git orders entries by: a folder comes where the paths of its files would. */
export function placeOf({ mode, name }: Pick<TreeEntry, 'mode' | 'name'>): string {
  return mode === FOLDER ? `${name}/` : name;
}
