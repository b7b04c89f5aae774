import { BOUNDS } from '../../bounds.ts';
import type { Millis } from '../values.ts';

/** An account at a model provider as a decision sees it. */
export interface AccountFact {
  readonly name: string;
  /** Until when the provider said to wait; null: it has not, or a run has since shown that it works again. */
  readonly until: Millis | null;
  /** Nobody is signed in, rather than that it is limited. */
  readonly signedOut?: boolean;
  /** Its wait is over, and one run is testing it. */
  readonly tried: boolean;
}

/** No provider's limit lasts longer; a later time is a mistake of an agent's, or was written while the clock was wrong. */
export const LONGEST_LIMIT_MS = BOUNDS.rateLimitMs;

/** The account that a run takes, or why none can be taken. */
export type AccountChoice =
  | { readonly take: string }
  | { readonly take: null; readonly why: 'limited' | 'signed-out'; readonly name: string; readonly until: Millis }
  | { readonly take: null; readonly why: 'tried'; readonly name: string };

/**
 * Takes the first account that is not limited, else one whose time has come and that nobody tries yet: one run goes first,
 * the others follow when it has shown that the account works. What is limited is left alone until its time.
 */
export function chooseAccount(all: readonly AccountFact[], now: Millis): AccountChoice | null {
  if (all.length === 0) return null;
  const accounts = all.map((one) => ((one.until ?? 0) > now + LONGEST_LIMIT_MS ? { ...one, until: null } : one));
  const free = accounts.find(({ until }) => until === null) ?? accounts.find(({ until, tried }) => (until ?? 0) <= now && !tried);
  if (free !== undefined) return { take: free.name };
  const tried = accounts.find(({ until }) => (until ?? 0) <= now);
  if (tried !== undefined) return { take: null, why: 'tried', name: tried.name };
  const [first] = accounts.toSorted((a, b) => (a.until ?? 0) - (b.until ?? 0));
  return first === undefined
    ? null
    : { take: null, why: first.signedOut === true ? 'signed-out' : 'limited', name: first.name, until: first.until ?? now };
}

/** An agent as far as it matters to which account its runs go. */
interface Spender {
  readonly name: string;
  readonly runtime: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly accounts?: readonly { readonly name: string }[];
}

/**
 * The accounts that an agent may use, in order. One for which none is configured has its own: that of the first agent of
 * the project with the same program and the same environment, since both speak to the provider as the same customer.
 */
export function accountNames(project: string, agents: readonly Spender[], agent: Spender): readonly string[] {
  if (agent.accounts !== undefined && agent.accounts.length > 0) return agent.accounts.map(({ name }) => name);
  const key = customerOf(agent);
  const first = agents.find((other) => (other.accounts ?? []).length === 0 && customerOf(other) === key) ?? agent;
  return [`${project}/${first.name}`];
}

function customerOf({ runtime, command, env }: Spender): string {
  return JSON.stringify([runtime, command, Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
