/** What Matrix and its servers allow, with the source of each number. */
export const MATRIX_LIMITS = {
  /**
   * `body` and `formatted_body` of one message together, in bytes. An event may have 65,536 bytes as canonical JSON
   * (spec, "Size limits"); JSON doubles quotes and backslashes, encryption adds a third, and the envelope takes some.
   */
  text: 24 * 1024,
  /** The words of a picture, in bytes, and the picture: servers say their own limit, which is 50 MiB with Synapse. */
  alternative: 4 * 1024,
  imageBytes: 10 * 1024 * 1024,
  /** The text shown for an edit by clients without edits, in bytes; the whole text is in `m.new_content`. */
  editFallback: 1024,
  /** Edits of one message before it is posted anew. At about a thousand, clients become slow or lose the message. */
  edits: 200,
  /** How long a message that was seen counts as not deleted, in ms, when it is edited often. */
  goneMs: 30_000,
  /** How long one sync waits for something to happen, in ms. What the SDK and most clients use. */
  poll: 30_000,
  /** Silence after that wait before the connection counts as dead, in ms. */
  pollSlack: 15_000,
  /** After this, in ms, it is kept where the next sync begins. About as long as a command takes to be answered. */
  saveToken: 250,
  /** Any other request, in ms. */
  request: 30_000,
  /** Waits before a reconnect, in ms: 0.25, 0.5, 1 … 30 s, half to all of each. */
  backoff: { first: 250, longest: 30_000, jitter: 0.5 },
  /** Wait before the server is asked again that no longer takes the token, in ms. */
  refusedWait: 60_000,
  /** Events asked for in one page of `/messages`; Synapse gives at most 1,000. */
  page: 100,
  /**
   * Between two messages, in ms, after so many at once. A server says its own limit only with a refusal (Synapse: 0.2 a
   * second for an ordinary account after 10, none for one it was told to trust): this keeps a crowd from running into it.
   */
  messageMs: 20,
  messageBurst: 10,
  /** Pages read back to fill a gap: 5,000 events of one room. What is older is reported as left out. */
  gapPages: 50,
  /** Pages of our own messages in which an earlier sending is looked for: 300 messages. */
  readBackPages: 3,
  /** How long a typing notice lasts unless renewed, in ms. Element shows at most 30 s of one notice. */
  typing: 30_000,
  /** How long before its end it is renewed, in ms. */
  typingRenewal: 5_000,
  /** Messages whose offered actions are remembered for reactions. */
  reactionCommands: 300,
  /** Sent keys and sent messages that are remembered in the process. */
  remembered: 2_000,
} as const;
