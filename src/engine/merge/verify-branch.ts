import { join } from 'node:path';
import type { Tx } from '../../log/tx.ts';
import { crashPoint } from '../../crash-point.ts';
import type { Failure, WorkItem } from '../../pipeline/types.ts';
import { positiveInt } from '../../pipeline/values.ts';
import { setUp } from './components.ts';
import { isRefused, refusedFailure } from './refused.ts';
import { runGates } from './gates.ts';
import { failAttempt, ifStill, itemDir, record, seeWork, tellAsides, type EngineParts, type EngineProject } from '../parts.ts';

/**
 * After a coder's run: runs the gates at the exact commit of the item's branch and moves the item on, or counts a
 * failed attempt. Whatever the worktree held besides that commit is kept in a snapshot first.
 */
export async function verifyBranch(parts: EngineParts, project: EngineProject, item: WorkItem, signal: AbortSignal): Promise<void> {
  const { git, settings } = project;
  const still = (): boolean => parts.log.reads.item(item.project, item.number)?.stepSeq === item.stepSeq;
  const work = item.work === null ? null : await git.readWork(item.work.branch);
  if (work === null || work.commitsAhead === 0) {
    ifStill(parts, item, (tx, now) =>
      notGoodEnough(tx, now, {
        cause: 'run',
        summary: { kind: 'no-commits' },
        evidence: 'Nothing was committed. Commit your work on the branch.',
      }),
    );
    return;
  }
  if (await isRefused(parts, project, item, work)) {
    ifStill(parts, item, (tx, now) => notGoodEnough(tx, now, refusedFailure(now)));
    return;
  }
  const at = { number: item.number, branch: work.branch };
  const opened = await git.openWorktree({ number: item.number, title: item.title, branch: work.branch });
  // In a sparse worktree a gate would judge other files than those of the commit.
  if ((await git.leftovers(at)).length > 0 || (await git.hidesFiles(at))) {
    await git.snapshot(at, 'before the gates');
    crashPoint('after-snapshot-before-reset');
    await git.resetWorktree(at);
  }
  tellAsides(parts, project, item);
  const tree = await git.treeOf(work.head);
  const failure =
    (await setUp(parts, item, settings, opened.path, opened.created, signal)) ??
    (await runGates(
      parts,
      item,
      settings.gates,
      {
        git,
        path: opened.path,
        commit: work.head,
        tree,
        where: 'branch',
        at,
        setUp: settings.components.length > 0,
        aside: join(itemDir(parts, item.project, item.number), 'kept'),
        // The run that is judged could write to all that is ignored there: the merged tree's gates find none of it.
        renew: null,
      },
      signal,
      still,
    ));
  if (failure === 'stale' || signal.aborted) return;
  crashPoint('after-gates-before-result');
  ifStill(parts, item, (tx, now) => {
    seeWork(tx, item, work);
    if (failure !== null) {
      notGoodEnough(tx, now, failure);
      return;
    }
    const commitsAhead = positiveInt(work.commitsAhead);
    if (commitsAhead === null) throw new Error('counted above');
    const why = { kind: 'gates-passed', gates: settings.gates.map(({ name }) => name), commit: work.head } as const;
    const mode = now.qaMode ?? settings.qa;
    const to =
      mode === 'server' || now.stage.name === 'qa'
        ? ({ name: 'merge', branch: work.branch, commitsAhead } as const)
        : ({ name: 'qa' } as const);
    record(tx, item, 'item.moved', { to, why, failure: null });
  });
}

/** In current the attempt failed; an item that a person put into qa goes back to current, to its coder. */
function notGoodEnough(tx: Tx, item: WorkItem, failure: Failure): void {
  if (item.stage.name === 'qa') record(tx, item, 'item.moved', { to: { name: 'current' }, why: { kind: 'failed' }, failure });
  else failAttempt(tx, item, failure);
}
