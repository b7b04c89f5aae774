import type { EndReason } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { UsageTotals } from './signals.ts';
import type { Said, StuckCause } from '../../pipeline/why/fault.ts';

/** How a run ended. Whether it was `hollow` the caller decides, who knows the diff. */
export interface RunOutcome {
  readonly reason: Exclude<EndReason, 'hollow'>;
  /** Where `reason` is `stuck`; null otherwise. */
  readonly cause: StuckCause | null;
  /** 128 + signal where a signal ended the program; null where nobody recorded it. */
  readonly exitCode: number | null;
  /** One line; empty where a successful run said nothing of itself. */
  readonly summary: Said;
  /** What the agent said at its end, with line breaks, also where Musher finds that it had not finished; empty: nothing. */
  readonly closing: string;
  /** The end of the output as people would read it, for the next attempt's prompt; cut visibly. */
  readonly evidence: string;
  /** Set only where `reason` is `rate-limited` and the agent said when. */
  readonly resumeAt: Millis | null;
  readonly turns: number;
  readonly verdict: 'approve' | 'reject' | null;
  /** Empty where no reason was given. */
  readonly verdictReason: string;
  /** The report of a spike, as its output has it; missing: none. */
  readonly report?: string;
  /** The session that was to be resumed is not there: the next run starts afresh. */
  readonly sessionMissing: boolean;
  readonly usage: UsageTotals;
  /** Models without a known price or without reported usage. The cost of such a run is unknown. */
  readonly unpriced: readonly string[];
  /** What it asked a person for, in one line, and nobody answered; null: nothing. */
  readonly asked: string | null;
}
