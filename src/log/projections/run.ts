import type { Why } from '../../pipeline/why/cause.ts';
import type { EndReason } from '../../pipeline/types.ts';
import type { Reservation } from '../../pipeline/budget/budget.ts';
import type { ItemNumber, Millis } from '../../pipeline/values.ts';
import type { Usage } from '../../pipeline/usage.ts';
import type { Role, WorkStage } from '../../pipeline/role.ts';
import type { Said, StuckCause } from '../../pipeline/why/fault.ts';

/** One run as the projection holds it. */
export interface Run {
  readonly project: string;
  readonly item: ItemNumber;
  readonly run: number;
  readonly agent: string;
  readonly role: Role;
  readonly stage: WorkStage;
  readonly attempt: number;
  /** The account at the model provider that it uses; null: none is known. */
  readonly account: string | null;
  readonly state: 'pending' | 'running' | 'ended';
  readonly pendingAt: Millis;
  readonly startedAt: Millis | null;
  readonly endedAt: Millis | null;
  readonly pid: number | null;
  readonly pidStart: string | null;
  readonly runtime: string | null;
  readonly model: string | null;
  /** The model that was chosen for it when it was reserved; missing: its agent's own. */
  readonly chosenModel?: string;
  readonly session: string | null;
  readonly lastHeartbeat: Millis | null;
  readonly activity: string | null;
  readonly stopRequested: Why | null;
  readonly reason: EndReason | null;
  /** Of a run that ended as `stuck`. */
  readonly cause: StuckCause | null;
  readonly exitCode: number | null;
  readonly summary: Said | null;
  readonly turns: number | null;
  readonly verdict: 'approve' | 'reject' | null;
  /** Why a reviewer decided so; missing: it gave no reason. */
  readonly verdictReason?: string;
  /** What the agent said at its end, with line breaks; missing: nothing. */
  readonly closing?: string;
  readonly usage: Usage;
  /** Of that, what processes used whose start Musher did not survive: the one that runs now began after it. */
  readonly usageBefore: Usage;
  /** How often its process was about to be started: more than once where Musher died over it. */
  readonly launches: number;
  /** What it may use; null: nothing was set aside. */
  readonly reserved: Reservation | null;
  /** The limit that the program got when it started. A program that enforces it itself knows no other. */
  readonly given: Reservation | null;
  /** Hash of the token with which it speaks to Musher; null: none was given. */
  readonly tokenHash: string | null;
  /** Hash of the session in which a reviewer may give its verdict; missing: none was opened. */
  readonly connectionHash?: string;
  /** The verdict that a reviewer has given there; missing: none yet. */
  readonly told?: { readonly verdict: 'approve' | 'reject'; readonly reason: string };
  /** What a spike's agent has found out, with line breaks; missing: it has left no report. */
  readonly report?: string;
  /** Why it says it can't continue; null where it has not said so. */
  readonly blocker: string | null;
}
