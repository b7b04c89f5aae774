import type { EventInto } from '../../pipeline/kinds.ts';
import type { Outage } from '../../pipeline/next/outage.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** An outage that nothing has shown to be over. */
export interface KnownOutage extends Outage {
  readonly project: string;
  /** Null: it keeps all of the project from working. */
  readonly agent: string | null;
  /** When it was met first. */
  readonly since: Millis;
}

/** What keeps projects and agents from working: a few rows, gone when it is over. */
export class Outages {
  readonly #all;
  readonly #of;
  readonly #get;
  readonly #set;
  readonly #drop;

  constructor(db: Db) {
    this.#all = db.prepare<[], KnownOutage>(
      `SELECT project, nullif(agent, '') AS agent, since, until, times, code, said, hint FROM outages ORDER BY project, outages.agent`,
    );
    this.#of = db.prepare<[string], KnownOutage>(
      `SELECT project, nullif(agent, '') AS agent, since, until, times, code, said, hint FROM outages WHERE outages.project = ? ORDER BY outages.agent`,
    );
    this.#get = db.prepare<[string, string], KnownOutage>(
      `SELECT project, nullif(agent, '') AS agent, since, until, times, code, said, hint FROM outages WHERE project = ? AND outages.agent = ?`,
    );
    this.#set = db.prepare(
      `INSERT INTO outages (project, agent, since, until, times, code, said, hint) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (project, agent) DO UPDATE SET
         until = excluded.until, times = excluded.times, code = excluded.code, said = excluded.said, hint = excluded.hint`,
    );
    this.#drop = db.prepare('DELETE FROM outages WHERE project = ? AND agent = ?');
  }

  all(): KnownOutage[] {
    return this.#all.all();
  }

  of(project: string): KnownOutage[] {
    return this.#of.all(project);
  }

  /** `agent` null: that of all the project. */
  get(project: string, agent: string | null): KnownOutage | null {
    return this.#get.get(project, agent ?? '') ?? null;
  }

  /** Keeps the table in step with the log. */
  apply(event: EventInto<'outages'>): void {
    const agent = event.payload.agent ?? '';
    switch (event.kind) {
      case 'outage.met': {
        const { until, times, code, said, hint } = event.payload;
        this.#set.run(event.project, agent, event.at, until, times, code, said, hint);
        return;
      }
      case 'outage.over':
        this.#drop.run(event.project, agent);
    }
  }
}
