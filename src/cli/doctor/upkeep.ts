import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isOpen, mayClose } from '../../log/private-dir.ts';
import { shellWord } from '../terminal.ts';
import { existingFolder, failure, good, warning } from './check.ts';
import type { Check } from './check.ts';

/** Whether backups can be written to their folder, and only their owner can read them. */
export const backups: Check = ({ settings, dataDir }) => {
  if (settings === null || settings.file === null || dataDir === null) return [];
  const { schedule, folder: named, keep } = settings.backup;
  const folder = named ?? join(dataDir, 'backups');
  const found = existingFolder(folder);
  // A problem with the data directory was reported before.
  if (named === null && found !== folder && !isUsable(found)) return [];
  const fix = 'Make it a folder that you can write, or choose another under [backup] in bot.toml.';
  if (!isUsable(found)) return [failure('backup', `${found} is not writable, or is a file`, fix)];
  if (found === folder && isOpen(folder) && !mayClose(folder)) {
    return [failure('backup', `other users can read ${folder}, so no backups are written there`, `chmod 700 ${shellWord(folder)}`)];
  }
  if (schedule === null) return [warning('backup', 'no backups are scheduled', 'Set schedule under [backup] in bot.toml.')];
  return [good('backup', `${folder}, schedule ${schedule}, keeps ${keep}`)];
};

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** The metrics have no password: everyone who can reach the address can read them. */
export const monitor: Check = ({ settings }) => {
  const set = settings?.monitor ?? null;
  if (set === null) return [];
  const where = `${set.address}:${set.port}`;
  if (isLoopback(set.address)) return [good('monitor', where)];
  const what = `${where} is not a loopback address, so everyone who can reach it sees activity and spend`;
  return [warning('monitor', what, 'Set address = "127.0.0.1" under [monitor], and put a proxy with a password in front.')];
};

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
