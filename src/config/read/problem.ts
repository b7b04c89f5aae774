import { MusherError } from '../../errors.ts';
import type { KeyPath } from './locate.ts';

/** One thing that is wrong in a configuration file. */
export interface Problem {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As people write it: `agent.limits.turns`; empty for the whole file. */
  readonly key: string;
  /** What is wrong and, where known, what to write instead. Never a secret's value. */
  readonly message: string;
}

/** What is wrong with a key, before it is known where in the file that stands. */
export interface KeyProblem {
  readonly path: KeyPath;
  readonly message: string;
}

/** All problems as one error, one line each: `<file>:<line>: <key>: <what is wrong>`. */
export function configInvalid(problems: readonly Problem[]): MusherError {
  const lines = problems.map(({ file, line, key, message }) => `${file}:${line}: ${key === '' ? '' : `${key}: `}${message}`);
  const message = lines.length === 1 ? lines.join('') : `The configuration has ${lines.length} errors:\n${lines.join('\n')}`;
  return new MusherError('CONFIG_INVALID', message, 'Fix this and start again; docs/configuration.md lists all keys.');
}
