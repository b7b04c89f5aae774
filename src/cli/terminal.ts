import type { Readable, Writable } from 'node:stream';

/** What a subcommand gets of the outside: never `process` itself. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  /** The person's current folder, absolute; paths that they type are relative to it. */
  readonly cwd: string;
  /** How this Musher was called, so that the commands it shows can be typed: `npx musher`. */
  readonly calledAs: string;
}

/** Prints one line to the standard output. */
export function printLine(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`);
}

/** `word` as one word of a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
