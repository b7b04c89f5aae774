import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { DumpAsk } from '../../log/copies/dump.ts';
import type { Log } from '../../log/log.ts';
import { dumpOf } from '../../log/open-log.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { err, ok, type Result } from '../../result.ts';

/** A dump as it was written. */
export interface Dumped {
  readonly file: string;
  readonly text: string;
}

export interface DumpParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly redactor: Redactor;
  readonly version: string;
}

/** Writes what the database holds to a file of the data directory that only its owner can read; the error says why it could not. */
export function dumper({ log, clock, dataDir, redactor, version }: DumpParts): (ask: DumpAsk) => Promise<Result<Dumped, string>> {
  return async (ask) => {
    const at = clock.now();
    const text = `${JSON.stringify(dumpOf(log, ask, redactor, { version, at }), null, 2)}\n`;
    const folder = join(dataDir, 'dumps');
    const name = `${new Date(at).toISOString().replaceAll(':', '-')}${ask.number === null ? '' : `-item-${ask.number}`}.json`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, name), text, { mode: 0o600 });
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
    return ok({ file: join(folder, name), text });
  };
}
