import type { WorkItem } from './types.ts';
import type { ItemNumber, Millis } from './values.ts';

/** What an agent asks people for. */
export type Ask =
  /** Leave to use a tool once, with exactly this input (JSON). */
  | { readonly kind: 'permission'; readonly tool: string; readonly input: string }
  /** An answer. `fallback` is taken where nobody gives one in time. */
  | { readonly kind: 'question'; readonly text: string; readonly choices: readonly string[]; readonly fallback: string };

/** Why people are not asked; a string: a log of a version before 1.0. */
export type Unasked =
  /** The run has so many requests open already. */
  | { readonly kind: 'too-many-open'; readonly open: number }
  | { readonly kind: 'asked-too-often'; readonly times: number }
  /** Its last so many requests ran out. */
  | { readonly kind: 'nobody-answers'; readonly requests: number }
  /** UTF-16 units and lines of its input, which people would have to be shown whole. */
  | { readonly kind: 'too-long'; readonly units: number; readonly lines: number }
  | { readonly kind: 'holds-secret' }
  | string;

/** How a request ended. An expired permission is denied, an expired question has its fallback as answer. */
export const REQUEST_ENDS = ['allowed', 'denied', 'answered', 'expired', 'cancelled'] as const;
export type RequestEnd = (typeof REQUEST_ENDS)[number];

/** Who may answer: people with at least this role. */
export type AnsweringRole = 'operator' | 'admin';

/** Something that an agent asks of people and waits for. */
export interface AgentRequest {
  /** Unique in the whole log; people type it as `r7`, which no item is called. */
  readonly number: number;
  readonly project: string;
  readonly item: ItemNumber;
  readonly run: number;
  readonly agent: string;
  readonly ask: Ask;
  /** One line on it, without characters that hide something. */
  readonly brief: string;
  /** Names the agent's call: one that comes again finds its request. */
  readonly call: string;
  readonly role: AnsweringRole;
  readonly openedAt: Millis;
  readonly expiresAt: Millis;
  readonly state: 'open' | RequestEnd;
  readonly closedAt: Millis | null;
  readonly closedBy: string | null;
  /** The answer, or the reason of a denial. */
  readonly text: string;
  /** It was allowed for the rest of the run, whatever the same tool gets; missing: once. */
  readonly scope?: 'run';
}

/** The request by which a person has allowed a tool for the rest of the run, out of those of the run; null: none has. */
export function allowedForRun(all: readonly AgentRequest[], tool: string): AgentRequest | null {
  return (
    all.find(({ ask, state, scope }) => scope === 'run' && state === 'allowed' && ask.kind === 'permission' && ask.tool === tool) ?? null
  );
}

/** How people name a request. */
export function requestName(number: number): string {
  return `r${number}`;
}

/** Whether a run may still speak to Musher and be spoken to: it has not ended, nobody has asked it to, and its item is still with it. */
export function isUnderWay(
  item: WorkItem | null,
  run: { readonly run: number; readonly state: 'pending' | 'running' | 'ended'; readonly stopRequested: unknown } | null,
): boolean {
  if (item === null || run === null || item.deletedAt !== null || item.runs !== run.run) return false;
  if (run.state === 'ended' || run.stopRequested !== null) return false;
  return item.execution.state === 'pending' || item.execution.state === 'running';
}

/**
 * Milliseconds between two moments in which at least one of these requests was open: time that a run spent waiting for
 * people, and not silent.
 */
export function timeWaited(
  requests: readonly Pick<AgentRequest, 'openedAt' | 'expiresAt' | 'closedAt'>[],
  from: Millis,
  to: Millis,
): number {
  const spans = requests
    .map(({ openedAt, closedAt, expiresAt }) => ({ from: Math.max(from, openedAt), to: Math.min(to, closedAt ?? expiresAt) }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from);
  let waited = 0;
  let reached = from;
  for (const span of spans) {
    waited += Math.max(0, span.to - Math.max(span.from, reached));
    reached = Math.max(reached, span.to);
  }
  return waited;
}
