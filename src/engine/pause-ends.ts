import type { Log } from '../log/log.ts';
import { TransientRetries } from '../log/retry-transient.ts';
import type { Clock } from '../clock.ts';
import type { LoggedEvent } from '../pipeline/events.ts';
import { Alarms } from './alarms.ts';

interface PauseParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Ends each pause at its time, also one whose time passed while Musher was off. */
export class PauseEnds {
  readonly #parts: PauseParts;
  readonly #alarms: Alarms;
  readonly #retries: TransientRetries;

  constructor(parts: PauseParts) {
    this.#parts = parts;
    this.#retries = new TransientRetries(parts.clock, (name, error) => parts.onProblem(`${name}; it is tried again`, error));
    this.#alarms = new Alarms(parts.clock, (project) => this.#end(project));
  }

  start(): void {
    for (const { project } of this.#parts.log.reads.pauses.all()) this.#set(project);
  }

  /** Keeps the alarms in step with what was appended. */
  note({ kind, project }: LoggedEvent): void {
    if (kind === 'project.paused' || kind === 'project.resumed') this.#set(project);
  }

  stop(): void {
    this.#retries.stop();
    this.#alarms.cancelAll();
  }

  #set(project: string): void {
    const until = this.#parts.log.reads.pauses.get(project)?.until ?? null;
    if (until === null) this.#alarms.clear(project);
    else this.#alarms.set(project, until);
  }

  /** Decides in its transaction: somebody may have resumed it, or given it another end. */
  #end(project: string): void {
    this.#retries.run(`the end of the pause of ${project}`, () => {
      this.#parts.log.transaction((tx) => {
        const pause = tx.reads.pauses.get(project);
        if (pause === null || pause.until === null || pause.until > tx.now) return;
        tx.record({
          project,
          item: null,
          actor: 'musher',
          cause: null,
          kind: 'project.resumed',
          payload: { why: 'time', since: pause.since },
        });
      });
    });
  }
}
