import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectBaseBranch, findRepository } from '../../git/repository.ts';

/**
 * The branch that work should start from: what the remote `origin` calls its main one, where that exists here as
 * well, else the one that is checked out. Null if there is no commit yet.
 */
export async function proposeBaseBranch(folder: string): Promise<string | null> {
  const { commonDir } = await findRepository(folder);
  const main = /^ref: refs\/remotes\/origin\/(.+)$/m.exec(read(join(commonDir, 'refs', 'remotes', 'origin', 'HEAD')))?.[1]?.trim();
  if (main !== undefined && main !== '' && hasBranch(commonDir, main)) return main;
  return detectBaseBranch(folder);
}

function hasBranch(commonDir: string, branch: string): boolean {
  const ref = `refs/heads/${branch}`;
  const packed = read(join(commonDir, 'packed-refs')).split('\n');
  return existsSync(join(commonDir, ref)) || packed.some((row) => row.endsWith(` ${ref}`));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
