import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import type { Said } from '../../src/pipeline/why/fault.ts';

/** How a run ended that a test only plays: one turn, nothing used. */
export function outcome(reason: RunOutcome['reason'], summary: Said = reason): RunOutcome {
  const nothing = {
    cause: null,
    exitCode: 0,
    resumeAt: null,
    turns: 1,
    verdict: null,
    verdictReason: '',
    closing: '',
    sessionMissing: false,
    asked: null,
  };
  return { ...nothing, reason, summary, evidence: '', usage: new Map(), unpriced: [] };
}
