import type { Millis } from '../../pipeline/values.ts';
import { NO_USAGE, addUsage, type Usage } from '../../pipeline/usage.ts';

/**
 * What an agent's output says while it runs. `usage` and `turn` are totals of the run so far, so a replayed output
 * gives the same signals again and the caller takes differences.
 */
export type Signal =
  | { readonly kind: 'session'; readonly id: string }
  /** `unpriced`: the money in it is not all, because no price is known for the model. */
  | { readonly kind: 'usage'; readonly model: string; readonly usage: Usage; readonly unpriced?: true }
  /** A model was used, and the output tells how much at the end alone: until then what it costs is not known. */
  | { readonly kind: 'untold'; readonly model: string }
  /** It has read what a person said, by the number of that. */
  | { readonly kind: 'read'; readonly id: number }
  | { readonly kind: 'turn'; readonly count: number }
  /** One line for people: a tool and its target, or what the agent says. */
  | { readonly kind: 'activity'; readonly text: string }
  /** A tool was called and has answered. `same` is equal for equal calls with equal answers; `error`: what it failed with, in one line. */
  | { readonly kind: 'call'; readonly text: string; readonly same: string; readonly error: string | null }
  /** It asked a person for something; nobody can answer a program without a terminal. */
  | { readonly kind: 'asks'; readonly text: string }
  /**
   * `resumeAt` is null where the agent did not say when. `waits`: the program waits that long by itself, in silence;
   * the run is ended where nothing else comes for a minute.
   */
  | { readonly kind: 'rate-limited'; readonly resumeAt: Millis | null; readonly text: string; readonly waits?: true }
  | { readonly kind: 'verdict'; readonly verdict: 'approve' | 'reject'; readonly reason: string }
  /** What a spike has found out; the last one counts. */
  | { readonly kind: 'report'; readonly text: string }
  /** The session that was to be resumed is unknown to the agent: start afresh. */
  | { readonly kind: 'session-missing'; readonly text: string }
  /** Nobody is signed in, or the key was refused: the run is ended at once, and its account pauses. No attempt of the agent's. */
  | { readonly kind: 'signed-out'; readonly text: string }
  /** Going on makes no sense: the run is ended at once. */
  | { readonly kind: 'fatal'; readonly text: string }
  /** The explicit end line. `over-budget`: the agent itself stopped at a limit that it was given. */
  | { readonly kind: 'result'; readonly outcome: 'success' | 'failure' | 'over-budget'; readonly summary: string };

/** Usage per model. */
export type UsageTotals = ReadonlyMap<string, Usage>;

/** The sum over all models. */
export function sumUsage(totals: UsageTotals): Usage {
  return [...totals.values()].reduce(addUsage, NO_USAGE);
}
