import type { EndReason } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { PlainFault, Said, StuckCause } from '../../pipeline/why/fault.ts';
import type { Conclusion } from '../runtimes/runtime.ts';
import { oneLine } from '../text.ts';
import type { StopReason } from './limits.ts';
import type { RunMemory } from './run-memory.ts';
import type { UsageTotals } from './signals.ts';

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

/** What is known of a run when nothing of it is left. */
export interface Remains {
  /** What its output says. */
  readonly said: Conclusion;
  readonly memory: RunMemory;
  /** Null: nobody recorded it. */
  readonly exitCode: number | null;
  /** Why Musher stopped it; null: it did not. */
  readonly stopped: StopReason | null;
  /** What somebody did to what it had printed. */
  readonly changed: 'output-changed' | 'output-lost' | null;
  /** There was nothing to watch: no process, and no record of its end. */
  readonly wasLost: boolean;
  /** It was ended because it stayed after its result: that decides, not its exit code. */
  readonly lingered: boolean;
  /** What it asked last and nobody could answer, as its screen showed it; null: nothing. */
  readonly question: string | null;
  /** Processes of it that had to be ended. */
  readonly left: number;
}

/** How a run ended, and in what it was stuck. */
type End = Pick<RunOutcome, 'reason'> & { readonly summary: PlainFault | string; readonly cause?: RunOutcome['cause'] };

/** Says how a run ended, of all that is known of it. */
export function outcomeOf(remains: Remains): RunOutcome {
  const { memory, said, left, question } = remains;
  const end = beyondOutput(remains) ?? unanswered(said, question) ?? { ...said, summary: withComplaint(said, memory.tellingComplaint()) };
  return {
    reason: end.reason,
    cause: end.cause ?? null,
    exitCode: remains.exitCode,
    summary: left === 0 ? end.summary : { kind: 'processes-left', said: end.summary, processes: left },
    closing: said.closing ?? '',
    evidence: memory.evidence(),
    resumeAt: end.reason === 'rate-limited' ? said.resumeAt : null,
    turns: memory.turns,
    verdict: memory.verdict?.verdict ?? null,
    verdictReason: memory.verdict?.reason ?? '',
    ...(memory.report === '' ? {} : { report: memory.report }),
    sessionMissing: memory.sessionMissing,
    usage: new Map(memory.usage),
    unpriced: memory.unpriced,
    asked: memory.asked ?? question,
  };
}

/** Reasons that come before what the output says. */
function beyondOutput({ stopped, changed, wasLost, exitCode, lingered }: Remains): End | null {
  if (stopped !== null) return stopped;
  if (changed !== null) return { reason: 'failed', summary: { kind: changed } };
  if (wasLost) return { reason: 'lost', summary: { kind: 'process-lost' } };
  if (exitCode === null && !lingered) return { reason: 'failed', summary: { kind: 'killed-from-outside' } };
  return null;
}

/** A program that found nobody to answer its question fails with that: it is no failure of its work. */
function unanswered(said: Conclusion, question: string | null): End | null {
  return said.reason === 'failed' && question !== null
    ? { reason: 'stuck', cause: 'waits-for-input', summary: { kind: 'asked-nobody', question } }
    : null;
}

function withComplaint({ reason, summary }: Conclusion, complaint: string): string {
  return reason !== 'failed' || complaint === '' || summary.includes(complaint) ? summary : oneLine(`${summary} ${complaint}`);
}
