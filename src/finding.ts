/** What one check of `doctor` found: one line, with what to do if something is wrong. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** The subject that was checked, in a word or two. */
  readonly subject: string;
  readonly what: string;
  readonly fix: string | null;
}

export function good(subject: string, what: string): Finding {
  return { level: 'ok', subject, what, fix: null };
}

/** Musher starts, but something will be missing. */
export function warning(subject: string, what: string, fix: string): Finding {
  return { level: 'warn', subject, what, fix };
}

/** Keeps Musher from starting, or a network from working. */
export function failure(subject: string, what: string, fix: string): Finding {
  return { level: 'fail', subject, what, fix };
}
