import { COMMANDS } from '../../../commands/index.ts';
import { commandTable } from '../../bot/command-table.ts';
import { wrongEntries } from '../../bot/second/wanted.ts';
import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import type { MusherError } from '../../errors.ts';
import { NETWORKS } from '../../../transports/index.ts';
import type { Result } from '../../result.ts';

/** What people type to a question of Musher's. */
const ANSWERS = ['yes', 'no'];

/** Reads the configuration that Musher is to run with, whose keys may name commands: those are known here alone. */
export function readSettings(path: string, env: NodeJS.ProcessEnv): Result<Settings, MusherError> {
  const table = commandTable(COMMANDS);
  return loadSettings(
    path,
    env,
    NETWORKS,
    ({ two_person: entries }) => wrongEntries(entries, table).map(({ index, message }) => ({ path: ['two_person', index], message })),
    // An answer to a question is no command, and is read before one.
    new Set([...table.byName.keys(), ...ANSWERS].flatMap((name) => name.split(' ', 1))),
  );
}
