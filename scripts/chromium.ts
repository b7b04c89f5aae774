import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { cacheFolder, unpackSystemPackage } from './system-packages.ts';

const CACHE = cacheFolder('chromium');

/** A browser that can be started, with what it needs in its environment. */
export interface Chromium {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Chromium for the tests of the page: the one on the PATH, else Debian's, fetched with its libraries and unpacked beside
 * the node modules without being installed (about 100 MB to fetch, 300 MB on disk). `missing` says why there is none.
 */
export function chromium(): Chromium | { readonly missing: string } {
  const found = onPath() ?? cached() ?? fetched();
  if (found === null) return { missing: 'there is no chromium, and the package of the system cannot be fetched' };
  try {
    execFileSync(found.program, ['--version'], { stdio: 'pipe', env: { ...process.env, ...found.env }, timeout: 60_000 });
    return found;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    return { missing: `chromium does not start: ${said}` };
  }
}

function onPath(): Chromium | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-headless-shell', 'chromium-browser', 'google-chrome'];
  const program = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
  return program === undefined ? null : { program, env: {} };
}

function cached(): Chromium | null {
  const program = join(CACHE, 'usr/lib/chromium/chromium-headless-shell');
  if (!existsSync(program)) return null;
  // Libraries of the unpacked packages, for each kind of processor in a folder of its own.
  const libraries = globSync(['usr/lib/*-linux-gnu', 'usr/lib/*-linux-gnu/pulseaudio'], { cwd: CACHE });
  return { program, env: { LD_LIBRARY_PATH: libraries.map((folder) => join(CACHE, folder)).join(delimiter) } };
}

function fetched(): Chromium | null {
  // Debian's Chromium without windows: a third of the packages.
  unpackSystemPackage('chromium-headless-shell', CACHE);
  return cached();
}

if (import.meta.main) {
  const found = chromium();
  process.stdout.write('program' in found ? `${found.program}\n` : `no browser: ${found.missing}\n`);
}
