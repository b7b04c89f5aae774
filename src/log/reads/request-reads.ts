import type { AgentRequest } from '../../pipeline/requests.ts';
import type { Db } from '../database.ts';

/** What agents ask people for, open and ended. */
export class RequestReads {
  readonly #one;
  readonly #last;
  readonly #open;
  readonly #allOpen;
  readonly #ofRun;
  readonly #ofCall;

  constructor(db: Db) {
    this.#one = db.prepare<[number], string>('SELECT state FROM requests WHERE number = ?').pluck();
    this.#last = db.prepare<[], number | null>('SELECT max(number) FROM requests').pluck();
    this.#open = db
      .prepare<[string], string>('SELECT state FROM requests INDEXED BY requests_open WHERE project = ? AND open = 1 ORDER BY item, number')
      .pluck();
    this.#allOpen = db.prepare<[], string>('SELECT state FROM requests INDEXED BY requests_open WHERE open = 1').pluck();
    this.#ofRun = db
      .prepare<[string, number, number], string>('SELECT state FROM requests WHERE project = ? AND item = ? AND run = ?')
      .pluck();
    this.#ofCall = db
      .prepare<[string, number, number, string], string>(
        'SELECT state FROM requests WHERE project = ? AND item = ? AND run = ? AND call = ? ORDER BY number DESC LIMIT 1',
      )
      .pluck();
  }

  get(number: number): AgentRequest | null {
    return parsed(this.#one.get(number));
  }

  /** The highest number ever given; 0 for none. */
  last(): number {
    return this.#last.get() ?? 0;
  }

  /** The open ones of a project, by item, the oldest first. */
  open(project: string): AgentRequest[] {
    return this.#open.all(project).flatMap((state) => parsed(state) ?? []);
  }

  /** The open ones of all projects, also of those that are no longer configured. */
  allOpen(): AgentRequest[] {
    return this.#allOpen.all().flatMap((state) => parsed(state) ?? []);
  }

  /** All of a run, the oldest first. */
  ofRun(project: string, item: number, run: number): AgentRequest[] {
    const all = this.#ofRun.all(project, item, run).flatMap((state) => parsed(state) ?? []);
    return all.sort((a, b) => a.number - b.number);
  }

  /** The run's latest request from this tool call, or null. */
  ofCall(project: string, item: number, run: number, call: string): AgentRequest | null {
    return parsed(this.#ofCall.get(project, item, run, call));
  }
}

function parsed(state: string | undefined): AgentRequest | null {
  return state === undefined ? null : (JSON.parse(state) as AgentRequest);
}
