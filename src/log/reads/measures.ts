import type { EventInto } from '../../pipeline/kinds.ts';
import type { OtherEvents } from '../../pipeline/events.ts';
import type { Result } from '../../result.ts';
import type { Db } from '../database.ts';

/** How a measurement ended for whoever asked: its event, or why it was not made or not waited for. */
export type MeasureResult = Result<
  OtherEvents['report.measured'],
  { readonly why: 'stopped' | 'not-awaited' } | { readonly why: 'failed'; readonly said: string }
>;

/** A measurement, with when it was made and who asked for it. */
export interface Measure extends Readonly<OtherEvents['report.measured']> {
  readonly at: number;
  readonly by: string;
}

/** The last measurement of each report that gave a value, and one after it that gave none. */
export class Measures {
  readonly #get;
  readonly #set;

  constructor(db: Db) {
    this.#get = db.prepare<[string, string], { good: string | null; bad: string | null }>(
      'SELECT good, bad FROM measures WHERE project = ? AND name = ?',
    );
    this.#set = db.prepare('INSERT OR REPLACE INTO measures (project, name, good, bad) VALUES (?, ?, ?, ?)');
  }

  get(project: string, name: string): { readonly good: Measure | null; readonly bad: Measure | null } {
    const row = this.#get.get(project, name);
    return { good: parse(row?.good), bad: parse(row?.bad) };
  }

  apply(event: EventInto<'measures'>): void {
    const { name, exitCode } = event.payload;
    const state = JSON.stringify({ ...event.payload, at: event.at, by: event.actor } satisfies Measure);
    if (exitCode === 0) this.#set.run(event.project, name, state, null);
    else this.#set.run(event.project, name, this.#get.get(event.project, name)?.good ?? null, state);
  }
}

function parse(state: string | null | undefined): Measure | null {
  return JSON.parse(state ?? 'null') as Measure | null;
}
