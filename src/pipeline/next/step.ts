import type { AccountFact } from './accounts.ts';
import type { Budget } from '../budget/budget.ts';
import type { Defaults } from './choice.ts';
import type { Exhaustion, StartReason } from '../why/cause.ts';
import type { ModelUser } from './model.ts';
import type { Outage } from './outage.ts';
import type { Pause } from './pause.ts';
import type { Unmet } from './dependencies.ts';
import type { Reason, WaitReason } from './reason.ts';
import type { AgentRequest } from '../requests.ts';
import type { Role, WorkStage } from '../role.ts';
import type { QaMode } from '../types.ts';
import type { ItemNumber, Millis } from '../values.ts';

/** An agent, and how the accounts stand that it may use; without any, nothing is known of its provider. */
export interface AgentFact extends ModelUser {
  readonly name: string;
  readonly stage: WorkStage;
  readonly role: Role;
  readonly accounts?: readonly AccountFact[];
  /** False: only for items that it was chosen for. Missing: for any. */
  readonly auto?: boolean;
  /** Items that it works on at the same time; missing: one. */
  readonly maxParallel?: number;
  /** What keeps it from being used; null or missing: nothing that is known. */
  readonly outage?: Outage | null;
}

/** What the decision about one item depends on besides the item itself. */
export interface Facts {
  readonly now: Millis;
  readonly qaDefault: QaMode;
  readonly maxCoders: number;
  /** Attempts after the first. */
  readonly maxRetries: number;
  readonly agents: readonly AgentFact[];
  /** Names of the agents that have runs, and the items they work on. */
  readonly busy: ReadonlyMap<string, readonly ItemNumber[]>;
  readonly defaults: Defaults;
  /** Coder runs under way in the project. */
  readonly coders: number;
  readonly unmet: readonly Unmet[];
  /** The item at the head of the project's merge queue; null where it is empty. */
  readonly mergeHead: ItemNumber | null;
  /** The budgets that a run of the item has to fit in. */
  readonly budgets: readonly Budget[];
  /** Why nothing of the project may run in the sandbox that it asks for; null: it may. */
  readonly sandboxProblem: string | null;
  /** What keeps all of the project from working; null: nothing that is known. */
  readonly outage: Outage | null;
  /** A person has paused the project; null: nobody has. */
  readonly pause: Pause | null;
  /** What agents of the project ask people for at this moment, by item, the oldest first. */
  readonly requests: ReadonlyMap<ItemNumber, readonly AgentRequest[]>;
}

export type WaitingFor =
  | 'start'
  | 'dependencies'
  | 'slot'
  | 'agent'
  | 'approval'
  | 'hold'
  | 'rate-limit'
  | 'outage'
  | 'pause'
  | 'budget'
  | 'merge-queue'
  | 'unblock'
  | 'acceptance'
  | 'configuration';

/** What happens next to an item, and why: facts, which `src/words` makes sentences of. */
export type Step =
  | { readonly do: 'start'; readonly reason: StartReason }
  | {
      readonly do: 'run';
      readonly stage: WorkStage;
      readonly agent: string;
      readonly account: string | null;
      /** Null: the agent's own. */ readonly model: string | null;
      readonly reason: Reason;
    }
  | { readonly do: 'gates' | 'merge' | 'restore' | 'undo' | 'send-back' | 'watch' | 'rest'; readonly reason: Reason }
  | { readonly do: 'block'; readonly reason: Exhaustion }
  | {
      readonly do: 'wait';
      readonly for: WaitingFor;
      readonly reason: WaitReason;
      readonly until: Millis | null;
      /** What it waits for can't come by waiting. */
      readonly never: boolean;
    };
