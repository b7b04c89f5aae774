import type { Shortage } from '../budget/budget.ts';
import type { Outage } from './outage.ts';
import type { Pause } from './pause.ts';
import type { Unmet } from './dependencies.ts';
import type { AgentRequest } from '../requests.ts';
import type { ItemNumber } from '../values.ts';
import type { WorkStage } from '../role.ts';
import type { Exhaustion, StartReason } from '../why/cause.ts';

/** An agent that has a run, and the item it works on. */
export interface Busy {
  readonly agent: string;
  readonly item: ItemNumber;
}

/** Why nothing is done although an item is not over. */
export type WaitReason =
  /** `unmet`: what has to be done before a start does more than queue it. */
  | { readonly kind: 'not-started'; readonly unmet: readonly Unmet[] }
  /** `starts`: by itself as soon as the dependencies are met; else a person has to start it. */
  | { readonly kind: 'dependencies'; readonly unmet: readonly Unmet[] }
  | { readonly kind: 'slots-busy'; readonly max: number; readonly busy: readonly Busy[] }
  /** `only`: the one that it has to be, and how many items that one takes at a time; null: any of several. */
  | {
      readonly kind: 'agents-busy';
      readonly busy: readonly Busy[];
      readonly only: { readonly agent: string; readonly most: number } | null;
    }
  | { readonly kind: 'review' }
  /** `after`: what has to happen before a start does anything. */
  | { readonly kind: 'stopped'; readonly by: string; readonly after: 'nothing' | 'dependencies' | 'other-dependencies' }
  | { readonly kind: 'account-limited'; readonly account: string }
  | { readonly kind: 'account-signed-out'; readonly account: string }
  | { readonly kind: 'account-tried'; readonly account: string }
  /** The provider limits this item's run, and nothing is known of the account. */
  | { readonly kind: 'run-limited' }
  /** `agent`: the one that can't be used; null: no work of the project can continue. */
  | { readonly kind: 'outage'; readonly agent: string | null; readonly outage: Outage }
  | { readonly kind: 'paused'; readonly pause: Pause }
  | { readonly kind: 'budget'; readonly shortage: Shortage }
  | { readonly kind: 'merge-queue'; readonly first: ItemNumber }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'held-for-review' }
  | { readonly kind: 'no-agent'; readonly stage: WorkStage }
  /** Those that could do it are taken only when somebody asks for them. */
  | { readonly kind: 'only-when-asked'; readonly agents: readonly string[]; readonly model: string | null }
  | { readonly kind: 'assigned-agent-missing'; readonly agent: string; readonly stage: WorkStage }
  /** `problem`: what the sandbox said of itself. */
  | { readonly kind: 'sandbox'; readonly problem: string };

/** Why what happens next to an item happens, or why nothing does. `src/words/item/reasons.ts` says it. */
export type Reason =
  | StartReason
  | Exhaustion
  | WaitReason
  | { readonly kind: 'agent-free' }
  | { readonly kind: 'another-attempt'; readonly attempt: number; readonly of: number }
  /** `agent`: whose run has finished; null: nobody's, the gates alone decide. */
  | { readonly kind: 'gates-decide'; readonly agent: string | null }
  | { readonly kind: 'first-to-merge' }
  | { readonly kind: 'restore-asked'; readonly by: string; readonly snapshot: number }
  | { readonly kind: 'undo-asked'; readonly by: string }
  /** Nobody is configured to resolve a conflict. */
  | { readonly kind: 'no-merge-agent' }
  | { readonly kind: 'being-prepared'; readonly agent: string }
  | { readonly kind: 'working'; readonly agent: string; readonly stage: WorkStage }
  /** Its agent waits for people. `more`: other requests of it that are open too. */
  | { readonly kind: 'asks-people'; readonly request: AgentRequest; readonly more: number }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'merged' }
  | { readonly kind: 'superseded'; readonly by: ItemNumber }
  | { readonly kind: 'completed' }
  | { readonly kind: 'abandoned' };
export type ReasonKind = Reason['kind'];
