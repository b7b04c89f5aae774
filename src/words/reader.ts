import type { Clock } from '../clock.ts';
import type { NameOf } from '../pipeline/actor.ts';

/** Where a text about an item is read. */
export interface Reader {
  /** The project that a bare number belongs to there. */
  readonly current: string;
  readonly now: number;
  readonly timezone: string;
  /** How people are called there. */
  readonly nameOf: NameOf;
}

/** Where and when a command was typed, as far as texts depend on it. */
export interface Typed {
  readonly project: { readonly name: string };
  readonly clock: Clock;
  /** IANA name. */
  readonly timezone: string;
  readonly nameOf: NameOf;
}

/** Where the texts of a command's answer are read. */
export function readerOf(context: Typed): Reader {
  return { current: context.project.name, now: context.clock.now(), timezone: context.timezone, nameOf: context.nameOf };
}
