import type { Millis } from '../values.ts';

/** What the system can be out of. */
export const SYSTEM_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'] as const;
export type SystemCode = (typeof SYSTEM_CODES)[number];

/** What keeps a project or an agent from working and is no fault of any item: the repository, the disk, a missing program. */
export interface Outage {
  /** An error code of Musher or the system, or `LOCKED`: a git process holds a lock. A different code is a new outage and reported. */
  readonly code: string;
  /** What happened, in the words of the error; empty where the code says it. */
  readonly said: string;
  /** What to do about it; empty where the code says it. */
  readonly hint: string;
  /** Not tried again before. */
  readonly until: Millis;
  /** Tries in a row that met it. */
  readonly times: number;
}
