import type { LoggedEvent } from '../pipeline/events.ts';
import { isTransient } from './database.ts';
import type { Log } from './log.ts';
import type { Tx } from './tx.ts';

/** Follows the log from a durable cursor. */
export interface Follower {
  /** The last event that it has read. The stored cursor may lag behind by events that nobody is notified of. */
  readonly position: number;
  /** Handles what is in the log at this moment, so that what is stored next comes after it. Does nothing where the database fails: it comes again by itself. */
  catchUp(): void;
  stop(): void;
}

const PAGE = 200;
/** Skipped events between two writes of the cursor: at most this many are read again after a crash. */
const UNSAID = 1_000;

/**
 * Calls `handle` for each event, in order, once: what it does through `tx` and the step of the cursor commit together,
 * so a crash neither loses nor repeats it. A follower that the log does not know yet starts with the next event.
 * `onError` is told of a handler's bug; the event is then passed over, for one bad event must not silence all that follow.
 * What `isNews` denies is passed over without a commit, which would cost as much as a command does.
 * Where the database itself fails, a full disk say, `onError` is told once and the same event comes again until it is through.
 */
export function follow(
  log: Log,
  subscriber: string,
  handle: (event: LoggedEvent, tx: Tx) => void,
  onError: (error: unknown, event: LoggedEvent | null) => void,
  isNews: (event: LoggedEvent) => boolean = () => true,
): Follower {
  let stopped = false;
  let scheduled = false;
  let at: LoggedEvent | null = null;
  const retries = log.retries((_, error) => onError(error, at));
  /** The last event that it has read. The stored cursor may lag behind by events that nobody is notified of. */
  let position = log.transaction((tx) => {
    const kept = tx.cursor(subscriber) ?? tx.reads.lastSeq();
    tx.moveCursor(subscriber, kept);
    return kept;
  });
  let kept = position;

  const step = (): void => {
    scheduled = false;
    at = null;
    const events = log.reads.events(position, PAGE);
    for (const event of events) {
      if (stopped) return;
      at = event;
      if (isNews(event)) deliver(event);
      position = event.seq;
    }
    if (position - kept >= UNSAID) keep(position);
    if (events.length === PAGE) schedule();
  };
  /** Throws only what may pass. */
  const deliver = (event: LoggedEvent): void => {
    try {
      log.transaction((tx) => {
        handle(event, tx);
        tx.moveCursor(subscriber, event.seq);
      });
      kept = event.seq;
    } catch (error) {
      if (isTransient(error)) throw error;
      onError(error, event);
      keep(event.seq);
    }
  };
  const keep = (seq: number): void => {
    log.transaction((tx) => tx.moveCursor(subscriber, seq));
    kept = seq;
  };
  const schedule = (): void => {
    if (scheduled || stopped) return;
    scheduled = true;
    setImmediate(() => retries.run(subscriber, step));
  };
  const unlisten = log.onCommit(schedule);
  schedule();
  const catchUp = (): void => {
    if (stopped || log.isShared) return;
    let before;
    do {
      before = position;
      retries.run(subscriber, step);
    } while (position > before + PAGE - 1);
  };
  return {
    catchUp,
    get position() {
      return position;
    },
    stop() {
      stopped = true;
      retries.stop();
      unlisten();
    },
  };
}
