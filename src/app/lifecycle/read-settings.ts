import { COMMANDS } from '../../../commands/index.ts';
import { commandTable } from '../../bot/command-table.ts';
import { wrongEntries } from '../../bot/second/wanted.ts';
import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import type { MusherError } from '../../errors.ts';
import { NETWORKS } from '../../../transports/index.ts';
import type { Result } from '../../result.ts';

/** Reads the configuration that Musher is to run with, whose keys may name commands: those are known here alone. */
export function readSettings(path: string, env: NodeJS.ProcessEnv): Result<Settings, MusherError> {
  return loadSettings(path, env, NETWORKS, ({ two_person: entries }) =>
    wrongEntries(entries, commandTable(COMMANDS)).map(({ index, message }) => ({ path: ['two_person', index], message })),
  );
}
