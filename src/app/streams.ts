import type { Readable, Writable } from 'node:stream';

/** What a Musher in a terminal reads and writes. */
export interface Streams {
  /** Messages come as the lines of a script. */
  readonly batch: boolean;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
}
