/**
 * Every error that a person can meet, with its stable code. Two texts: `message` says what happened and `hint`
 * what to do next, both fit for a room; the cause is for the log file alone.
 */
export const ERROR_CODES = {
  CONFIG_INVALID: 'A configuration file has an error.',
  CONFIG_MISSING: 'A configuration file is not there.',
  DATA_DIR_IN_USE: 'Another Musher owns the data directory.',
  DATA_DIR_UNSAFE: 'The data directory, or a file in it, can be read by others.',
  DATA_DIR_UNUSABLE: 'The data directory can not be made or written.',
  LOG_TOO_NEW: 'The database was written by a newer Musher.',
  LOG_DAMAGED: 'The database can not be used as it is.',
  SQLITE_TOO_OLD: 'The SQLite library has a known corruption bug.',
  MONITOR_UNUSABLE: 'Health and figures can not be served over HTTP.',
  GIT_FAILED: 'A git command failed.',
  GIT_TOO_OLD: 'The installed git lacks a command that Musher needs.',
  REPOSITORY_UNUSABLE: 'The project is not a usable git repository.',
  RUNTIME_MISSING: 'The program of an agent can not be started.',
  IMPORT_REFUSED: 'An export can not be imported.',
  INIT_REFUSED: 'init would overwrite a file.',
  NODE_TOO_OLD: 'Node is older than the libraries need.',
  USAGE: 'The command line was not understood.',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

export class MusherError extends Error {
  readonly code: ErrorCode;
  /** What to do next. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MusherError';
    this.code = code;
    this.hint = hint;
  }
}
