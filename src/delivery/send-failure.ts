/** What became of a sending that failed. */
export interface Failed {
  readonly outcome: 'not-sent' | 'unknown' | 'rejected';
  readonly retryAfterMs: number | null;
  readonly everywhere: boolean;
  readonly threadGone: boolean;
}

/** What an error says of a sending. Anything but a transport's own SendFailure leaves it open whether the message went out. */
export function sendFailure(error: unknown): Failed {
  if (error instanceof Error && error.name === 'SendFailure' && 'outcome' in error) {
    const { outcome, retryAfterMs, everywhere, threadGone } = error as Error & Failed;
    return { outcome, retryAfterMs, everywhere, threadGone };
  }
  return { outcome: 'unknown', retryAfterMs: null, everywhere: false, threadGone: false };
}

/**
 * Whether a failure may be the message's own. A network that is away, takes nothing from anybody or says to come
 * back later has not looked at it: an outage of a night, or an hour of "too many requests", must lose nothing.
 */
export function isItsOwn({ retryAfterMs, everywhere }: Failed, isThere: boolean): boolean {
  return retryAfterMs === null && !everywhere && isThere;
}
