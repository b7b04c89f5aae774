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
  SANDBOX_UNUSABLE: 'The sandbox that a project asks for does not hold.',
  RUNTIME_MISSING: 'The program of an agent can not be started.',
  IMPORT_REFUSED: 'An export can not be imported.',
  MCP_PORT_TAKEN: 'The port on which agents reach Musher is taken.',
  INIT_REFUSED: 'init would overwrite a file.',
  NETWORK_TOKEN_REFUSED: 'A network does not take the token.',
  NETWORK_PERMISSION_MISSING: 'A network lets Musher in, but lacks a scope, an intent or another switch.',
  NETWORK_ROOM_MISSING: 'A room of the configuration is not there, or Musher is not in it.',
  NETWORK_SECRET_WRONG: 'Requests to Musher do not fit the signing secret, or it is empty.',
  NETWORK_PORT_IN_USE: 'The port for requests of a network can not be opened.',
  NETWORK_UNREACHABLE: 'A network does not answer.',
  NETWORK_REFUSED: 'A network does not let Musher in for another reason.',
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

/** What went wrong, what to do and under which code it is listed, for `health`; any other error's message. */
export function problemText(error: unknown): string {
  if (error instanceof MusherError) return `${error.message} ${error.hint} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
