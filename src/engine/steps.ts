import { oneLine } from '../agents/text.ts';
import { decide, projectFacts } from '../decide/facts.ts';
import { MusherError } from '../errors.ts';
import { keyedLock } from '../git/lock.ts';
import type { Step } from '../pipeline/next/step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { keyOf, type Jobs } from './jobs.ts';
import { merge } from './merge/merge.ts';
import { restore } from './merge/restore.ts';
import { undoMerge } from './merge/undo-merge.ts';
import { verifyBranch } from './merge/verify-branch.ts';
import { failAttempt, ifStill, record, type EngineParts, type EngineProject } from './parts.ts';
import { systemFault } from './outage/fault-of.ts';
import { throughOutages } from './outage/through-outages.ts';
import { remove } from './remove.ts';
import type { RunJobs } from './run/run-jobs.ts';

/** Does the steps that `nextStep` names: begins their jobs, or writes them into the log. */
export class Steps {
  readonly #parts: EngineParts;
  readonly #jobs: Jobs;
  readonly #runs: RunJobs;
  readonly #mergeLock = keyedLock();
  /** Items whose last removal left something: not tried again until someone asks, or Musher starts. */
  readonly #removalTried = new Map<string, number>();

  constructor(parts: EngineParts, jobs: Jobs, runs: RunJobs) {
    this.#parts = parts;
    this.#jobs = jobs;
    this.#runs = runs;
  }

  /** Begins what a deleted item still needs. */
  remove(project: EngineProject, item: WorkItem): void {
    const key = keyOf(item);
    if (item.removal?.state !== 'asked' || this.#removalTried.get(key) === item.stepSeq) return;
    this.#removalTried.set(key, item.stepSeq);
    this.#jobs.begin(
      item,
      'remove',
      (signal) => remove(this.#parts, project, item, signal),
      () => true,
    );
  }

  /** Returns whether something has changed by it that others wait for. */
  do(project: EngineProject, item: WorkItem, step: Step): boolean {
    switch (step.do) {
      case 'start':
        return false;
      case 'run':
        this.#runs.assign(project, item);
        return true;
      case 'watch':
        this.#runs.takeUp(project, item);
        return false;
      case 'gates':
        this.#jobs.begin(
          item,
          'gates',
          (signal) => this.#bounded(project, item, 'gates', signal, () => verifyBranch(this.#parts, project, item, signal)),
          sameStep(item),
        );
        return false;
      case 'merge':
        this.#jobs.begin(
          item,
          'merge',
          (signal) =>
            this.#bounded(project, item, 'merge', signal, () =>
              this.#mergeLock(item.project, () => merge(this.#parts, project, item, signal)),
            ),
          sameStep(item),
        );
        return false;
      case 'restore':
        this.#jobs.begin(item, 'restore', () => restore(this.#parts, project, item), sameStep(item));
        return false;
      case 'undo':
        this.#jobs.begin(
          item,
          'undo',
          (signal) => this.#mergeLock(item.project, () => undoMerge(this.#parts, project, item, signal)),
          sameStep(item),
        );
        return false;
      case 'send-back':
        this.#inStep(
          project,
          item,
          'send-back',
          (tx, now) =>
            void record(tx, item, 'item.moved', { to: { name: 'current' }, why: { kind: 'no-merge-agent' }, failure: now.failure }),
        );
        return true;
      case 'block':
        this.#inStep(project, item, 'block', (tx, now) => {
          const reason = { kind: 'blocked', reason: step.reason } as const;
          record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason }, why: step.reason, failure: now.failure });
        });
        return true;
      case 'wait':
      case 'rest':
        return false;
    }
  }

  /** Decides once more inside the transaction, so that what is written is what the log says at that moment. */
  #inStep(
    project: EngineProject,
    item: WorkItem,
    wanted: Step['do'],
    change: (tx: Parameters<Parameters<EngineParts['log']['transaction']>[0]>[0], now: WorkItem) => void,
  ): void {
    this.#parts.log.transaction((tx) => {
      const now = tx.item(item.project, item.number);
      if (now === null || decide(tx.reads, now, projectFacts(tx.reads, project.settings, tx.now)).do !== wanted) return;
      change(tx, now);
    });
  }

  /** A job that breaks counts as a failed attempt, so that it is seen, bounded, and never just repeated in silence. */
  async #bounded(
    project: EngineProject,
    item: WorkItem,
    kind: 'gates' | 'merge',
    signal: AbortSignal,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await throughOutages(this.#parts, project, signal, work);
    } catch (error) {
      // Stopped, moved or ended while it waited: that decision counts.
      if (signal.aborted && (error instanceof MusherError || systemFault(error) !== null)) return;
      this.#parts.onProblem(`${kind} of ${item.project}#${item.number}`, error);
      const said = error instanceof MusherError ? oneLine(`${error.message} ${error.hint}`) : null;
      ifStill(this.#parts, item, (tx) => {
        failAttempt(tx, item, {
          cause: 'musher',
          summary: { kind: 'broke-off', during: kind, said },
          evidence: said ?? '',
        });
      });
    }
  }
}

function sameStep(item: WorkItem): (now: WorkItem) => boolean {
  return (now) => now.stepSeq === item.stepSeq && now.deletedAt === null;
}
