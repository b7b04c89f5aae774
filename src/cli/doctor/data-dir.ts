import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MusherError } from '../../errors.ts';
import { isForeign, isOpen, mayClose } from '../../log/private-dir.ts';
import { shellWord } from '../terminal.ts';
import { existingFolder, failure, good, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

export const dataDirectory: Check = ({ dataDir }) => {
  if (dataDir === null) return [];
  const found = existingFolder(dataDir);
  if (!statSync(found).isDirectory()) return [failure('data', `${found} is a file`, 'Move it, or choose another data_dir.')];
  try {
    accessSync(found, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [failure('data', `${found} is not writable`, 'Change its owner (chown), or choose another data_dir.')];
  }
  if (found !== dataDir) return [good('data', `${dataDir} (will be created)`)];
  return [good('data', dataDir), ...privacy(dataDir)];
};

/** What others on this machine could read. */
function privacy(dataDir: string): Finding[] {
  const word = shellWord(dataDir);
  if (isForeign(dataDir)) {
    return [failure('data', `${dataDir} belongs to another user`, 'Run Musher as that user, or choose another data_dir.')];
  }
  if (isOpen(dataDir)) {
    const fix = `chmod 700 ${word}`;
    if (mayClose(dataDir)) return [warning('data', `other users can read ${dataDir}; the next start closes it`, `To close it now: ${fix}`)];
    return [
      failure(
        'data',
        `other users can read ${dataDir}, and it contains files that are not Musher’s`,
        `Choose another data_dir, or: ${fix}`,
      ),
    ];
  }
  const open = readdirSync(dataDir).filter((name) => /\.sqlite(?:-\w+)?$/.test(name) && isOpen(join(dataDir, name)));
  if (open.length === 0) return [];
  return [warning('data', `other users could read ${open.join(', ')} if the directory were opened`, `Run: chmod -R go= ${word}`)];
}

export const owner: Check = async ({ dataDir }) => {
  if (dataDir === null || existingFolder(dataDir) !== dataDir) return [];
  const { ownerOf } = await import('../../log/owner.ts');
  try {
    const running = ownerOf(dataDir);
    if (running === null) return [good('owner', 'no other Musher is running')];
    const pid = running.pid === null ? '' : ` (pid ${running.pid})`;
    const fix = running.pid === null ? 'Stop it first.' : `Stop it first: kill ${running.pid}`;
    return [failure('owner', `Musher is already running${pid}`, fix)];
  } catch (error) {
    if (error instanceof MusherError) return [failure('owner', error.message, error.hint)];
    return [failure('owner', `cannot be checked: ${error instanceof Error ? error.message : String(error)}`, 'Check the data directory.')];
  }
};
