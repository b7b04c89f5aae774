import type { Occasion } from '../log/tables/button-messages.ts';
import type { Document } from '../message/document.ts';
import type { Millis } from '../pipeline/values.ts';

/** A final answer. `ok: false`: nothing was done, and the text says why and what to do next. */
export interface Reply {
  readonly ok: boolean;
  readonly body: Document;
  /** A stable word for the audit and for tests, where `ok` is false. */
  readonly code: string | null;
  /** Not said again to the same sender in the same room within so many ms; the audit has each. Missing: always said. */
  readonly notWithinMs?: Millis;
  /** What its buttons hang on: they are taken away when that is over. Missing: it has none, or they always mean the same. */
  readonly occasion?: Occasion;
}
