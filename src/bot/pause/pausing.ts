import type { Run } from '../../log/projections/run.ts';
import type { Pause, PauseHow } from '../../pipeline/next/pause.ts';
import type { Millis } from '../../pipeline/values.ts';
import { err, ok, type Result } from '../../result.ts';
import { allProjectsNeeded } from '../../words/bot/access.ts';
import type { Reply } from '../../words/reply.ts';
import type { Capabilities, CommandTx } from '../capabilities.ts';
import { stopOpenRun } from '../of-item.ts';
import type { ProjectScope } from './arguments.ts';
import { includes } from '../rights/rights.ts';

/** Long enough for both steps of a stop: interrupt, then kill. */
const WAIT_MS = 35_000;

/** What a person wants of a pause; `reason` null: they gave none. */
export interface PauseWish {
  readonly until: Millis | null;
  readonly reason: string | null;
  readonly how: PauseHow;
}

/** The projects that a command named; the error is the reply where the sender lacks the role in one of all. */
export function scopedProjects(
  context: Pick<Capabilities, 'project' | 'projects' | 'configured' | 'roleIn'>,
  scope: ProjectScope | null,
  words: string,
): Result<readonly string[], Reply> {
  if (scope === null) return ok([context.project.name]);
  if (scope.kind === 'one') return ok([scope.project]);
  return includes(context.roleIn({ project: null }), 'operator') ? ok(context.configured) : err(allProjectsNeeded(words));
}

/** Pauses a project and, where that is wanted, asks its runs to stop. Null: it is paused just so already, and nothing runs that was to stop. */
export function pauseProject(tx: CommandTx, project: string, { until, reason, how }: PauseWish): readonly Run[] | null {
  const before = tx.reads.pauses.get(project);
  const open = tx.reads.openRuns(project);
  const asked = how === 'finish' ? [] : open.filter((run) => run.stopRequested === null);
  for (const { item: number } of asked) {
    const item = tx.reads.item(project, number);
    if (item !== null && item.deletedAt === null) stopOpenRun(tx, item, { kind: 'paused' });
  }
  if (before !== null && isSame(before, { until, reason, how }) && asked.length === 0) return null;
  tx.pause(project, { until, reason: reason ?? before?.reason ?? '', how, asked: asked.length });
  return how === 'finish' ? open : asked;
}

function isSame(before: Pause, { until, reason, how }: PauseWish): boolean {
  return before.until === until && (reason === null || reason === before.reason) && (how === 'finish' || how === before.how);
}

/** Resolves with the runs that had not ended when it was no use to wait any longer. */
export async function untilEnded(context: Pick<Capabilities, 'reads' | 'until'>, runs: readonly Run[]): Promise<readonly Run[]> {
  const open = (): readonly Run[] =>
    runs.filter(({ project, item, run }) => {
      const now = context.reads.run(project, item, run);
      return now !== null && now.state !== 'ended';
    });
  await context.until(() => (open().length === 0 ? true : null), WAIT_MS);
  return open();
}
