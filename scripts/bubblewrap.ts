import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { cacheFolder, unpackSystemPackage } from './system-packages.ts';

const CACHE = cacheFolder('bubblewrap');

/**
 * The program bwrap for the tests of the sandbox: the one on the PATH, else one from a package of the system that is
 * fetched and unpacked beside the node modules, without being installed. Null with the reason where there is none.
 */
export function bubblewrap(): { readonly program: string } | { readonly missing: string } {
  const found = onPath() ?? cached() ?? fetched();
  if (found === null) return { missing: 'there is no bwrap, and the package of the system cannot be fetched' };
  try {
    execFileSync(found, ['--unshare-user', '--unshare-net', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', '/bin/true'], {
      stdio: 'pipe',
    });
    return { program: found };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    return { missing: `this machine does not let bwrap make namespaces: ${said}` };
  }
}

function onPath(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'bwrap')).find((file) => existsSync(file)) ?? null;
}

function cached(): string | null {
  const file = join(CACHE, 'usr/bin/bwrap');
  return existsSync(file) ? file : null;
}

function fetched(): string | null {
  unpackSystemPackage('bubblewrap', CACHE);
  return cached();
}

if (import.meta.main) {
  const found = bubblewrap();
  process.stdout.write('program' in found ? `${found.program}\n` : `no sandbox: ${found.missing}\n`);
}
