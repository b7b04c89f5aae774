/**
 * Every error that a person can see, with its stable code. Two texts: `message` says what happened, `hint` what to do
 * next. The cause goes to the log file only.
 */
export const ERROR_CODES = {
  CONFIG_INVALID: 'A configuration file has an error.',
  CONFIG_MISSING: 'A file does not exist.',
  DATA_DIR_IN_USE: 'Another Musher is using the data directory.',
  DATA_DIR_UNSAFE: 'Other users can read the data directory or a file in it.',
  DATA_DIR_UNUSABLE: 'The data directory cannot be created or written.',
  LOG_TOO_NEW: 'The database was written by a newer Musher.',
  LOG_DAMAGED: 'The database is damaged or cannot be opened.',
  SQLITE_TOO_OLD: 'The SQLite library has a known corruption bug.',
  MONITOR_UNUSABLE: 'Health and metrics cannot be served over HTTP.',
  GIT_FAILED: 'A git command failed.',
  GIT_TOO_OLD: 'The installed git lacks a command that Musher needs.',
  REPOSITORY_UNUSABLE: 'The project is not a usable git repository.',
  SANDBOX_UNUSABLE: 'The sandbox of a project does not work.',
  RUNTIME_MISSING: 'The program of an agent was not found.',
  RUNTIME_REFUSED: 'The system refused to start the program of an agent.',
  IMPORT_REFUSED: 'An export cannot be imported.',
  MCP_PORT_TAKEN: 'The port on which agents reach Musher is in use.',
  INIT_REFUSED: 'init would overwrite a file.',
  NETWORK_TOKEN_REFUSED: 'A network rejected the token.',
  NETWORK_PERMISSION_MISSING: 'The token works, but a scope, an intent or another permission is missing.',
  NETWORK_ROOM_MISSING: 'A room in bot.toml does not exist, or Musher is not in it.',
  NETWORK_SECRET_WRONG: 'The signing secret is empty, or requests do not match it.',
  NETWORK_PORT_IN_USE: 'The port for requests from a network cannot be opened.',
  NETWORK_UNREACHABLE: 'A network does not answer.',
  NETWORK_REFUSED: 'A network refused the connection for another reason.',
  NODE_TOO_OLD: 'Node is too old for the libraries.',
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

/** An error for `health`: what happened, what to do and its code; for any other error its message. */
export function problemText(error: unknown): string {
  if (error instanceof MusherError) return `${error.message} ${error.hint} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
