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
  if (!statSync(found).isDirectory()) return [failure('data', `${found} is a file`, 'Move it away, or choose another data_dir.')];
  try {
    accessSync(found, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [failure('data', `${found} cannot be written`, 'Make it yours (chown), or choose another data_dir.')];
  }
  if (found !== dataDir) return [good('data', `${dataDir} will be made`)];
  return [good('data', dataDir), ...privacy(dataDir)];
};

/** What others on this machine could read. */
function privacy(dataDir: string): Finding[] {
  const word = shellWord(dataDir);
  if (isForeign(dataDir)) {
    return [failure('data', `${dataDir} belongs to another user`, 'Run Musher as that user, or choose another data_dir.')];
  }
  if (isOpen(dataDir)) {
    const mend = `chmod 700 ${word}`;
    if (mayClose(dataDir)) return [warning('data', `${dataDir} is open to other users; a start closes it`, `Now: ${mend}`)];
    return [
      failure('data', `${dataDir} is open to other users and holds files that are not Musher's`, `Choose another data_dir, or: ${mend}`),
    ];
  }
  const open = readdirSync(dataDir).filter((name) => /\.sqlite(?:-\w+)?$/.test(name) && isOpen(join(dataDir, name)));
  if (open.length === 0) return [];
  return [warning('data', `${open.join(', ')} would be readable if the directory were opened`, `Run: chmod -R go= ${word}`)];
}

export const owner: Check = async ({ dataDir }) => {
  if (dataDir === null || existingFolder(dataDir) !== dataDir) return [];
  const { ownerOf } = await import('../../log/owner.ts');
  try {
    const running = ownerOf(dataDir);
    if (running === null) return [good('owner', 'no other Musher runs there')];
    const pid = running.pid === null ? '' : ` (pid ${running.pid})`;
    const mend = running.pid === null ? 'Stop it before you start another.' : `To start another, stop it first: kill ${running.pid}`;
    return [failure('owner', `a Musher runs there${pid}`, mend)];
  } catch (error) {
    if (error instanceof MusherError) return [failure('owner', error.message, error.hint)];
    return [
      failure('owner', `cannot be found out: ${error instanceof Error ? error.message : String(error)}`, 'Look at the data directory.'),
    ];
  }
};
