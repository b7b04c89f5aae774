import type { TimerOrigin } from '../../pipeline/events.ts';
import type { EventInto } from '../../pipeline/kinds.ts';
import type { ItemNumber, Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** A command that waits for its time. Only open ones have a row: what became of the others is in the log. */
export interface Timer {
  readonly project: string;
  /** Counts from 1 in each project; never used twice. */
  readonly timer: number;
  readonly item: ItemNumber;
  readonly due: Millis;
  /** The whole command as it will be read, its item named in full: `start shop#42`. */
  readonly command: string;
  /** Who set it, in the words of the log. */
  readonly setBy: string;
  /** Where, and as whom, the command runs. */
  readonly from: TimerOrigin;
}

/** The open timers, by project, item and time. */
export class TimerReads {
  readonly #next;
  readonly #due;
  readonly #ofProject;
  readonly #ofItem;
  readonly #get;

  constructor(db: Db) {
    this.#next = db.prepare<[], Millis | null>('SELECT min(due) FROM timers').pluck();
    this.#due = db.prepare<[number, number], string>('SELECT state FROM timers WHERE due <= ? ORDER BY due, timer LIMIT ?').pluck();
    this.#ofProject = db.prepare<[string], string>('SELECT state FROM timers WHERE project = ? ORDER BY due, timer').pluck();
    this.#ofItem = db
      .prepare<[string, number], string>('SELECT state FROM timers WHERE project = ? AND item = ? ORDER BY due, timer')
      .pluck();
    this.#get = db.prepare<[string, number], string>('SELECT state FROM timers WHERE project = ? AND timer = ?').pluck();
  }

  /** When the next one is due; null: none is open. */
  nextDue(): Millis | null {
    return this.#next.get() ?? null;
  }

  /** Those that are due, the longest due first. */
  due(now: Millis, limit: number): Timer[] {
    return this.#due.all(now, limit).map(parse);
  }

  ofProject(project: string): Timer[] {
    return this.#ofProject.all(project).map(parse);
  }

  ofItem(project: string, item: number): Timer[] {
    return this.#ofItem.all(project, item).map(parse);
  }

  get(project: string, timer: number): Timer | null {
    const state = this.#get.get(project, timer);
    return state === undefined ? null : parse(state);
  }
}

/** Keeps the table of open timers in step with the log. The timers of a deleted item are removed with it. */
export class TimerRows {
  readonly #insert;
  readonly #drop;
  readonly #dropItem;

  constructor(db: Db) {
    this.#insert = db.prepare('INSERT OR REPLACE INTO timers (project, timer, item, due, state) VALUES (?, ?, ?, ?, ?)');
    this.#drop = db.prepare('DELETE FROM timers WHERE project = ? AND timer = ? AND item = ?');
    this.#dropItem = db.prepare('DELETE FROM timers WHERE project = ? AND item = ?');
  }

  apply(event: EventInto<'timers'>): void {
    switch (event.kind) {
      case 'timer.set': {
        const { timer, due, command, from } = event.payload;
        const row: Timer = { project: event.project, timer, item: event.item, due, command, setBy: event.actor, from };
        this.#insert.run(event.project, timer, event.item, due, JSON.stringify(row));
        return;
      }
      case 'timer.fired':
      case 'timer.missed':
      case 'timer.cancelled':
        this.#drop.run(event.project, event.payload.timer, event.item);
        return;
      case 'item.deleted':
        this.#dropItem.run(event.project, event.item);
    }
  }
}

function parse(state: string): Timer {
  return JSON.parse(state) as Timer;
}
