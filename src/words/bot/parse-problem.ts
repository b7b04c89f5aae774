import type { Content } from '../../message/build.ts';
import type { Described } from '../described.ts';

export type ParseProblemCode = 'empty' | 'unknown-command' | 'missing-argument' | 'bad-argument' | 'extra-argument' | 'which-item';

/** Why a text can't be run as a command. */
export interface ParseProblem<C extends Pick<Described, 'words' | 'args'> = Pick<Described, 'words' | 'args'>> {
  readonly code: ParseProblemCode;
  /** One sentence with a full stop. */
  readonly message: string;
  /** What to do about it, with its commands; may be empty. */
  readonly next: readonly Content[];
  readonly source: string;
  /** UTF-16 offset and length of the word in question; if one is missing, the end of the text and 0. */
  readonly offset: number;
  readonly length: number;
  /** What was perhaps meant instead, best first. */
  readonly near: readonly string[];
  /** The command, if it was found. */
  readonly command: C | null;
  /** The name of the argument, if it is about one. */
  readonly argument: string | null;
}
