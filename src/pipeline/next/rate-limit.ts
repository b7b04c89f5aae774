import { LONGEST_LIMIT_MS, type AccountChoice } from './accounts.ts';
import type { WaitReason } from './reason.ts';
import type { WorkItem } from '../types.ts';
import type { Millis } from '../values.ts';
import type { WorkStage } from '../role.ts';
import type { Facts, Step } from './step.ts';

/** The wait for an account: each that an idle agent may use is limited, or is just being tried again. */
export function onAccounts(choices: readonly AccountChoice[]): Step {
  const refused = choices.filter((choice) => choice.take === null);
  const tried = refused.find(({ why }) => why === 'tried');
  if (tried !== undefined) return waiting({ kind: 'account-tried', account: tried.name }, null);
  const limited = refused.flatMap((choice) => (choice.why === 'tried' ? [] : [choice]));
  const [first] = limited.toSorted((a, b) => a.until - b.until);
  if (first === undefined) throw new Error('asked only where every account is refused');
  return waiting({ kind: first.why === 'signed-out' ? 'account-signed-out' : 'account-limited', account: first.name }, first.until);
}

/** Until when an item waits for a rate limit that only it knows of, because nothing is known of its agents' accounts; null: it does not. */
export function limitedAlone({ execution }: WorkItem, stage: WorkStage, facts: Pick<Facts, 'now' | 'agents'>): Millis | null {
  if (execution.state !== 'rateLimited' || execution.resumeAt <= facts.now) return null;
  if (execution.resumeAt > facts.now + LONGEST_LIMIT_MS) return null;
  return facts.agents.some((agent) => agent.stage === stage && (agent.accounts ?? []).length > 0) ? null : execution.resumeAt;
}

/** The wait of one item for its own limit. */
export function rateLimited(resumeAt: Millis): Step {
  return waiting({ kind: 'run-limited' }, resumeAt);
}

function waiting(reason: WaitReason, until: Millis | null): Step {
  return { do: 'wait', for: 'rate-limit', reason, until, never: false };
}
