import type { Clock } from '../../../src/clock.ts';
import { problemOf, rateLimitOf } from '../failure.ts';
import type { CallSlack } from '../web-api.ts';

/** Requests that come in say nothing while there are none, so Slack is asked every so often whether it still knows us. */
const EVERY_MS = 5 * 60_000;
/** And more often while it does not answer. */
const AGAIN_MS = 15_000;

export interface WatchParts {
  readonly call: CallSlack;
  readonly clock: Clock;
  /** Told after each look: null if Slack answers, or what is wrong. */
  readonly looked: (problem: string | null) => void;
}

/** Watches the way to Slack where no connection does; returns how to end that. */
export function watchSlack({ call, clock, looked }: WatchParts): () => void {
  let ended = false;
  let cancel = (): void => {};
  const look = async (): Promise<void> => {
    const problem = await call('auth.test', {}).then(
      () => null,
      (error: unknown) => (rateLimitOf(error) === null ? problemOf('Slack does not answer', error) : null),
    );
    if (ended) return;
    looked(problem);
    cancel = clock.at(clock.now() + (problem === null ? EVERY_MS : AGAIN_MS), () => void look());
  };
  cancel = clock.at(clock.now() + EVERY_MS, () => void look());
  return () => {
    ended = true;
    cancel();
  };
}
