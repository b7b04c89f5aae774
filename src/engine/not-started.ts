import type { RunOutcome } from '../agents/supervision/outcome.ts';
import { oneLine } from '../agents/text.ts';
import { MusherError } from '../errors.ts';

/** The outcome of a run whose program never ran. */
export function notStarted(reason: RunOutcome['reason'], summary: string): RunOutcome {
  const nothing = {
    cause: null,
    asked: null,
    exitCode: null,
    resumeAt: null,
    turns: 0,
    verdict: null,
    verdictReason: '',
    sessionMissing: false,
    usage: new Map(),
    unpriced: [],
  };
  return { ...nothing, reason, summary: oneLine(summary), evidence: summary };
}

/** What keeps a run from starting counts as a failed attempt; a bug goes on up. */
export function toOutcome(error: unknown): { outcome: RunOutcome } {
  // No attempt of an agent's: the item waits until a person has mended it.
  if (error instanceof MusherError && error.code === 'SANDBOX_UNUSABLE') return { outcome: notStarted('stopped', error.message) };
  if (error instanceof MusherError) return { outcome: notStarted('failed', `${error.message} ${error.hint}`) };
  throw error;
}
