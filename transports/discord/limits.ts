/**
 * What Discord takes, by its documentation (discord.com/developers/docs, API v10). Characters are counted in UTF-16
 * units, which is never less than Discord counts.
 */
export const LIMITS = {
  /** Create Message: `content`. */
  content: 2000,
  /** Attachment: `description`; and the bytes of a file, for a server that nobody has boosted. */
  fileDescription: 1024,
  fileBytes: 10 * 1024 * 1024,
  /** Create Message: `nonce`. */
  nonce: 25,
  /** Message Components: rows of a message, buttons of a row, `custom_id`, button `label`. */
  rows: 5,
  buttonsInRow: 5,
  customId: 100,
  buttonLabel: 80,
  /** Application Commands: global commands of one application, `name`, `description`, options, choices. */
  commands: 100,
  name: 32,
  description: 100,
  options: 25,
  choices: 25,
  /** Application Command Option Choice: `name`, and a `value` that is text. */
  choice: 100,
  /** Modals: `title` and a label, and the `max_length` of a text input. */
  modalTitle: 45,
  modalInput: 4_000,
  /** Application Command Option: `max_length` of text. */
  optionText: 6000,
  /** Interactions: the first answer, ms; the token, ms. */
  firstAnswerMs: 3_000,
  tokenMs: 15 * 60_000,
  /** Get Channel Messages: `limit`. */
  page: 100,
  /** Start Thread: `name`. */
  threadName: 100,
  /** Triggering a typing indicator shows it for 10 s. */
  typingMs: 10_000,
} as const;

/** What was chosen within these limits, each with its reason. */
export const CHOSEN = {
  /** Half a second before Discord gives an interaction up, for the way there. */
  deferMs: 2_500,
  /** A minute before a token ends it is not relied on any more. */
  tokenMs: 14 * 60_000,
  /** "The past few minutes" in which a nonce counts are not said more exactly: so much of it is relied on. */
  nonceMs: 2 * 60_000,
  /** Typing is shown again before it ends. */
  typingMs: 8_000,
  /** A command that works longer than this shows typing no more. */
  longestTypingMs: 10 * 60_000,
  /** Discord allows 50 requests a second in total; messages use four fifths of them. */
  messageMs: 25,
  messageBurst: 10,
  /** How long a send waits for a full bucket; longer waits are reported to the caller. */
  longestWaitMs: 10_000,
  /** Messages read back in one room after an absence. */
  missed: 1_000,
} as const;
