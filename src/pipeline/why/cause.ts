import type { WorkStage } from '../role.ts';
import type { CommitSha } from '../values.ts';

/** Why no further attempt is made at an item. The failure itself is the item's last one. */
export type Exhaustion =
  | { readonly kind: 'attempts-used-up'; readonly attempts: number; readonly stage: WorkStage }
  | { readonly kind: 'sent-back-too-often'; readonly times: number }
  | { readonly kind: 'same-failure'; readonly times: number };

/** Why Musher starts an item by itself. */
export type StartReason = { readonly kind: 'asked-to-start' } | { readonly kind: 'dependencies-met' };

/** The owner's checkout, which a merge left as it was. Older logs also hold its path and a command, which no room is shown. */
export interface CheckoutLeft {
  /** Why it was left. */
  readonly reason: string;
}

/** What a person did to an item, by a command. */
export type PersonDid = 'started' | 'stopped' | 'accepted' | 'approved' | 'rejected' | 'moved' | 'retried' | 'unblocked' | 'deleted';

/** Why an item moved, was stopped or went to the archive. `src/words/item/causes.ts` says it. */
export type Cause =
  | StartReason
  | Exhaustion
  | { readonly kind: 'no-merge-agent' }
  | { readonly kind: 'person'; readonly did: PersonDid }
  /** An agent's verdict. */
  | { readonly kind: 'approved' }
  /** A spike's agent has left its report. */
  | { readonly kind: 'reported' }
  /** The failure beside it says why. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'gates-passed'; readonly gates: readonly string[]; readonly commit: CommitSha }
  | {
      readonly kind: 'squashed';
      readonly branch: string;
      readonly checkout: CheckoutLeft | null;
      readonly afterRestart: boolean;
    }
  | { readonly kind: 'already-merged'; readonly branch: string }
  /** The base branch has all of it, and not by a merge of this item. */
  | { readonly kind: 'nothing-to-merge'; readonly branch: string }
  | { readonly kind: 'base-kept-moving'; readonly branch: string; readonly times: number }
  | { readonly kind: 'base-moved-by-agent'; readonly branch: string; readonly head: CommitSha }
  | { readonly kind: 'approval-outdated' }
  | { readonly kind: 'settings-touched'; readonly paths: readonly string[] }
  /** `found`: what looks like a secret, and where; empty: the diff is too large to be searched. */
  | { readonly kind: 'secrets'; readonly found: readonly string[] }
  /** Links to commits of other repositories that nobody would find. */
  | { readonly kind: 'unknown-links'; readonly links: readonly { readonly path: string; readonly commit: string }[] }
  | { readonly kind: 'rate-limited-too-often'; readonly times: number }
  | { readonly kind: 'agent-blocked'; readonly agent: string; readonly said: string }
  | { readonly kind: 'run-limits-reached' }
  /** `fix`: what a person has to do first, as the program said it. */
  | { readonly kind: 'needs-fix'; readonly fix: string }
  | { readonly kind: 'merge-reverted' }
  /** Its item was stopped, moved or deleted. */
  | { readonly kind: 'not-wanted' }
  | { readonly kind: 'musher-stopped' }
  /** Its project was paused, and what ran was stopped. */
  | { readonly kind: 'paused' }
  /** A person told its agent something: the next run continues its session with that. */
  | { readonly kind: 'told' }
  /** The log was restored from a copy, and its time passed meanwhile. */
  | { readonly kind: 'time-passed' };
export type CauseKind = Cause['kind'];

/** A cause as the log holds it; logs of versions before 1.0 hold a sentence, and a purge leaves nothing of either. */
export type Why = Cause | string;
