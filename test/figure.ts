import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** Prints what a test has measured as a line of its own, and keeps it where CI collects the figures of all tests. */
export function figure(text: string): void {
  const line = `figure: ${text}\n`;
  process.stdout.write(line);
  const file = process.env['MUSHER_TEST_FIGURES'];
  if (file !== undefined) appendFileSync(file, line);
}
