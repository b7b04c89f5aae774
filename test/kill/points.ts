import type { CrashPoint, NetworkCrashPoint } from '../../src/crash-point.ts';
import { NETWORKS } from '../../transports/index.ts';
import type { SCENARIOS } from './scenarios.ts';

/** Which points each scenario is killed at: each twice, the second time while it recovers, where it passes it again. */
export const KILLS: readonly { readonly what: string; readonly scenario: keyof typeof SCENARIOS; readonly at: readonly CrashPoint[] }[] = [
  {
    what: 'at its start',
    scenario: 'deliver',
    at: ['after-ownership', 'before-migration-commit', 'after-repositories-opened', 'before-start-recorded', 'after-start-recorded'],
  },
  {
    what: 'between a message and its reply',
    scenario: 'deliver',
    at: [
      'after-inbox-insert',
      'before-command',
      'before-command-commit',
      'after-command-commit',
      'before-answer',
      'after-outbox-sending',
      'after-send-before-mark',
      'after-mark-sent',
    ],
  },
  { what: 'while rooms are told', scenario: 'deliver', at: ['before-notification-commit'] },
  {
    what: 'around a run',
    scenario: 'deliver',
    at: [
      'after-run-pending',
      'after-branch-made',
      'before-files-put',
      'after-files-put',
      'after-worktree-opened',
      'after-set-up-before-mark',
      'before-spawn',
      'after-spawn-before-started',
      'after-run-started',
      'after-adoption',
      'after-metered',
      'after-sign-of-life',
      'after-agent-ended',
      'after-snapshot-kept',
      'after-judgement',
      'after-run-ended',
    ],
  },
  {
    what: 'around gates',
    scenario: 'deliver',
    at: ['after-snapshot-before-reset', 'before-receipt', 'after-receipt', 'after-gates-before-result'],
  },
  {
    what: 'around a merge',
    scenario: 'deliver',
    at: [
      'after-squash',
      'after-merge-attempted',
      'after-checkout-noted',
      'after-base-ref-moved',
      'after-checkout-brought-along',
      'after-merge-done',
      'before-tidy',
      'after-worktree-removed',
      'after-branch-removed',
    ],
  },
  { what: 'once the base branch has moved', scenario: 'deliver', at: ['after-base-moved', 'after-merge-found'] },
  { what: 'around a conflict', scenario: 'conflict', at: ['after-conflict', 'after-conflict-staged'] },
  {
    what: 'around a confirmation and a stop',
    scenario: 'purge',
    at: ['after-confirmation-taken', 'after-command-held', 'after-stop-noted', 'after-end-requested'],
  },
  {
    what: 'around a purge',
    scenario: 'purge',
    at: ['before-removal', 'after-run-logs-removed', 'after-removal-recorded', 'before-scrub', 'after-scrub-before-mark'],
  },
  { what: 'when a branch begins anew', scenario: 'renewed', at: ['after-branch-renewed'] },
  { what: 'when it commits for an agent', scenario: 'committed', at: ['after-leftovers-committed'] },
  { what: 'around taking a merge back', scenario: 'undone', at: ['after-undo-attempted', 'after-undo-branch', 'before-restored-recorded'] },
  { what: 'once the base branch has moved back', scenario: 'undone', at: ['after-base-moved-back'] },
  { what: 'when a timer is due', scenario: 'later', at: ['before-timer-commit', 'after-timer-fired'] },
  { what: 'in a live reply', scenario: 'live', at: ['after-live-shown'] },
];
/** Points of what each network keeps of its own. */
export const OF_NETWORKS: readonly NetworkCrashPoint[] = NETWORKS.flatMap(({ crashPoints }) => crashPoints);
/** Those of the three chat networks; the page has a test of its own (`crash-page.test.ts`). */
export const OF_CHAT = OF_NETWORKS.filter((point) => !point.startsWith('network/web/'));
/** Points with a test of their own. */
export const APART: readonly (CrashPoint | NetworkCrashPoint)[] = [
  'before-commit',
  'after-commit',
  'after-orphan-ended',
  'after-copy-compared',
  // test/e2e/files.test.ts
  'after-file-kept',
  // test/git/aside-crash.test.ts
  'after-git-directory-copied',
  'after-git-directory-moved',
  'before-git-directory-named',
  'before-repository-moved',
  'after-repository-moved',
  ...OF_NETWORKS,
];
/** Each point kills twice: the second time in what follows the first, its recovery among it. */
export const twice =
  <Point extends string>(at: readonly Point[]) =>
  (_: number, died: readonly string[]): Point[] =>
    at.filter((point) => died.filter((one) => one === point).length < 2);
