import { Readable, Writable } from 'node:stream';
import process from 'node:process';
import { readCall } from '../../src/cli/called-as.ts';
import { answer } from '../../src/main.ts';
import { packageRoot } from '../../src/version.ts';
import { LAUNCHER } from './programs.ts';

/** What a subcommand came to; without the last line's end, as `execa` gives it. */
export interface Answered {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What Musher answers to the words behind its name, with this environment and no other, in this process: a start takes ten times as
 * long as most subcommands. For those that look and print, and leave nothing in their process.
 */
export async function answerHere(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Answered> {
  const [stdout, stderr] = [collector(), collector()];
  const before = process.env;
  process.env = { ...env };
  try {
    const call = readCall(process.env, cwd, packageRoot(), LAUNCHER);
    const exitCode = await answer(words, { stdin: Readable.from([]), stdout: stdout.into, stderr: stderr.into, env: process.env, ...call });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = before;
  }
}

function collector(): { readonly into: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const into = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { into, text: () => Buffer.concat(chunks).toString().replace(/\n$/, '') };
}
