/**
 * What Slack takes, from docs.slack.dev: reference/block-kit (blocks, elements), reference/methods/chat.postMessage,
 * apis/web-api/rate-limits, apis/events-api, interactivity/implementing-slash-commands. One field over its limit and the
 * whole message is refused, so the renderer and the tests read them here.
 */
export const SLACK_LIMITS = {
  /** `text`, in UTF-16 units after escaping. Slack advises 4,000 and cuts far above; the rest is a margin. */
  text: 3_800,
  blocks: 50,
  /** All blocks of a message together as JSON; about 13,000 was measured, the documentation names no number. */
  blocksJson: 12_000,
  header: 150,
  /** `alt_text` of an image block, and `alt_txt` of a file. */
  imageAlternative: 2_000,
  fileAlternative: 1_000,
  /** Bytes of a picture: far more than one of ours has. */
  imageBytes: 10 * 1024 * 1024,
  /** Buttons in one `actions` block. */
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2_000,
  linkUrl: 3_000,
  /** Text that a person can put into a modal's field. */
  modalInput: 3_000,
  /** A modal's title and its button, and the hint under a field. */
  modalTitle: 24,
  hint: 2_000,
  /** Answers to one response address, and for how long. */
  responseUses: 5,
  responseMs: 30 * 60_000,
  /** Requests over HTTP have to be answered, and envelopes acknowledged, within this. */
  acknowledgeMs: 3_000,
  /** How far the time of a signed request may be off, in either direction. */
  signatureAgeMs: 5 * 60_000,
  /** Messages per second and channel. "Short bursts" beyond that are let through; how short is not said. */
  messagesPerSecond: 1,
  messageBurst: 3,
  /** Slash commands of one app, and the lengths of their texts in a manifest. */
  slashCommands: 50,
  slashName: 32,
  slashDescription: 2_000,
  slashHint: 1_000,
  /** Messages of one page of a history. */
  historyPage: 200,
} as const;
