import process from 'node:process';

/**
 * The places in the code where a crash leaves the most behind, in the order in which they are passed. Tests end Musher
 * at each of them and look at what the next start makes of it; see `test/slow/crash-points.test.ts`.
 */
export const CRASH_POINTS = [
  // A message.
  'after-inbox-insert',
  'before-command-commit',
  'after-command-commit',
  'after-outbox-sending',
  'after-send-before-mark',
  'after-mark-sent',
  // A run.
  'after-run-pending',
  'after-worktree-before-spawn',
  'after-spawn-before-started',
  'after-run-started',
  'after-run-ended',
  // Gates and merge.
  'after-gates-before-result',
  'after-merge-attempted',
  'after-base-moved',
  'after-merge-done',
  // Removal.
  'after-delete-asked',
  'after-worktree-removed',
  'after-purge-before-scrub',
  // Notifications.
  'before-notification-commit',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/**
 * Ends this process without a farewell where `MUSHER_CRASH_AT` names this point, as `<point>` or `<point>:<n>` for the
 * n-th time it is passed. Does nothing otherwise, which is always so but in tests.
 */
export function crashPoint(point: CrashPoint): void {
  const wanted = process.env['MUSHER_CRASH_AT'];
  if (wanted === undefined) return;
  const [name, times = '1'] = wanted.split(':');
  if (name !== point) return;
  const left = Number(times) - 1;
  if (left > 0) process.env['MUSHER_CRASH_AT'] = `${point}:${left}`;
  else process.kill(process.pid, 'SIGKILL');
}
