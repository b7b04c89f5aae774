/**
 * Where a reply goes within a channel, as it is kept in an address's `thread`: null is the channel itself, a thread is
 * named by the time stamp of its first message, and an answer to a slash command by what is needed to give it.
 */
export type Handle = ThreadHandle | AnswerHandle;

export interface ThreadHandle {
  readonly kind: 'thread';
  readonly ts: string;
}

/** An answer to somebody alone, or with `public` to the channel. */
export interface AnswerHandle {
  readonly kind: 'answer';
  /** Takes five answers within half an hour; null: there is none. */
  readonly url: string | null;
  readonly user: string;
  /** When it was given, ms since the epoch. */
  readonly at: number;
  readonly public: boolean;
  /** The thread in which the button that was pressed stands. */
  readonly thread: string | null;
}

/** A handle as an address keeps it. */
export function encodeHandle(handle: Handle): string {
  return handle.kind === 'thread' ? handle.ts : JSON.stringify(handle);
}

/** The handle in an address; null for the channel itself. What can't be read counts as that, so that no reply is lost. */
export function decodeHandle(thread: string | null): Handle | null {
  if (thread === null) return null;
  if (/^\d+\.\d+$/.test(thread)) return { kind: 'thread', ts: thread };
  try {
    const value: unknown = JSON.parse(thread);
    return isAnswer(value) ? value : null;
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is AnswerHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'answer' &&
    'user' in value &&
    typeof value.user === 'string'
  );
}
