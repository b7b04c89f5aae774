/** What one check of `doctor` found: one line, with the remedy where something is to be done. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  readonly what: string;
  readonly mend: string | null;
}

export function good(subject: string, what: string): Finding {
  return { level: 'ok', subject, what, mend: null };
}

/** Something that a start survives, but that somebody will miss. */
export function warning(subject: string, what: string, mend: string): Finding {
  return { level: 'warn', subject, what, mend };
}

/** Something that keeps Musher from starting, or a network from working. */
export function failure(subject: string, what: string, mend: string): Finding {
  return { level: 'fail', subject, what, mend };
}
