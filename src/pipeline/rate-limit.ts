import { LONGEST_LIMIT_MS, type AccountChoice } from './accounts.ts';
import type { Facts, Step } from './next-step.ts';
import type { WorkItem, WorkStage } from './types.ts';
import type { ItemNumber, Millis } from './values.ts';

/** The wait for an account: each that an idle agent may use is limited, or is just being tried again. */
export function onAccounts(choices: readonly AccountChoice[], n: ItemNumber): Step {
  const refused = choices.filter((choice) => choice.take === null);
  const tried = refused.find(({ why }) => why === 'tried');
  if (tried !== undefined) return waiting(`the account ${tried.name} comes back from a rate limit and one run tries it first`, null, n);
  const limited = refused.flatMap((choice) => (choice.why === 'limited' ? [choice] : []));
  const [first] = limited.toSorted((a, b) => a.until - b.until);
  if (first === undefined) throw new Error('asked only where every account is refused');
  return waiting(`the account ${first.name} is rate-limited`, first.until, n);
}

/** Until when an item waits for a rate limit that only it knows of, because nothing is known of its agents' accounts; null: it does not. */
export function limitedAlone({ execution }: WorkItem, stage: WorkStage, facts: Facts): Millis | null {
  if (execution.state !== 'rateLimited' || execution.resumeAt <= facts.now) return null;
  if (execution.resumeAt > facts.now + LONGEST_LIMIT_MS) return null;
  return facts.agents.some((agent) => agent.stage === stage && (agent.accounts ?? []).length > 0) ? null : execution.resumeAt;
}

/** The wait of one item for its own limit. */
export function rateLimited(resumeAt: Millis, number: ItemNumber): Step {
  return waiting('the model provider limits the rate', resumeAt, number);
}

function waiting(because: string, until: Millis | null, n: ItemNumber): Step {
  return { do: 'wait', for: 'rate-limit', because, next: `It goes on by itself; \`stop ${n}\` cancels that.`, until, never: false };
}
