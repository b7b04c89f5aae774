import type { Terminal } from './terminal.ts';

/** An option of a subcommand: a switch, or one with a value (`value` says in the help what it is). */
export interface Option {
  readonly name: string;
  readonly value: string | null;
  readonly summary: string;
}

/** What was typed after the subcommand, checked against its declaration. */
export interface Typed {
  readonly positionals: readonly string[];
  /** Values of options by name; a switch is `true`. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Runs a subcommand and resolves to the exit code. Throws MusherError for what the person can fix. */
export type Run = (typed: Typed, terminal: Terminal) => Promise<number>;

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Names of arguments, all required. */
  readonly positionals: readonly string[];
  /** Names of those that may follow. */
  readonly more?: readonly string[];
  readonly options: readonly Option[];
  /** Loaded only when called, so that a start does not pay for the others. */
  readonly load: () => Promise<{ readonly run: Run }>;
}
