import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import { MusherError } from '../../errors.ts';
import { isForeign, isOpen } from '../../log/private-dir.ts';
import { unconfiguredProjects } from '../../decide/unconfigured.ts';
import { unconfiguredWords, wayBack } from '../../words/unconfigured.ts';
import { failure, good, warning } from './check.ts';
import type { Check } from './check.ts';

/** A clock that is set while a file is written may be off by this much, in ms, without being wrong. */
const CLOCK_TOLERANCE = 60_000;

/** The end of the log and its active items are what was written, and the clock has not gone back behind it. As a start does; `verify` reads all of it. */
export const log: Check = async ({ settings, dataDir }) => {
  // Loaded here: a library that does not fit this machine is the finding of another check.
  const { DATABASE_FILE } = await import('../../log/log.ts');
  const file = dataDir === null ? '' : join(dataDir, DATABASE_FILE);
  if (dataDir === null || !existsSync(file)) return [];
  const { ownerOf } = await import('../../log/owner.ts');
  const { checkLog } = await import('../../log/check.ts');
  const fix = '`musher verify` shows more; `musher restore` restores a backup.';
  try {
    // A running Musher checked it at its start and is writing it now; a log in an open folder was reported before.
    if (isOpen(dataDir) || isForeign(dataDir) || ownerOf(dataDir) !== null) return [];
    const ahead = statSync(file).mtimeMs - systemClock().now();
    const clock =
      ahead > CLOCK_TOLERANCE
        ? [
            warning(
              'clock',
              `${Math.round(ahead / 60_000)} min behind the last entry of the log`,
              'Set the clock, or timers and daily budgets will be wrong.',
            ),
          ]
        : [];
    const names = settings?.projects.map(({ name }) => name) ?? [];
    const looked = checkLog(dataDir, names, (reads) => (settings === null ? [] : unconfiguredProjects(reads, names)));
    if (looked === null) return [...clock, good('log', 'written by an older Musher; the next start migrates it')];
    const found = looked.differences.map((difference) => failure('log', difference, fix));
    const left = looked.also.map((one) => warning('log', unconfiguredWords(one), wayBack(one)));
    return [...clock, ...left, ...(found.length > 0 ? found : [good('log', `${looked.events} events checked, all intact`)])];
  } catch (error) {
    if (error instanceof MusherError) return [failure('log', error.message, error.hint)];
    return [failure('log', `cannot be read: ${error instanceof Error ? error.message : String(error)}`, fix)];
  }
};
