import type { LoggedEvent } from '../pipeline/events.ts';
import type { Log, Tx } from './log.ts';

/** Follows the log from a durable cursor. */
export interface Follower {
  stop(): void;
}

const PAGE = 200;

/**
 * Calls `handle` for each event, in order, once: what it does through `tx` and the step of the cursor commit together,
 * so a crash neither loses nor repeats it. A follower that the log does not know yet starts with the next event.
 * `onError` is told of a handler's bug; the event is then passed over, for one bad event must not silence all that follow.
 */
export function follow(
  log: Log,
  subscriber: string,
  handle: (event: LoggedEvent, tx: Tx) => void,
  onError: (error: unknown, event: LoggedEvent) => void,
): Follower {
  let stopped = false;
  let scheduled = false;
  log.transaction((tx) => {
    if (tx.cursor(subscriber) === null) tx.moveCursor(subscriber, tx.reads.lastSeq());
  });

  const step = (): void => {
    scheduled = false;
    if (stopped) return;
    const events = log.transaction((tx) => {
      const page = tx.reads.events(tx.cursor(subscriber) ?? 0, PAGE);
      return page;
    });
    for (const event of events) {
      if (stopped) return;
      deliver(event);
    }
    if (events.length === PAGE) schedule();
  };
  const deliver = (event: LoggedEvent): void => {
    try {
      log.transaction((tx) => {
        handle(event, tx);
        tx.moveCursor(subscriber, event.seq);
      });
    } catch (error) {
      onError(error, event);
      log.transaction((tx) => tx.moveCursor(subscriber, event.seq));
    }
  };
  const schedule = (): void => {
    if (scheduled || stopped) return;
    scheduled = true;
    setImmediate(step);
  };
  const unlisten = log.onCommit(schedule);
  schedule();
  return {
    stop() {
      stopped = true;
      unlisten();
    },
  };
}
