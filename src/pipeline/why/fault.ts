import type { Unit } from '../budget/budget.ts';
import type { Why } from './cause.ts';
import type { CommitSha, Millis } from '../values.ts';

/**
 * In what a run that ended as `stuck` was stuck: it said nothing, ran out of time, filled the disk, did the same again and
 * again, or waits for a person who is not there.
 */
export const STUCK_CAUSES = ['silent', 'out-of-time', 'flooding', 'spinning', 'waits-for-input'] as const;
export type StuckCause = (typeof STUCK_CAUSES)[number];

/** How a command of the project's owner ended. */
export type CommandEnd = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'signal' | 'timeout' | 'too-much-output' };

/** What Musher found wrong, in itself. */
export type PlainFault =
  | {
      readonly kind: 'gate';
      readonly gate: string;
      readonly where: 'branch' | 'merged';
      readonly end: CommandEnd;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'component';
      readonly phase: 'setup' | 'teardown';
      readonly component: string;
      readonly command: string;
      readonly end: CommandEnd;
    }
  | { readonly kind: 'component-folder'; readonly phase: 'setup' | 'teardown'; readonly component: string; readonly path: string }
  | { readonly kind: 'conflict'; readonly branch: string; readonly files: readonly string[] }
  /** `agent`: who left them; null: they were found right before the merge. */
  | { readonly kind: 'conflict-markers'; readonly agent: string | null; readonly files: readonly string[] }
  /** `said`: the reason as the reviewer gave it; empty: none. */
  | { readonly kind: 'rejected'; readonly said: string }
  | { readonly kind: 'nothing-to-approve' }
  | { readonly kind: 'merge-reverted'; readonly by: string; readonly said: string }
  | { readonly kind: 'no-commits' }
  | { readonly kind: 'no-change' }
  /** A git that checks would not take its objects; `said`: in git's words. */
  | { readonly kind: 'objects-refused'; readonly said: string }
  /** A tree that it committed has more files, or folders in each other, than Musher reads; `ref` keeps the commits. */
  | { readonly kind: 'tree-too-large'; readonly entries: number; readonly depth: number; readonly ref: string }
  /** The branch holds what was rejected or reverted before, and nothing new. */
  | { readonly kind: 'refused-again' }
  /** It said that it was done. `changed`: files that lie in the worktree, not committed. */
  | { readonly kind: 'nothing-committed'; readonly changed: readonly string[] }
  /** It committed beside its branch: on a branch of its own, or on none (null). `commits`: null where they can't be counted. */
  | { readonly kind: 'work-elsewhere'; readonly branch: string | null; readonly commit: CommitSha; readonly commits: number | null }
  /** Musher commits for the agent, and only git itself can commit these: they have a filter, or not the encoding of their attributes. */
  | { readonly kind: 'uncommittable'; readonly files: readonly string[] }
  /** It used no model and changed nothing. */
  | { readonly kind: 'hollow' }
  | { readonly kind: 'no-verdict' }
  /** A spike ends with a report, and its run left none. */
  | { readonly kind: 'no-report' }
  | { readonly kind: 'branch-gone' }
  | { readonly kind: 'agent-blocked'; readonly agent: string; readonly said: string }
  | { readonly kind: 'agent-not-configured'; readonly agent: string }
  /** Nobody is signed in to the agent's program. */
  | { readonly kind: 'signed-out'; readonly program: string }
  | { readonly kind: 'project-not-configured'; readonly project: string }
  /** It failed, and the program said nothing of it. */
  | { readonly kind: 'failed-silently' }
  | { readonly kind: 'asked-nobody'; readonly question: string }
  | { readonly kind: 'no-output' | 'ran-too-long'; readonly ms: Millis }
  /** It printed nothing but lines that it had printed before; `text` is one of them. */
  | { readonly kind: 'old-lines'; readonly ms: Millis; readonly times: number; readonly text: string }
  | { readonly kind: 'too-much-output'; readonly bytes: number }
  /** Its output named more models than there are. */
  | { readonly kind: 'too-many-models'; readonly most: number }
  /** The same call or error again and again, and no file changed. */
  | { readonly kind: 'repeats'; readonly what: 'call' | 'error'; readonly times: number; readonly text: string }
  | { readonly kind: 'tokens-without-change'; readonly tokens: number }
  /** A limit of the agent or of the run itself, which nobody can top up. */
  | { readonly kind: 'over-limit'; readonly unit: Unit | 'turns'; readonly used: number; readonly cap: number }
  /** Processes whose start Musher did not survive used up what the run may use. */
  | { readonly kind: 'used-up-before' }
  /** Musher died so often right after it had started the agent. */
  | { readonly kind: 'died-at-start'; readonly times: number }
  | { readonly kind: 'run-files-removed' | 'process-lost' | 'killed-from-outside' }
  /** What it had printed is not what stands in the file; or nobody could write it down any more. */
  | { readonly kind: 'output-changed' | 'output-lost' }
  | { readonly kind: 'stopped'; readonly why: Why }
  /** It failed while the machine or git was out of order, as an outage says it: no fault of its work. */
  | { readonly kind: 'machine'; readonly code: string; readonly said: string }
  /** It was ended at the line of a budget that people can add to. */
  | { readonly kind: 'budget-reached'; readonly unit: Unit; readonly used: number; readonly cap: number }
  /** A part of Musher's own work failed; `said`: the error and what to do; null: a bug, whose details are in the log file. */
  | { readonly kind: 'broke-off'; readonly during: 'gates' | 'merge' | 'run' | 'restore' | 'undo'; readonly said: string | null };

/** How a run ended, and that so many of its processes are still there. */
export type ProcessesLeft = { readonly kind: 'processes-left'; readonly said: PlainFault | string; readonly processes: number };
/** How a run ended: a fault, or what its program said. */
export type EndSaid = PlainFault | ProcessesLeft | string;

/** What Musher found wrong. `src/words/item/faults.ts` says it. */
export type Fault = PlainFault | ProcessesLeft | { readonly kind: 'stuck'; readonly cause: StuckCause; readonly said: EndSaid };
export type FaultKind = Fault['kind'];

/** A fault, or one line of text: what a program or a person said, or what versions before 1.0 wrote. */
export type Said = Fault | string;

/** Why what a person asked for can't be done. */
export type ErrandFault =
  | { readonly kind: 'no-snapshot'; readonly snapshot: number }
  | { readonly kind: 'not-merged' }
  /** `subjects`: of the later commits that changed the same places. */
  | { readonly kind: 'later-commits'; readonly subjects: readonly string[]; readonly files: readonly string[] }
  | { readonly kind: 'base-kept-moving'; readonly branch: string; readonly times: number }
  /** A gate or a set-up fails on the tree without its change. */
  | { readonly kind: 'fails-without'; readonly fault: Said }
  | Extract<Fault, { kind: 'broke-off' }>;

/** An errand's fault, or a sentence of versions before 1.0. */
export type ErrandWhy = ErrandFault | string;
