import { crashPoint } from '../../crash-point.ts';
import { decide, projectFacts } from '../../decide/facts.ts';
import type { Why } from '../../pipeline/why/cause.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { keyOf, type Jobs } from '../jobs.ts';
import { record, type EngineParts, type EngineProject } from '../parts.ts';
import { endUnjudged } from './end-unjudged.ts';
import { runAgent } from './run-agent.ts';
import { isTold } from './told/interrupt.ts';
import { reservationFor } from './run-budget.ts';

/** Begins runs, takes up those that an earlier Musher has begun, and ends those that nobody wants any more. */
export class RunJobs {
  readonly #parts: EngineParts;
  readonly #jobs: Jobs;

  constructor(parts: EngineParts, jobs: Jobs) {
    this.#parts = parts;
    this.#jobs = jobs;
  }

  /** Reserves the agent and the slot in the log, then begins the run. */
  assign(project: EngineProject, item: WorkItem): void {
    const reserved = this.#parts.log.transaction((tx) => {
      const now = tx.item(item.project, item.number);
      if (now === null) return false;
      const step = decide(tx.reads, now, projectFacts(tx.reads, project.settings, tx.now));
      const agent = step.do === 'run' ? project.settings.agents.find(({ name }) => name === step.agent) : undefined;
      if (step.do !== 'run' || agent === undefined) return false;
      record(tx, item, 'run.pending', {
        run: now.runs + 1,
        agent: agent.name,
        role: agent.role,
        stage: step.stage,
        attempt: now.attempts + 1,
        ...(step.account === null ? {} : { account: step.account }),
        ...(step.model === null ? {} : { model: step.model }),
        reserved: reservationFor(tx, now, project.settings, agent),
      });
      return true;
    });
    crashPoint('after-run-pending');
    if (reserved) this.takeUp(project, item, true);
  }

  /** Looks after the item's open run: one that was reserved right now, or one that an earlier Musher has begun. */
  takeUp(project: EngineProject, item: WorkItem, isNew = false): void {
    const now = this.#parts.log.reads.item(item.project, item.number);
    const run = now === null ? null : this.#parts.log.reads.run(item.project, item.number, now.runs);
    if (now === null || run === null || run.state === 'ended') return;
    const job = runAgent(this.#parts, project, now, run, isNew);
    const fits = (current: WorkItem): boolean =>
      current.deletedAt === null &&
      current.runs === run.run &&
      (current.execution.state === 'pending' || current.execution.state === 'running') &&
      this.#stopAsked(run) === null;
    // Interrupted for what a person said, it is not unwanted.
    const stop = (why: Why): void => {
      const asked = this.#stopAsked(run);
      job.stop(isTold(asked) ? asked : why);
    };
    this.#jobs.keep(keyOf(item), { kind: 'run', fits, ...job, stop });
  }

  /** Ends open runs that nothing supervises and whose item has moved on: an earlier Musher was killed while it ended them. */
  endForgotten(name: string, project: EngineProject, looked: ReadonlySet<number>, rests: (key: string) => boolean): void {
    for (const run of this.#parts.log.reads.openRuns(name)) {
      if (!looked.has(run.item)) continue;
      const item = this.#parts.log.reads.item(name, run.item);
      const wanted = item?.runs === run.run && (item.execution.state === 'pending' || item.execution.state === 'running');
      if (item === null || wanted || this.#jobs.has(keyOf(item)) || rests(keyOf(item))) continue;
      const job = runAgent(this.#parts, project, item, run, false);
      job.stop(run.stopRequested ?? { kind: 'not-wanted' });
      this.#jobs.keep(keyOf(item), { kind: 'run', fits: () => true, ...job });
    }
  }

  /** Ends runs of projects that are no longer configured: nobody would hold them to their limits. */
  endOrphans(): void {
    for (const run of this.#parts.log.reads.openRunsElsewhere([...this.#parts.projects.keys()])) {
      const item = this.#parts.log.reads.item(run.project, run.item);
      if (item === null || this.#jobs.has(keyOf(item))) continue;
      const done = endUnjudged(this.#parts, item, run, 'lost', { kind: 'project-not-configured', project: run.project });
      const nothing = (): void => undefined;
      this.#jobs.keep(keyOf(item), { kind: 'run', fits: () => true, stop: nothing, release: nothing, done });
    }
  }

  #stopAsked(run: { project: string; item: number; run: number }): Why | null {
    return this.#parts.log.reads.run(run.project, run.item, run.run)?.stopRequested ?? null;
  }
}
