import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Redactor } from './redaction/redactor.ts';
import { makePrivateFile } from './log/private-dir.ts';

/** Details for whoever runs Musher: bugs, failed system calls, starts and stops. Never the text of messages or items. */
export function openLogFile(dataDir: string, level: 'debug' | 'info' | 'warn' | 'error', redactor: Redactor): Logger {
  const file = join(dataDir, 'musher.log');
  makePrivateFile(file);
  // Synchronous: what was logged right before a crash is what one needs.
  const destination = pino.destination({ dest: file, sync: true });
  // Whole lines come here, whatever part of Musher or of a library wrote them.
  const redacting = { write: (line: string) => void destination.write(redactor.redact(line)), flushSync: () => destination.flushSync() };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, redacting);
}
