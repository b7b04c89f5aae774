import { join } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import { makeBackup } from '../../log/copies/backup.ts';
import { choose } from '../choose.ts';
import { dataDirOf, withLog } from '../data-dir.ts';
import { printLine } from '../terminal.ts';
import type { Run } from '../subcommand.ts';

/** `musher backup`: a backup beside those of a running Musher. It deletes none of the older ones. */
export const run: Run = async (typed, terminal) => {
  const choice = choose(typed, terminal);
  const dataDir = dataDirOf(choice, terminal.env);
  const settings = choice.config === null ? null : loadSettings(choice.config, terminal.env);
  const named = settings?.ok === true ? settings.value.backup.folder : null;
  const folder = named ?? join(dataDir, 'backups');
  const { file, bytes } = await withLog(dataDir, (db) => makeBackup(db, folder, Infinity, Date.now()));
  printLine(terminal, `${file}, ${(bytes / 1_000_000).toFixed(1)} MB. \`restore\` restores it.`);
  return 0;
};
