import { Cron } from 'croner';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { BackupSettings } from '../../config/settings.ts';
import { backUp } from '../../log/open-log.ts';
import { backupsIn, type Backup } from '../../log/copies/backup.ts';
import type { Log } from '../../log/log.ts';
import { err, ok, type Result } from '../../result.ts';

export interface BackupParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly settings: BackupSettings;
  /** IANA name: the schedule counts in it. */
  readonly timezone: string;
  /** The project under which the log speaks of itself. */
  readonly project: string;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** After a copy that failed, the next try; the schedule continues beside it. */
const AGAIN_MS = 60 * 60_000;
/** A copy that was missed while Musher did not run is made this long after the start: a start has enough to do. */
const CATCH_UP_MS = 60_000;

/** How the copies stand, for `health` and monitoring. */
export interface BackupState {
  readonly folder: string;
  readonly newest: Backup | null;
  readonly count: number;
  /** When the next scheduled backup is due; null: never. */
  readonly next: number | null;
  /** Why the last try failed; null if it did not. */
  readonly problem: string | null;
}

/** Copies the log by its schedule and on demand, one at a time. */
export class Backups {
  readonly #parts: BackupParts;
  readonly #folder: string;
  #under: Promise<Result<Backup, string>> | null = null;
  #cancel = (): void => undefined;
  #next: number | null = null;
  #problem: string | null = null;
  #stopped = false;

  constructor(parts: BackupParts) {
    this.#parts = parts;
    this.#folder = parts.settings.folder ?? join(parts.dataDir, 'backups');
  }

  start(): void {
    const { clock } = this.#parts;
    const newest = backupsIn(this.#folder)[0];
    const due = newest === undefined ? null : this.#after(newest.at);
    this.#wake(due !== null && due <= clock.now() ? clock.now() + CATCH_UP_MS : this.#after(clock.now()));
  }

  /** Waits for a copy that is in progress, and makes no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#under;
  }

  /** Copies the log now; who asks while a copy is in progress gets that one. Gives the reason where it could not be made. */
  async make(actor: string, cause: string | null): Promise<Result<Backup, string>> {
    this.#under ??= this.#copy(actor, cause).finally(() => (this.#under = null));
    return this.#under;
  }

  state(): BackupState {
    const all = backupsIn(this.#folder);
    return { folder: this.#folder, newest: all[0] ?? null, count: all.length, next: this.#next, problem: this.#problem };
  }

  async #copy(actor: string, cause: string | null): Promise<Result<Backup, string>> {
    const { log, clock, settings, project, onProblem } = this.#parts;
    const about = { project, item: null, actor, cause } as const;
    try {
      const made = await backUp(log, this.#folder, settings.keep, clock.now());
      log.transaction((tx) => void tx.record({ ...about, kind: 'log.backed_up', payload: { file: made.file, bytes: made.bytes } }));
      this.#problem = null;
      return ok(made);
    } catch (error) {
      onProblem('the backup', error);
      const why = error instanceof Error ? error.message : String(error);
      // One line in the log for a trouble that lasts, not one an hour.
      if (this.#problem === null) log.transaction((tx) => void tx.record({ ...about, kind: 'log.backup_failed', payload: { why } }));
      this.#problem = why;
      return err(why);
    }
  }

  #wake(at: number | null): void {
    this.#next = at;
    if (at === null || this.#stopped) return;
    const { clock, onProblem } = this.#parts;
    this.#cancel = clock.at(at, () => {
      this.#scheduled().catch((error: unknown) => onProblem('the schedule of backups', error));
    });
  }

  async #scheduled(): Promise<void> {
    const made = await this.make('musher', null);
    const now = this.#parts.clock.now();
    const next = this.#after(now);
    this.#wake(made.ok || next === null ? next : Math.min(next, now + AGAIN_MS));
  }

  /** When the schedule comes next after a time; null if there is none. */
  #after(time: number): number | null {
    const { schedule } = this.#parts.settings;
    if (schedule === null) return null;
    return new Cron(schedule, { paused: true, timezone: this.#parts.timezone }).nextRun(new Date(time))?.getTime() ?? null;
  }
}
