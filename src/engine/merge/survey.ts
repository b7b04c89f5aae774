import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { BOUNDS } from '../../bounds.ts';

/** What is in a folder: each file's path, with what changes whenever somebody writes to it. */
export type Survey = ReadonlyMap<string, string>;

/** The most files that are compared; a larger tree is recreated instead. */
const MOST_FILES = BOUNDS.keptFiles;
/** Files between two turns of the event loop: some milliseconds. */
const AT_ONCE = 500;

/**
 * Looks at every file below a folder, ignored ones too, but at the folder's own `.git`. The time of a file's last change
 * (`ctime`) is set by the kernel: a program can't reset it, as it can the time of modification. Null where
 * there are too many.
 */
export async function survey(folder: string): Promise<Survey | null> {
  const found = new Map<string, string>();
  const folders = [''];
  let looked = 0;
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    for (const name of namesIn(join(folder, below))) {
      if (below === '' && name === '.git') continue;
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isDirectory()) folders.push(path);
      found.set(path, printOf(stat));
      looked += 1;
      if (looked > MOST_FILES) return null;
      if (looked % AT_ONCE === 0) await setImmediate();
    }
  }
  return found;
}

/** For a folder only its kind, because its contents are compared separately. */
function printOf(stat: Stats): string {
  return stat.isDirectory() ? `folder ${stat.mode}` : `${stat.ino} ${stat.size} ${stat.mode} ${stat.ctimeMs}`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // One that nobody may read, or that is not there: it is compared by itself.
    return [];
  }
}

/** What is new since an earlier look, the topmost paths alone; and what was there and is another now, or gone. */
export function difference(before: Survey, now: Survey): { readonly added: readonly string[]; readonly touched: readonly string[] } {
  const isNew = (path: string): boolean => !before.has(path);
  const added = [...now.keys()].filter((path) => isNew(path) && (!path.includes('/') || !isNew(path.slice(0, path.lastIndexOf('/')))));
  return { added, touched: [...before].filter(([path, print]) => now.get(path) !== print).map(([path]) => path) };
}
