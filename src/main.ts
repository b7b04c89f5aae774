import process from 'node:process';
import { readCall } from './cli/called-as.ts';
import { helpText } from './cli/help.ts';
import { parseCommandLine } from './cli/parse.ts';
import { printLine } from './cli/terminal.ts';
import type { Terminal } from './cli/terminal.ts';
import { MusherError } from './errors.ts';
import { musherVersion, packageRoot } from './version.ts';

/** Wrong usage. 1 is for everything that was understood but failed. */
const EXIT_USAGE = 2;

/** The command line of this process. Resolves to its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const terminal: Terminal = { stdin, stdout, stderr, env, ...readCall(env, process.cwd(), packageRoot(), process.argv[1] ?? '') };
  // The reader is gone (`musher help | head -1`), which is not an error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return answer(words, terminal);
}

/** Does what the words say. Resolves to the exit code; what a person can fix is printed in words, without a stack. */
export async function answer(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    if (!(error instanceof MusherError)) throw error;
    terminal.stderr.write(`${error.message}\n${error.hint}\n`);
    return error.code === 'USAGE' ? EXIT_USAGE : 1;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine(words, terminal.calledAs);
  if (!line.ok) throw line.error;
  switch (line.value.kind) {
    case 'help':
      printLine(terminal, helpText(line.value.of, terminal.calledAs));
      return 0;
    case 'version':
      printLine(terminal, musherVersion());
      return 0;
    case 'call': {
      const { run } = await line.value.subcommand.load();
      return run(line.value.typed, terminal);
    }
  }
}
