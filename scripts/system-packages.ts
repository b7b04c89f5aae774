import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** A folder beside the node modules for what the tests fetch: `npm ci` empties it. */
export function cacheFolder(name: string): string {
  return new URL(`../node_modules/.cache/${name}`, import.meta.url).pathname;
}

/**
 * Fetches a package of Debian's archive with all that it needs and this machine lacks, as the machine's own apt is set up
 * to reach it, and unpacks them into a folder without installing anything. The folder is there whole or not at all; false:
 * it could not be done.
 */
export function unpackSystemPackage(name: string, folder: string): boolean {
  const fresh = `${folder}.${process.pid}`;
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: fresh, timeout: 300_000, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const download = (): void => {
    const plan = run('apt-get', 'install', '--simulate', '--no-install-recommends', name);
    const missing = Array.from(plan.matchAll(/^Inst (\S+)/gm), ([, one = '']) => one);
    run('apt-get', 'download', ...(missing.length === 0 ? [name] : missing));
  };
  try {
    mkdirSync(fresh, { recursive: true });
    try {
      download();
    } catch {
      // The lists of a fresh image are empty.
      run('apt-get', 'update');
      download();
    }
    for (const file of readdirSync(fresh).filter((one) => one.endsWith('.deb'))) {
      run('dpkg', '-x', file, '.');
      rmSync(join(fresh, file));
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
