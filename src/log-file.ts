import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { makePrivateFile } from './log/private-dir.ts';

/** Details for whoever runs Musher: bugs, failed system calls, starts and stops. Never the text of messages or items. */
export function openLogFile(dataDir: string, level: 'debug' | 'info' | 'warn' | 'error'): Logger {
  const file = join(dataDir, 'musher.log');
  makePrivateFile(file);
  // Synchronous: what was logged right before a crash is what one needs.
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: file, sync: true }));
}
