import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** Musher's own folder in a repository: guarded whether the running configuration was read from it or not. */
const OWN_FOLDER = '.musher';

/**
 * Paths in a checkout, from its top, that the running configuration was read from. Who changes one of these changes what
 * agents may do, so the change waits for a person. A file that is reached by a link counts under both of its names.
 */
export function guardedPaths(checkout: string, files: readonly string[]): readonly string[] {
  const tops = [...new Set([checkout, real(checkout)])];
  const inside = files.flatMap((file) => [file, real(file)]).flatMap((file) => tops.flatMap((top) => below(top, file)));
  return [...new Set([OWN_FOLDER, ...inside.filter((path) => !path.startsWith(`${OWN_FOLDER}/`))])];
}

/** The file's path relative to `top`; empty list if it is outside. */
function below(top: string, file: string): string[] {
  const path = relative(top, file);
  return path === '' || path === '..' || path.startsWith('../') || isAbsolute(path) ? [] : [path];
}

/** Without links on the way; the path itself if it can't be followed. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
