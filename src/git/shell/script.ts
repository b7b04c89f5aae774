import type { GitCall } from '../run.ts';

/** Larger inputs don't go through the script of a call: each byte may take four there. */
export const MOST_INPUT_BYTES = 16 * 1024;

/**
 * One call of git as a script for `/bin/sh`. Standard output and standard error each end with a line that holds `mark`; on
 * standard output the exit code follows it, or `x` where the folder can't be entered.
 *
 * DANGER: arguments and variables hold names of files and branches that agents choose. Nothing but quoted words may get into
 * the script. The braces make it a syntax error where a Musher that is killed has written only a part of it.
 */
export function scriptOf(call: Pick<GitCall, 'args' | 'cwd' | 'env' | 'input'>, mark: string): string {
  const variables = Object.entries(call.env).map(([name, value]) => {
    if (!/^[A-Z_]+$/.test(name)) throw new Error(`${name} is no name of a variable`);
    return `${name}=${quoted(value)}`;
  });
  const git = [...variables, 'git', ...call.args.map(quoted)].join(' ');
  const run = call.input === undefined ? `${git} </dev/null` : `printf '${escaped(Buffer.from(call.input))}' | ${git}`;
  return `{ if cd ${quoted(call.cwd)}; then ${run}; c=$?; cd /; else c=x; fi; printf '\\n%s %s\\n' ${mark} "$c"; printf '\\n%s\\n' ${mark} >&2; }\n`;
}

/** A word that the shell takes as it is. Throws where it holds a zero byte, which no argument can hold. */
export function quoted(word: string): string {
  if (word.includes('\0')) throw new Error('an argument holds a zero byte');
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Bytes as a format of `printf` that prints exactly them. */
export function escaped(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[\w./]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}
