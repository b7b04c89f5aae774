import type { Clock } from '../../clock.ts';
import type { Log } from '../../log/log.ts';
import { WhenDue } from '../../log/when-due.ts';
import type { Tx } from '../../log/tx.ts';
import { routineMessageId, type IncomingMessage, type IngressKind } from '../../message/address.ts';
import type { Document } from '../../message/document.ts';
import type { Condition, Routine, RoutineDue } from '../../pipeline/later/routine.ts';
import { nextDue } from './schedule.ts';

/** Later than this after its time nobody expects a command any more, as with timers. */
const LATEST_MS = 60 * 60 * 1000;
const AT_ONCE = 100;
/** Missed times that are counted; beyond that it is long enough. */
const MOST_COUNTED = 1_000;

export interface RoutinesParts {
  readonly log: Log;
  readonly clock: Clock;
  /** IANA name. */
  readonly timezone: string;
  /** Whether a routine of this project runs now; false as well for a project that is configured no more. */
  readonly holds: (tx: Tx, project: string, condition: Condition | null) => boolean;
  /** The notice about times that passed while Musher wasn't running. */
  readonly missed: (routine: Routine, times: number, last: number, next: number) => Document;
  readonly onProblem: (what: string, error: unknown) => void;
  /** Works on a message that was put into the inbox. */
  readonly takeUp: (inbox: number, message: IncomingMessage) => void;
}

/**
 * Turns routines that are due into messages of the people who set them. That it was due, when it is due next and the message
 * commit together: each time counts once, whatever happens in between, and times that passed meanwhile are no burst.
 */
export class Routines {
  readonly #parts: RoutinesParts;
  readonly #due: WhenDue;

  constructor(parts: RoutinesParts) {
    this.#parts = parts;
    const { log, clock, onProblem } = parts;
    this.#due = new WhenDue({
      log,
      clock,
      name: 'due routines',
      fire: () => {
        for (const routine of log.reads.routines.due(clock.now(), AT_ONCE)) this.#fire(routine);
      },
      next: () => log.reads.routines.nextDue(),
      onProblem,
    });
  }

  start(): void {
    this.#due.start();
  }

  stop(): void {
    this.#due.stop();
  }

  #fire({ project, routine: number }: Routine): void {
    const { log, timezone, missed, takeUp } = this.#parts;
    const made = log.transaction((tx) => {
      const routine = tx.reads.routines.get(project, number);
      if (routine === null || routine.due > tx.now) return null;
      const { times, last } = passed(routine, tx.now, timezone);
      const next = nextDue(routine.cron, tx.now, timezone);
      const record = (became: RoutineDue['became'], inbox?: number): void => {
        const payload: RoutineDue = { routine: number, due: last, next, became, ...(inbox === undefined ? {} : { inbox }) };
        tx.record({ project, item: null, actor: 'musher', cause: null, kind: 'routine.due', payload });
      };
      if (tx.now - last > LATEST_MS) {
        record('missed');
        const to = { ...routine.from.at, thread: null };
        tx.outbox.add({ to, item: null, kind: 'notice', body: missed(routine, times, last, next), inbox: null }, tx.now);
        return null;
      }
      const before = routine.inbox === null ? null : tx.inbox.get(routine.inbox);
      if (before !== null && before.state !== 'done') return record('overlap');
      if (!this.#parts.holds(tx, project, routine.condition)) return record('skipped');
      const message = messageOf(routine, last);
      const inbox = tx.inbox.receive(message, tx.now);
      record('run', inbox ?? undefined);
      return inbox === null ? null : { inbox, message };
    });
    if (made !== null && made !== undefined) takeUp(made.inbox, made.message);
  }
}

/** How many times a routine was due until now, and the last of them. */
function passed({ due, cron }: Routine, now: number, timezone: string): { readonly times: number; readonly last: number } {
  let last = due;
  let times = 1;
  for (let next = nextDue(cron, last, timezone); next <= now && times < MOST_COUNTED; next = nextDue(cron, last, timezone)) {
    last = next;
    times += 1;
  }
  return { times, last };
}

function messageOf({ project, routine, command, from }: Routine, due: number): IncomingMessage {
  const { at, senderId, ingress, direct } = from;
  return {
    id: routineMessageId(project, routine, due),
    at: { ...at, thread: null },
    sender: { transport: at.transport, id: senderId, name: '' },
    ingress: ingress as IngressKind,
    direct,
    text: command,
  };
}
