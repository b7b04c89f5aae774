import type { RunOutcome } from '../agents/supervision/outcome.ts';
import { oneLine } from '../agents/text.ts';
import { MusherError } from '../errors.ts';
import type { Said } from '../pipeline/why/fault.ts';

/** The outcome of a run whose program never ran. */
export function notStarted(reason: RunOutcome['reason'], summary: Said, evidence = ''): RunOutcome {
  const nothing = {
    cause: null,
    asked: null,
    exitCode: null,
    closing: '',
    resumeAt: null,
    turns: 0,
    verdict: null,
    verdictReason: '',
    sessionMissing: false,
    usage: new Map(),
    unpriced: [],
  };
  return { ...nothing, reason, summary, evidence };
}

/** What keeps a run from starting counts as a failed attempt; a bug is thrown on. */
export function toOutcome(error: unknown): { outcome: RunOutcome } {
  // No attempt of an agent's: the item waits until a person has fixed it.
  if (error instanceof MusherError && error.code === 'SANDBOX_UNUSABLE') return { outcome: notStarted('stopped', oneLine(error.message)) };
  if (error instanceof MusherError) {
    const said = `${error.message} ${error.hint}`;
    return { outcome: notStarted('failed', oneLine(said), said) };
  }
  throw error;
}
