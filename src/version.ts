import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this is the built package, which is JavaScript. */
const isBuilt = import.meta.url.endsWith('.js');

/** The folder of Musher's own package.json: of the checkout, or of the installed package (whose code is below `dist`). */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (readName(folder) !== 'musher') {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no package.json of Musher above ${import.meta.url}`);
    folder = above;
  }
  return folder;
}

/** The path of a program of Musher's own that Node runs, by its path in the checkout without the ending. */
export function ownProgram(path: string): string {
  return isBuilt ? join(packageRoot(), 'dist', `${path}.js`) : join(packageRoot(), `${path}.ts`);
}

/** Musher's version, as its package.json says it. */
export function musherVersion(): string {
  return String(readPackage(packageRoot())['version']);
}

function readName(folder: string): unknown {
  try {
    return readPackage(folder)['name'];
  } catch {
    return null;
  }
}

function readPackage(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
}
