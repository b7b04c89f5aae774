import { Backoff } from '../../../src/backoff.ts';
import type { Clock } from '../../../src/clock.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import type { Sink } from '../../transport.ts';
import { MATRIX_LIMITS } from '../limits.ts';

export interface IntakeOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  /** Stores the token of the next sync durably. */
  readonly saveToken: (token: string) => void;
  readonly report: (error: unknown) => void;
  /** Says in the room that a message could not be stored yet. Once for each message. */
  readonly sayNotStored: (message: IncomingMessage) => void;
}

/**
 * Takes messages in, in order in each room. One that the sink could not store is held and tried again, and with it what
 * came after it in the same room; until all is stored the sync token is not moved, so that a restart gets them again
 * from the server. It is kept a moment later than the messages, as each commit waits for the disk and answers would wait
 * behind it: a crash before that brings the messages again, and they are known by their ids.
 */
export interface Intake {
  take(message: IncomingMessage): void;
  /** All messages up to this token have been given to `take`. */
  reached(token: string): void;
  /** How many messages wait to be stored. */
  held(): number;
  stop(): void;
}

export function intake(options: IntakeOptions): Intake {
  const { sink, clock } = options;
  let waiting: IncomingMessage[] = [];
  let token: string | null = null;
  const retries = new Backoff(MATRIX_LIMITS.backoff);
  let failures = 0;
  let stopped = false;
  let cancel = (): void => {};
  let saving: (() => void) | null = null;
  let hasSaved = false;
  const told = new Set<string>();

  const save = (): void => {
    if (token === null || waiting.length > 0) return;
    const reached = token;
    token = null;
    try {
      options.saveToken(reached);
      hasSaved = true;
    } catch (error) {
      // The old token stays: after a restart the same messages come again, and are known by their ids.
      options.report(error);
    }
  };
  const stored = (message: IncomingMessage): boolean => {
    try {
      sink(message);
      told.delete(message.id);
      return true;
    } catch (error) {
      if (!told.has(message.id)) {
        told.add(message.id);
        options.report(error);
        options.sayNotStored(message);
      }
      return false;
    }
  };
  const retry = (): void => {
    if (stopped) return;
    const blocked = new Set<string>();
    waiting = waiting.filter((message) => {
      if (!blocked.has(message.at.room) && stored(message)) return false;
      blocked.add(message.at.room);
      return true;
    });
    failures = waiting.length === 0 ? 0 : failures + 1;
    arm();
    save();
  };
  const arm = (): void => {
    cancel();
    if (waiting.length > 0 && !stopped) cancel = clock.at(clock.now() + retries.after(failures + 1), retry);
  };

  return {
    take(message) {
      if (stopped) return;
      const isBehind = waiting.some(({ at }) => at.room === message.at.room);
      if (!isBehind && stored(message)) return;
      // A batch that is read again after a failure brings what is held already.
      if (waiting.some(({ id }) => id === message.id)) return;
      waiting.push(message);
      // A new message is a good moment to retry.
      if (isBehind) retry();
      else arm();
    },
    reached(next) {
      token = next;
      // The very first one tells what was written before Musher came from what was written to it: nothing may come between.
      if (!hasSaved) save();
      else saving ??= clock.at(clock.now() + MATRIX_LIMITS.saveToken, () => ((saving = null), save()));
    },
    held: () => waiting.length,
    stop() {
      stopped = true;
      cancel();
      saving?.();
      save();
    },
  };
}
