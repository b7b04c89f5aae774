import type { Occasion } from '../log/tables/button-messages.ts';
import type { Document } from '../message/document.ts';
import type { Millis } from '../pipeline/values.ts';

/** A final reply. `ok: false`: nothing was done, and the text says why and what to do next. */
export interface Reply {
  readonly ok: boolean;
  readonly body: Document;
  /** A stable word for the audit and for tests, where `ok` is false. */
  readonly code: string | null;
  /** Not repeated to the same sender in the same room within this many ms; the audit has each one. Missing: always shown. */
  readonly notWithinMs?: Millis;
  /** With `notWithinMs`: not repeated in the room at all, whoever asks. */
  readonly sameForAll?: true;
  /** What it began has not ended, and the reply does not say how it ends: the room is told then, if it is news. */
  readonly unfinished?: true;
  /** Not given by this process: the next start answers. */
  readonly later?: true;
  /** What its buttons belong to: they are removed when that is over. Missing: no buttons, or they stay valid. */
  readonly occasion?: Occasion;
}
