import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import type { Redactor } from '../redaction/redactor.ts';
import { makePrivateFile } from '../log/private-dir.ts';

/**
 * Details for whoever runs Musher: bugs, failed system calls, starts and stops. Never the text of messages or items. What
 * can't be written there, on a full disk say, goes to the standard error, and never stops Musher.
 */
export function openLogFile(
  dataDir: string,
  level: 'debug' | 'info' | 'warn' | 'error',
  redactor: Redactor,
  instead: Pick<Writable, 'write'>,
): Logger {
  const file = join(dataDir, 'musher.log');
  makePrivateFile(file);
  const fd = openSync(file, 'a');
  let failing = false;
  // Synchronous: what was logged right before a crash is what one needs. Whole lines come here, whatever part of Musher
  // or of a library wrote them. Pino's own destination would end the program at the first error, or keep lines for ever.
  const write = (line: string): void => {
    const clean = redactor.redact(line);
    try {
      const bytes = Buffer.from(clean);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      failing = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!failing) instead.write(`${file} cannot be written: ${why}. Log lines are printed here until it can be written again.\n`);
      failing = true;
      instead.write(clean);
    }
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}
