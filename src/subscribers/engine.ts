import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decide, projectFacts, type ProjectFacts } from '../log/facts.ts';
import { folderName } from '../git/names.ts';
import type { Step } from '../pipeline/next-step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { keyedLock } from '../git/lock.ts';
import { merge } from './merge.ts';
import { MusherError } from '../errors.ts';
import { oneLine } from '../agents/text.ts';
import { failAttempt, ifStill, record, type EngineParts, type EngineProject } from './parts.ts';
import { remove, tidy } from './remove.ts';
import { endBroken, runAgent } from './run-agent.ts';
import { verifyBranch } from './verify-branch.ts';

/** Something that is under way for an item. At most one at a time: the next begins when this one has ended. */
interface Job {
  readonly kind: 'run' | 'gates' | 'merge' | 'remove' | 'tidy';
  /** Whether the item is still where this job is wanted. */
  readonly fits: (item: WorkItem) => boolean;
  readonly stop: (why: string) => void;
  readonly release: () => void;
  readonly done: Promise<void>;
}

/** Events after which nothing new can have become possible. */
const QUIET = new Set([
  'run.usage',
  'run.heartbeat',
  'run.session',
  'gate.ran',
  'item.work_seen',
  'command.handled',
  'confirmation.asked',
  'confirmation.answered',
  'room.bound',
  'musher.started',
  'musher.stopped',
]);
/** After a bug in a job the item is left alone this long, so that a fault that repeats does not spin. */
const PAUSE_AFTER_BUG_MS = 30_000;

/**
 * Does what `nextStep` says, for every item, after every commit. It decides by where items stand and not by which
 * events it has seen, so a restart needs no memory: what is under way is taken up, what is missing is begun.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #jobs = new Map<string, Job>();
  readonly #alarms = new Map<string, { time: number; cancel: () => void }>();
  readonly #mergeLock = keyedLock();
  /** Items whose last removal left something: not tried again until someone asks, or Musher starts. */
  readonly #removalTried = new Map<string, number>();
  /** Items tidied since they came where they are. */
  readonly #tidied = new Set<string>();
  readonly #resting = new Map<string, number>();
  #seen = 0;
  #scheduled = false;
  #stopped = false;
  #unlisten: (() => void) | null = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#seen = this.#parts.log.reads.lastSeq();
    this.#unlisten = this.#parts.log.onCommit(() => this.#wake());
    this.#endOrphans();
    this.#evaluateAll();
    for (const name of this.#parts.projects.keys()) void this.#tidyLeftovers(name);
  }

  /** Begins nothing more and ends what is under way; runs are left to themselves or stopped. Resolves when all of it has ended. */
  async stop(leave: 'release' | 'stop'): Promise<void> {
    this.#stopped = true;
    this.#unlisten?.();
    for (const alarm of this.#alarms.values()) alarm.cancel();
    for (const job of this.#jobs.values()) {
      if (leave === 'release') job.release();
      else job.stop('Musher was stopped');
    }
    await Promise.all([...this.#jobs.values()].map((job) => job.done));
  }

  #wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#stopped) return;
      const events = this.#parts.log.reads.events(this.#seen, 1_000);
      this.#seen = events.at(-1)?.seq ?? this.#seen;
      for (const event of events) if (event.kind === 'item.moved') this.#tidyIfOver(event.project, event.item);
      const touched = new Set(events.filter((event) => !QUIET.has(event.kind)).map((event) => event.project));
      for (const name of touched) {
        const project = this.#parts.projects.get(name);
        if (project !== undefined) this.#evaluate(name, project);
      }
      if (events.length === 1_000) this.#wake();
    });
  }

  #evaluateAll(): void {
    if (this.#stopped) return;
    for (const [name, project] of this.#parts.projects) this.#evaluate(name, project);
  }

  #evaluate(name: string, project: EngineProject): void {
    const { log } = this.#parts;
    this.#endUnwanted(name);
    this.#endForgotten(name, project);
    // Once for all items: whatever is then done is decided again in its own transaction.
    const facts = projectFacts(log.reads, project.settings, this.#parts.clock.now());
    for (const item of [...log.reads.active(name), ...log.reads.waking(name)]) {
      try {
        this.#act(project, item, facts);
      } catch (error) {
        this.#failed(keyOf(item), `the next step of ${name}#${item.number}`, error);
      }
    }
  }

  /** Ends jobs whose item has gone elsewhere: stopped, moved or deleted by a person. */
  #endUnwanted(name: string): void {
    for (const [key, job] of this.#jobs) {
      const [project = '', number = '0'] = key.split('\0');
      if (project !== name) continue;
      const item = this.#parts.log.reads.item(project, Number(number));
      if (item === null || !job.fits(item)) job.stop(item?.deletedAt === null ? 'the item was stopped or moved' : 'the item was deleted');
    }
  }

  #act(project: EngineProject, item: WorkItem, facts: ProjectFacts): void {
    const key = keyOf(item);
    if (this.#jobs.has(key) || this.#rests(key)) return;
    if (item.deletedAt !== null) {
      if (item.removal?.state !== 'asked' || this.#removalTried.get(key) === item.step) return;
      this.#removalTried.set(key, item.step);
      this.#begin(
        item,
        'remove',
        (signal) => remove(this.#parts, project, item, signal),
        () => true,
      );
      return;
    }
    const step = decide(this.#parts.log.reads, item, facts);
    switch (step.do) {
      case 'start':
        this.#inStep(
          project,
          item,
          'start',
          (tx) => void record(tx, item, 'item.moved', { to: { name: 'current' }, why: step.because, failure: null }),
        );
        return;
      case 'run':
        this.#assign(project, item);
        return;
      case 'watch':
        this.#takeUp(project, item);
        return;
      case 'gates':
        this.#begin(item, 'gates', (signal) => verifyBranch(this.#parts, project, item, signal), sameStep(item));
        return;
      case 'merge':
        this.#begin(
          item,
          'merge',
          (signal) => this.#mergeLock(item.project, () => merge(this.#parts, project, item, signal)),
          sameStep(item),
        );
        return;
      case 'send-back':
        this.#inStep(
          project,
          item,
          'send-back',
          (tx, now) => void record(tx, item, 'item.moved', { to: { name: 'current' }, why: step.because, failure: now.failure }),
        );
        return;
      case 'block':
        this.#inStep(project, item, 'block', (tx, now) => {
          const reason = { kind: 'blocked', reason: step.because } as const;
          record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason }, why: step.because, failure: now.failure });
        });
        return;
      case 'wait':
        if (step.until !== null) this.#alarm(key, step.until);
        return;
      case 'rest':
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

  /** Reserves the agent and the slot in the log, then begins the run. */
  #assign(project: EngineProject, item: WorkItem): void {
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
      });
      return true;
    });
    if (reserved) this.#takeUp(project, item);
  }

  /** Looks after the item's open run: a new one, or one that an earlier Musher has begun. */
  #takeUp(project: EngineProject, item: WorkItem): void {
    const now = this.#parts.log.reads.item(item.project, item.number);
    const run = now === null ? null : this.#parts.log.reads.run(item.project, item.number, now.runs);
    if (now === null || run === null || run.state === 'ended') return;
    const job = runAgent(this.#parts, project, now, run);
    const fits = (current: WorkItem): boolean =>
      current.deletedAt === null &&
      current.runs === run.run &&
      (current.execution.state === 'pending' || current.execution.state === 'running') &&
      this.#stopAsked(run) === null;
    this.#keep(keyOf(item), { kind: 'run', fits, ...job });
  }

  /** Ends open runs that nobody looks after and whose items have gone elsewhere: an earlier Musher was killed while it ended them. */
  #endForgotten(name: string, project: EngineProject): void {
    for (const run of this.#parts.log.reads.openRuns(name)) {
      const item = this.#parts.log.reads.item(name, run.item);
      const wanted = item?.runs === run.run && (item.execution.state === 'pending' || item.execution.state === 'running');
      if (item === null || wanted || this.#jobs.has(keyOf(item)) || this.#rests(keyOf(item))) continue;
      const job = runAgent(this.#parts, project, item, run);
      job.stop(run.stopRequested ?? 'the item was stopped, moved or deleted');
      this.#keep(keyOf(item), { kind: 'run', fits: () => true, ...job });
    }
  }

  /** Ends runs of projects that are no longer configured: nobody would hold them to their limits. */
  #endOrphans(): void {
    for (const run of this.#parts.log.reads.openRunsElsewhere([...this.#parts.projects.keys()])) {
      const item = this.#parts.log.reads.item(run.project, run.item);
      if (item === null) continue;
      const done = endBroken(this.#parts, item, run, `the project ${run.project} is no longer configured`);
      const nothing = (): void => undefined;
      this.#keep(keyOf(item), { kind: 'run', fits: () => true, stop: nothing, release: nothing, done });
    }
  }

  #stopAsked(run: { project: string; item: number; run: number }): string | null {
    return this.#parts.log.reads.run(run.project, run.item, run.run)?.stopRequested ?? null;
  }

  #begin(item: WorkItem, kind: Job['kind'], work: (signal: AbortSignal) => Promise<void>, fits: Job['fits']): void {
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    this.#keep(keyOf(item), { kind, fits, stop, release: stop, done: this.#bounded(item, kind, work(abort.signal)) });
  }

  #keep(key: string, job: Job): void {
    const done = job.done
      .catch((error: unknown) => this.#failed(key, `${job.kind} of ${key.replace('\0', '#')}`, error))
      .finally(() => {
        this.#jobs.delete(key);
        // What came meanwhile was passed over because this job was there.
        if (!this.#stopped) setImmediate(() => this.#evaluateItem(key));
      });
    this.#jobs.set(key, { ...job, done });
  }

  #evaluateItem(key: string): void {
    const [name = '', number = '0'] = key.split('\0');
    const project = this.#parts.projects.get(name);
    if (project === undefined || this.#stopped) return;
    this.#tidyIfOver(name, Number(number));
    this.#evaluate(name, project);
  }

  #tidyIfOver(name: string, number: number): void {
    const project = this.#parts.projects.get(name);
    const item = this.#parts.log.reads.item(name, number);
    if (project === undefined || item === null || !isOver(item) || this.#jobs.has(keyOf(item))) return;
    if (this.#tidied.has(`${keyOf(item)}\0${item.step}`)) return;
    this.#tidied.add(`${keyOf(item)}\0${item.step}`);
    this.#begin(item, 'tidy', (signal) => tidy(this.#parts, project, item, signal), isOver);
  }

  /** Worktrees of items that are over but were not tidied before Musher ended. */
  async #tidyLeftovers(name: string): Promise<void> {
    const folders = await readdir(join(this.#parts.dataDir, 'worktrees', folderName(name))).catch(() => []);
    for (const folder of folders) {
      if (/^\d+$/.test(folder) && !this.#stopped) this.#tidyIfOver(name, Number(folder));
    }
  }

  #alarm(key: string, time: number): void {
    const set = this.#alarms.get(key);
    if (set?.time === time) return;
    set?.cancel();
    const cancel = this.#parts.clock.at(time, () => {
      this.#alarms.delete(key);
      this.#evaluateItem(key);
    });
    this.#alarms.set(key, { time, cancel });
  }

  #rests(key: string): boolean {
    const until = this.#resting.get(key);
    if (until === undefined) return false;
    if (until > this.#parts.clock.now()) return true;
    this.#resting.delete(key);
    return false;
  }

  #failed(key: string, what: string, error: unknown): void {
    this.#parts.onProblem(what, error);
    const until = this.#parts.clock.now() + PAUSE_AFTER_BUG_MS;
    this.#resting.set(key, until);
    this.#alarm(key, until);
  }

  /** A job that breaks counts as a failed attempt, so that it is seen, bounded, and never just repeated in silence. */
  async #bounded(item: WorkItem, kind: Job['kind'], work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (kind !== 'gates' && kind !== 'merge') throw error;
      this.#parts.onProblem(`${kind} of ${item.project}#${item.number}`, error);
      const message =
        error instanceof MusherError ? `${error.message} ${error.hint}` : 'an error inside Musher; the log file has the details';
      ifStill(this.#parts, item, (tx) => {
        failAttempt(tx, item, {
          cause: 'musher',
          summary: oneLine(`${kind === 'gates' ? 'verifying it' : 'the merge'} broke off: ${message}`),
          evidence: message,
        });
      });
    }
  }
}

function keyOf(item: WorkItem): string {
  return `${item.project}\0${item.number}`;
}

function sameStep(item: WorkItem): (now: WorkItem) => boolean {
  return (now) => now.step === item.step && now.deletedAt === null;
}

/** Nothing more comes of it, so its worktree can go. */
function isOver(item: WorkItem): boolean {
  if (item.deletedAt !== null) return false;
  if (item.stage.name === 'done') return true;
  return item.stage.name === 'archived' && ['completed', 'abandoned', 'superseded'].includes(item.stage.reason.kind);
}
