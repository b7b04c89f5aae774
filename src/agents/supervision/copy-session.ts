import { copyFile, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BOUNDS } from '../../bounds.ts';

/** More than a session of a day's work has; whatever else a run made in its folder stays there. */
const MOST_FILES = BOUNDS.sessionFiles;
const MOST_BYTES = BOUNDS.sessionBytes;

/**
 * Copies the files of a session from one folder of a runtime to another. `patterns` are paths in which `*` stands for any
 * part of a name and `{id}` for the session's id. An agent made what stands there: links are not followed, and only plain
 * files count, up to 100 of them and 512 MB.
 */
export async function copySession(from: string, to: string, patterns: readonly string[], session: string): Promise<void> {
  let bytes = 0;
  let files = 0;
  for (const path of (await Promise.all(patterns.map((pattern) => matching(from, pattern.split('/'), session)))).flat()) {
    const found = await lstat(join(from, path));
    files += 1;
    bytes += found.size;
    if (files > MOST_FILES || bytes > MOST_BYTES) return;
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), join(to, path));
  }
}

/** Plain files below `folder` whose path fits; in the order of their names, so that a limit cuts the same ones each time. */
async function matching(folder: string, [part = '', ...rest]: readonly string[], session: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const fitting = entries
    .filter(({ name }) =>
      fits(
        name,
        part.replaceAll('{id}', () => session),
      ),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (rest.length === 0) return fitting.filter((entry) => entry.isFile()).map(({ name }) => name);
  const folders = fitting.filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    folders.map(async ({ name }) => (await matching(join(folder, name), rest, session)).map((path) => join(name, path))),
  );
  return found.flat();
}

/** `*` matches any text, at most once in a name. */
function fits(name: string, part: string): boolean {
  const star = part.indexOf('*');
  if (star < 0) return name === part;
  const [before, after] = [part.slice(0, star), part.slice(star + 1)];
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
}
