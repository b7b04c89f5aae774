import type { Clock } from '../clock.ts';
import { crashPoint } from '../crash-point.ts';
import type { Log } from '../log/log.ts';
import type { Tx } from '../log/tx.ts';
import type { Timer } from '../log/reads/timers.ts';
import { timerMessageId, type IncomingMessage, type IngressKind } from '../message/address.ts';
import type { Document } from '../message/document.ts';
import { TransientRetries } from '../log/retry-transient.ts';

/** A command that comes later than this after its time may do harm: nobody expects it any more. */
const LATEST_MS = 60 * 60 * 1000;
const AT_ONCE = 100;

export interface TimersParts {
  readonly log: Log;
  readonly clock: Clock;
  /** The notice about a timer that was due too long ago. */
  readonly missed: (timer: Timer) => Document;
  readonly onProblem: (what: string, error: unknown) => void;
  /** Works on a message that was put into the inbox. */
  readonly takeUp: (inbox: number, message: IncomingMessage) => void;
}

/**
 * Turns timers that are due into messages of the person who set them: the timer's end and the message commit together,
 * so that each runs exactly once, even after a crash. Their rights are checked when the message is handled.
 */
export class Timers {
  readonly #parts: TimersParts;
  readonly #retries: TransientRetries;
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #scheduled = false;
  #stopped = false;
  #unlisten: () => void = () => undefined;

  constructor(parts: TimersParts) {
    this.#parts = parts;
    this.#retries = new TransientRetries(parts.clock, (name, error) => parts.onProblem(`${name}; it is tried again`, error));
  }

  start(): void {
    this.#unlisten = this.#parts.log.onCommit(() => this.#soon());
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#unlisten();
    this.#retries.stop();
    this.#alarm?.cancel();
  }

  #soon(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#look();
    });
  }

  #look(): void {
    this.#retries.run('looking for timers that are due', () => {
      if (this.#stopped) return;
      const { log, clock } = this.#parts;
      for (const timer of log.reads.timers.due(clock.now(), AT_ONCE)) this.#fire(timer);
      const next = log.reads.timers.nextDue();
      if (this.#alarm?.at === next) return;
      this.#alarm?.cancel();
      this.#alarm = next === null ? null : { at: next, cancel: clock.at(next, () => this.#ring()) };
    });
  }

  #ring(): void {
    this.#alarm = null;
    this.#look();
  }

  #fire(timer: Timer): void {
    const message = messageOf(timer);
    const inbox = this.#parts.log.transaction((tx) => {
      if (tx.reads.timers.get(timer.project, timer.timer) === null) return null;
      const about = { project: timer.project, item: timer.item, actor: 'musher', cause: null } as const;
      if (tx.now - timer.due > LATEST_MS) {
        tx.record({ ...about, kind: 'timer.missed', payload: { timer: timer.timer } });
        this.#tellMissed(tx, timer);
        return null;
      }
      tx.record({ ...about, kind: 'timer.fired', payload: { timer: timer.timer } });
      const row = tx.inbox.receive(message, tx.now);
      crashPoint('before-timer-commit');
      return row;
    });
    crashPoint('after-timer-fired');
    if (inbox !== null) this.#parts.takeUp(inbox, message);
  }

  #tellMissed(tx: Tx, timer: Timer): void {
    const { at } = timer.from;
    const subject = { project: timer.project, number: timer.item };
    tx.outbox.add({ to: at, kind: 'notice', body: this.#parts.missed(timer), inbox: null, item: subject }, tx.now);
  }
}

function messageOf(timer: Timer): IncomingMessage {
  const { at, senderId, ingress, direct } = timer.from;
  return {
    id: timerMessageId(timer.project, timer.timer),
    at,
    sender: { transport: at.transport, id: senderId, name: '' },
    ingress: ingress as IngressKind,
    direct,
    text: timer.command,
  };
}
