import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** Lines that are kept. */
export const HISTORY_SIZE = 500;

/** The lines of earlier sessions, newest first; none where the file can't be read. */
export function readHistory(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-HISTORY_SIZE)
      .toReversed();
  } catch {
    // No file yet, or one that is not ours to read: the terminal works without a history.
    return [];
  }
}

/** Writes the lines, newest first, readable by the owner alone. A line that begins with a space is not kept. Throws what the file system throws. */
export function writeHistory(file: string, lines: readonly string[]): void {
  const kept = lines.filter((line) => !line.startsWith(' ')).slice(0, HISTORY_SIZE);
  writeFileSync(
    file,
    kept
      .toReversed()
      .map((line) => `${line}\n`)
      .join(''),
    { mode: 0o600 },
  );
  // The mode above counts for a new file only.
  chmodSync(file, 0o600);
}
