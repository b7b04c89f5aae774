import type { AccessRole } from '../config/choices.ts';

/** What a text needs to know of a command's argument. */
export interface DescribedArgument {
  readonly kind: 'token' | 'tokens' | 'rest' | 'flag';
  readonly description: string;
  /** Its part of the usage line, given its name in the declaration. */
  usage(name: string): string;
}

/** What a text needs to know of a command: its declaration, without what it does. */
export interface Described {
  /** The words that call it; `['timer', 'list']` is typed `timer list`. */
  readonly words: readonly [string, ...string[]];
  readonly aliases?: readonly (readonly [string, ...string[]])[];
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly [string, ...string[]];
  /** In the order in which they are typed. */
  readonly args: Readonly<Record<string, DescribedArgument>>;
  readonly role: AccessRole;
  /** Present where it asks before it runs. */
  readonly confirm?: unknown;
  readonly asks?: 'sometimes';
}

/** A command's own name, as typed: `timer list`. */
export function commandName(command: Pick<Described, 'words'>): string {
  return command.words.join(' ');
}
