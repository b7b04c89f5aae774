import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program that is played does, one thing after the other. */
export type Step =
  /** Prints these lines, as they were recorded. */
  | { readonly print: readonly string[] }
  /** The same on its error output. */
  | { readonly complain: readonly string[] }
  /** Starts something that leaves its process group, as the tools of agents do, and is deaf to SIGTERM. */
  | { readonly tool: true }
  /** What it prints when it is asked to end, and the code with which it then exits. Without this step a signal ends it. */
  | { readonly onTerm: readonly string[]; readonly exit: number }
  /** Prints the line over and over. */
  | { readonly flood: string }
  /** Waits until it is told something, and keeps that in the file `told`. */
  | { readonly hears: true }
  /** Does nothing until a signal comes. */
  | { readonly stay: true }
  | { readonly exit: number };

/**
 * Writes a program that plays these steps, and returns its path. It is a shell script: real output files, real signals, a
 * real exit code, and it starts at once. Its arguments go into the file `arguments` beside it, one a line.
 */
export function replayProgram(dir: string, steps: readonly Step[]): string {
  mkdirSync(dir, { recursive: true });
  const lines = (name: string, text: readonly string[]): string => {
    writeFileSync(join(dir, name), text.map((line) => `${line}\n`).join(''));
    return `cat "$dir/${name}"`;
  };
  const played = steps.map((step, i) => {
    if ('print' in step) return lines(`print-${i}`, step.print);
    if ('complain' in step) return `${lines(`complain-${i}`, step.complain)} >&2`;
    // Its output is its own: what follows the run's files must not wait for it.
    if ('tool' in step) return `setsid sh -c 'trap "" TERM; echo $$ > "$1"; exec sleep 300' sh "$dir/tool" > /dev/null 2>&1 &`;
    if ('onTerm' in step) return `trap '${lines(`term-${i}`, step.onTerm)}; exit ${step.exit}' TERM`;
    if ('flood' in step) return `${lines(`flood-${i}`, [step.flood])} > /dev/null; yes "$(cat "$dir/flood-${i}")"`;
    if ('hears' in step) return `until [ -s "$MUSHER_TOLD_FILE" ]; do sleep 0.01; done\ncp "$MUSHER_TOLD_FILE" "$dir/told"`;
    // `wait`, so that a trap is worked off at once; what it waits for ends with the group.
    if ('stay' in step) return 'sleep 300 & wait';
    return `exit ${step.exit}`;
  });
  const file = join(dir, 'program');
  const head = `#!/bin/sh\ndir='${dir}'\nprintf '%s\\n' "$@" > "$dir/arguments"\ncat > "$dir/stdin"\n`;
  writeFileSync(file, `${head}${played.join('\n')}\n`, { mode: 0o755 });
  return file;
}
