import type { EventInto } from '../../pipeline/kinds.ts';
import type { Pause } from '../../pipeline/next/pause.ts';
import type { Db } from '../database.ts';

/** A project that is paused. */
export interface PausedProject extends Pause {
  readonly project: string;
}

/** Which projects are paused: a row each, gone when work continues. */
export class Pauses {
  readonly #all;
  readonly #get;
  readonly #set;
  readonly #drop;

  constructor(db: Db) {
    this.#all = db.prepare<[], PausedProject>(`SELECT project, since, "by", reason, until, how FROM pauses ORDER BY project`);
    this.#get = db.prepare<[string], PausedProject>(`SELECT project, since, "by", reason, until, how FROM pauses WHERE project = ?`);
    this.#set = db.prepare(
      `INSERT INTO pauses (project, since, "by", reason, until, how) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (project) DO UPDATE SET "by" = excluded."by", reason = excluded.reason, until = excluded.until, how = excluded.how`,
    );
    this.#drop = db.prepare('DELETE FROM pauses WHERE project = ?');
  }

  all(): PausedProject[] {
    return this.#all.all();
  }

  get(project: string): PausedProject | null {
    return this.#get.get(project) ?? null;
  }

  /** Keeps the table in step with the log. A pause that is changed is as old as it was. */
  apply(event: EventInto<'pauses'>): void {
    switch (event.kind) {
      case 'project.paused': {
        const { reason, until, how } = event.payload;
        this.#set.run(event.project, event.at, event.actor, reason, until, how);
        return;
      }
      case 'project.resumed':
        this.#drop.run(event.project);
    }
  }
}
