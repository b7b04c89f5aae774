import type { Clock } from '../clock.ts';
import { crashPoint } from '../crash-point.ts';
import type { Log } from '../log/log.ts';
import type { Tx } from '../log/tx.ts';
import type { Timer } from '../log/reads/timers.ts';
import { timerMessageId, type IncomingMessage, type IngressKind } from '../message/address.ts';
import type { Document } from '../message/document.ts';
import { WhenDue } from '../log/when-due.ts';

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
  readonly #due: WhenDue;

  constructor(parts: TimersParts) {
    this.#parts = parts;
    const { log, clock, onProblem } = parts;
    this.#due = new WhenDue({
      log,
      clock,
      name: 'due timers',
      fire: () => {
        for (const timer of log.reads.timers.due(clock.now(), AT_ONCE)) this.#fire(timer);
      },
      next: () => log.reads.timers.nextDue(),
      onProblem,
    });
  }

  start(): void {
    this.#due.start();
  }

  stop(): void {
    this.#due.stop();
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
