import type { Millis } from '../values.ts';

/** The message by which a timer or a routine was set, as far as rights and the answer depend on it. */
export interface TimerOrigin {
  readonly at: { readonly transport: string; readonly room: string; readonly thread: string | null };
  readonly senderId: string;
  readonly ingress: string;
  readonly direct: boolean;
}

/** What a routine may look at before it runs. A fixed set, so that nothing typed in a room is ever evaluated. */
export const CONDITIONS = ['running', 'blocked', 'waiting', 'paused', 'backlog empty'] as const;
export interface Condition {
  readonly when: 'if' | 'unless';
  readonly what: (typeof CONDITIONS)[number];
}

/** After this many failures in a row a routine stops. */
export const MOST_FAILURES = 3;

/** A command that runs again and again, until somebody cancels it. */
export interface Routine {
  readonly project: string;
  /** Counts from 1 in each project; never used twice. */
  readonly routine: number;
  /** As it was typed: `weekday 09:00`. */
  readonly schedule: string;
  /** The same as a cron schedule of five fields, in the time zone of the configuration. */
  readonly cron: string;
  readonly condition: Condition | null;
  readonly command: string;
  readonly setBy: string;
  /** Where, and as whom, the command runs. */
  readonly from: TimerOrigin;
  readonly due: Millis;
  /** What became of the last time; null: it has not been due yet. */
  readonly last: { readonly due: Millis; readonly became: RoutineDue['became'] } | null;
  /** The message of the last run; null: there was none. */
  readonly inbox: number | null;
  /** Runs in a row that were refused or failed. */
  readonly failures: number;
}

/** One time at which a routine was due. */
export interface RoutineDue {
  readonly routine: number;
  readonly due: Millis;
  /** When it is due again. */
  readonly next: Millis;
  /** `overlap`: its last run was not answered yet. `missed`: Musher was not running. */
  readonly became: 'run' | 'skipped' | 'overlap' | 'missed';
  /** The message that runs it; missing: it did not run. */
  readonly inbox?: number;
}
