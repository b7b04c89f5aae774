import { writeSync } from 'node:fs';
import process from 'node:process';

/**
 * The places in the code where a crash leaves the most behind: between the steps of each effect, and around each
 * transaction. Tests end Musher at each of them and look at what the next start makes of it (`test/kill/crash-points`).
 * Each name is used at one place in the code.
 */
export const CRASH_POINTS = [
  // Start.
  'after-ownership',
  'before-migration-commit',
  'after-repositories-opened',
  'before-start-recorded',
  'after-copy-compared',
  'after-start-recorded',
  // Every transaction; `:n` names the n-th of a process.
  'before-commit',
  'after-commit',
  // A message and its reply.
  'after-inbox-insert',
  'before-command',
  'after-file-kept',
  'after-confirmation-taken',
  'before-command-commit',
  'after-command-commit',
  'after-command-held',
  'before-answer',
  'after-live-shown',
  'after-outbox-sending',
  'after-send-before-mark',
  'after-mark-sent',
  'before-notification-commit',
  // A timer that is due.
  'before-timer-commit',
  'after-timer-fired',
  // A run.
  'after-run-pending',
  'after-branch-made',
  'after-branch-renewed',
  'before-files-put',
  'after-files-put',
  'after-worktree-opened',
  'after-set-up-before-mark',
  'after-conflict-staged',
  'before-spawn',
  'after-spawn-before-started',
  'after-run-started',
  'after-adoption',
  'after-metered',
  'after-sign-of-life',
  'after-stop-noted',
  'after-end-requested',
  'after-agent-ended',
  'after-leftovers-committed',
  'after-snapshot-kept',
  'after-judgement',
  'after-run-ended',
  'after-orphan-ended',
  // A repository in a worktree that goes to the quarantine.
  'after-git-directory-copied',
  'after-git-directory-moved',
  'before-git-directory-named',
  'before-repository-moved',
  'after-repository-moved',
  // Gates.
  'after-snapshot-before-reset',
  'before-receipt',
  'after-receipt',
  'after-gates-before-result',
  // Merge.
  'after-squash',
  'after-conflict',
  'after-merge-attempted',
  'after-checkout-noted',
  'after-base-ref-moved',
  'after-checkout-brought-along',
  'after-base-moved',
  'after-merge-found',
  'after-merge-done',
  // Taking a merge back.
  'after-undo-attempted',
  'after-base-moved-back',
  'after-undo-branch',
  'before-restored-recorded',
  // Removal.
  'before-tidy',
  'before-removal',
  'after-worktree-removed',
  'after-branch-removed',
  'after-run-logs-removed',
  'after-removal-recorded',
  'before-scrub',
  'after-scrub-before-mark',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];
/** One of a network's own, which its `network.ts` lists. */
export type NetworkCrashPoint = `network/${string}`;

/**
 * Ends this process without a farewell where `MUSHER_CRASH_AT` names this point, as `<point>` or `<point>:<n>` for the
 * n-th time it is passed; several stand between commas. Does nothing otherwise, which is always so but in tests.
 */
export function crashPoint(point: CrashPoint | NetworkCrashPoint): void {
  const armed = process.env['MUSHER_CRASH_AT'];
  if (armed === undefined) return;
  const later = armed.split(',').map((one) => {
    const [name = '', times = '1'] = one.split(':');
    if (name !== point) return one;
    if (Number(times) <= 1) {
      writeSync(process.stderr.fd, `crash point ${point}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
    return `${name}:${Number(times) - 1}`;
  });
  process.env['MUSHER_CRASH_AT'] = later.join(',');
}
