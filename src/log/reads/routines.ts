import type { EventInto } from '../../pipeline/kinds.ts';
import type { Routine } from '../../pipeline/later/routine.ts';
import type { Db } from '../database.ts';

/** The routines that nobody has cancelled, by project and time. */
export class RoutineReads {
  readonly #next;
  readonly #due;
  readonly #ofProject;
  readonly #get;

  constructor(db: Db) {
    this.#next = db.prepare<[], number | null>('SELECT min(due) FROM routines').pluck();
    this.#due = db.prepare<[number, number], string>('SELECT state FROM routines WHERE due <= ? ORDER BY due, routine LIMIT ?').pluck();
    this.#ofProject = db.prepare<[string], string>('SELECT state FROM routines WHERE project = ? ORDER BY routine').pluck();
    this.#get = db.prepare<[string, number], string>('SELECT state FROM routines WHERE project = ? AND routine = ?').pluck();
  }

  /** When the next one is due; null: there is none. */
  nextDue(): number | null {
    return this.#next.get() ?? null;
  }

  /** Those that are due, the longest due first. */
  due(now: number, limit: number): Routine[] {
    return this.#due.all(now, limit).map(parse);
  }

  ofProject(project: string): Routine[] {
    return this.#ofProject.all(project).map(parse);
  }

  get(project: string, routine: number): Routine | null {
    const state = this.#get.get(project, routine);
    return state === undefined ? null : parse(state);
  }
}

/** Keeps the table of routines in step with the log. */
export class RoutineRows {
  readonly #put;
  readonly #get;
  readonly #drop;

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR REPLACE INTO routines (project, routine, due, state) VALUES (?, ?, ?, ?)');
    this.#get = db.prepare<[string, number], string>('SELECT state FROM routines WHERE project = ? AND routine = ?').pluck();
    this.#drop = db.prepare('DELETE FROM routines WHERE project = ? AND routine = ?');
  }

  apply(event: EventInto<'routines'>): void {
    const { project } = event;
    if (event.kind === 'routine.set')
      return this.#write({ project, ...event.payload, setBy: event.actor, last: null, inbox: null, failures: 0 });
    const { routine } = event.payload;
    const state = this.#get.get(project, routine);
    if (state === undefined) return;
    const before = parse(state);
    switch (event.kind) {
      case 'routine.due': {
        const { due, next, became, inbox = before.inbox } = event.payload;
        return this.#write({ ...before, due: next, last: { due, became }, inbox });
      }
      case 'routine.answered':
        return this.#write({ ...before, failures: event.payload.outcome === 'ok' ? 0 : before.failures + 1 });
      case 'routine.cancelled':
        this.#drop.run(project, routine);
    }
  }

  #write(routine: Routine): void {
    this.#put.run(routine.project, routine.routine, routine.due, JSON.stringify(routine));
  }
}

function parse(state: string): Routine {
  return JSON.parse(state) as Routine;
}
