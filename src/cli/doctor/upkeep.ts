import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isOpen, mayClose } from '../../log/private-dir.ts';
import { shellWord } from '../terminal.ts';
import { existingFolder, failure, good, warning } from './check.ts';
import type { Check } from './check.ts';

/** Whether copies of the log can be written where they are to go, and for their owner alone. */
export const backups: Check = ({ settings, dataDir }) => {
  if (settings === null || settings.file === null || dataDir === null) return [];
  const { schedule, folder: named, keep } = settings.backup;
  const folder = named ?? join(dataDir, 'backups');
  const found = existingFolder(folder);
  // What is wrong with the data directory has been told.
  if (named === null && found !== folder && !isUsable(found)) return [];
  const mend = 'Make it a folder of yours, or choose another under [backup] in bot.toml.';
  if (!isUsable(found)) return [failure('backup', `${found} cannot be written, or is a file`, mend)];
  if (found === folder && isOpen(folder) && !mayClose(folder)) {
    return [
      failure('backup', `${folder} is open to other users, and copies go only into one that is not`, `chmod 700 ${shellWord(folder)}`),
    ];
  }
  if (schedule === null)
    return [warning('backup', 'no copies of the log are made by themselves', 'Set schedule under [backup] in bot.toml.')];
  return [good('backup', `${keep} copies by the schedule ${schedule} in ${folder}`)];
};

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** Figures have no password: where they are listened for, whoever reaches the address reads them. */
export const monitor: Check = ({ settings }) => {
  const set = settings?.monitor ?? null;
  if (set === null) return [];
  const where = `${set.address}:${set.port}`;
  if (isLoopback(set.address)) return [good('monitor', where)];
  const what = `${where} is no loopback address: whoever reaches it sees how much is worked and spent`;
  return [warning('monitor', what, 'Set address = "127.0.0.1" under [monitor], and put a proxy with a password in front.')];
};

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
