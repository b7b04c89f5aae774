import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Finding } from '../../finding.ts';

export { failure, good, warning } from '../../finding.ts';
export type { Finding };

/** What checks look at. */
export interface Subject {
  /** Null: none was named, or it is not valid. */
  readonly settings: Settings | null;
  /** Null: neither named nor configured. */
  readonly dataDir: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Looks at one thing; an exception is a bug, whatever is wrong with the machine is a finding. */
export type Check = (subject: Subject) => Promise<readonly Finding[]> | readonly Finding[];

/** The file of a program: a name with a slash is relative to `folder`, others are looked up on the PATH. */
export function findProgram(name: string, folder: string, path: string): string | null {
  const candidates = name.includes('/')
    ? [resolve(folder, name)]
    : path
        .split(delimiter)
        .filter((entry) => isAbsolute(entry))
        .map((entry) => join(entry, name));
  return candidates.find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The directory itself, or the nearest one above it that exists. */
export function existingFolder(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}
