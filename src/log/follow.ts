import type { LoggedEvent } from '../pipeline/events.ts';
import { isTransient } from './database.ts';
import type { Log, Tx } from './log.ts';

/** Follows the log from a durable cursor. */
export interface Follower {
  stop(): void;
}

const PAGE = 200;
/** Until the next try where the database could not be used: a full disk is no matter of milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Calls `handle` for each event, in order, once: what it does through `tx` and the step of the cursor commit together,
 * so a crash neither loses nor repeats it. A follower that the log does not know yet starts with the next event.
 * `onError` is told of a handler's bug; the event is then passed over, for one bad event must not silence all that follow.
 * Where the database itself fails, a full disk say, `onError` is told once and the same event comes again until it is through.
 */
export function follow(
  log: Log,
  subscriber: string,
  handle: (event: LoggedEvent, tx: Tx) => void,
  onError: (error: unknown, event: LoggedEvent | null) => void,
): Follower {
  let stopped = false;
  let scheduled = false;
  let failing = false;
  let cancel = (): void => undefined;
  log.transaction((tx) => {
    if (tx.cursor(subscriber) === null) tx.moveCursor(subscriber, tx.reads.lastSeq());
  });

  const step = (): void => {
    scheduled = false;
    if (stopped) return;
    let at: LoggedEvent | null = null;
    try {
      const events = log.transaction((tx) => tx.reads.events(tx.cursor(subscriber) ?? 0, PAGE));
      for (const event of events) {
        if (stopped) return;
        at = event;
        deliver(event);
        failing = false;
      }
      if (events.length === PAGE) schedule();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (!failing) onError(error, at);
      failing = true;
      scheduled = true;
      cancel = log.clock.at(log.clock.now() + PAUSE_MS, step);
    }
  };
  /** Throws only what may pass. */
  const deliver = (event: LoggedEvent): void => {
    try {
      log.transaction((tx) => {
        handle(event, tx);
        tx.moveCursor(subscriber, event.seq);
      });
    } catch (error) {
      if (isTransient(error)) throw error;
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
      cancel();
      unlisten();
    },
  };
}
