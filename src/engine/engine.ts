import { performance } from 'node:perf_hooks';
import { isTransient } from '../log/database.ts';
import { decide, projectFacts, type ProjectFacts } from '../decide/facts.ts';
import { KINDS } from '../pipeline/kinds.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { keyedLock } from '../git/lock.ts';
import { Alarms } from './alarms.ts';
import { watchBases } from './base-watch.ts';
import { itemOfKey, Jobs, keyOf } from './jobs.ts';
import { merge } from './merge/merge.ts';
import { MusherError } from '../errors.ts';
import { oneLine } from '../agents/text.ts';
import { failAttempt, ifStill, record, type EngineParts, type EngineProject } from './parts.ts';
import { TransientRetries } from '../log/retry-transient.ts';
import { remove } from './remove.ts';
import { restore } from './merge/restore.ts';
import { RunJobs } from './run/run-jobs.ts';
import { Tidying } from './tidying.ts';
import { undoMerge } from './merge/undo-merge.ts';
import { verifyBranch } from './merge/verify-branch.ts';
import type { Step } from '../pipeline/step.ts';

/** Items started in one commit, and in one look. */
const STARTS_AT_ONCE = 100;
const LONG_LOOK_MS = 50;

/**
 * Does what `nextStep` says, for every item, after every commit. It decides by where items stand and not by which
 * events it has seen, so a restart needs no memory: what is under way is taken up, what is missing is begun.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #jobs: Jobs;
  readonly #alarms: Alarms;
  readonly #retries: TransientRetries;
  readonly #mergeLock = keyedLock();
  /** Items whose last removal left something: not tried again until someone asks, or Musher starts. */
  readonly #removalTried = new Map<string, number>();
  readonly #runs: RunJobs;
  readonly #tidying: Tidying;
  #seen = 0;
  /** Milliseconds of the last look at what is new. */
  #took = 0;
  #scheduled = false;
  #stopped = false;
  #unlisten: (() => void) | null = null;
  #unwatchBases: (() => void) | null = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    // What came while a job was there was passed over because of it.
    const ended = (key: string): void => void setImmediate(() => this.#evaluateItem(key));
    this.#jobs = new Jobs(ended, (key, kind, error) => this.#failed(key, `${kind} of ${key.replace('\0', '#')}`, error));
    this.#runs = new RunJobs(parts, this.#jobs);
    this.#tidying = new Tidying(parts, this.#jobs);
    this.#alarms = new Alarms(parts.clock, (key) => this.#evaluateItem(key));
    this.#retries = new TransientRetries(parts.clock, (name, error) => parts.onProblem(`${name}; it is tried again`, error));
  }

  start(): void {
    this.#seen = this.#parts.log.reads.lastSeq();
    this.#unwatchBases = watchBases(this.#parts);
    this.#unlisten = this.#parts.log.onCommit(() => this.#wake());
    this.#retries.run('what was under way', () => {
      this.#runs.endOrphans();
      this.#evaluateAll();
    });
    for (const name of this.#parts.projects.keys()) void this.#tidyLeftovers(name);
  }

  /** Begins nothing more and ends what is under way; runs are left to themselves or stopped. Resolves when all of it has ended. */
  async stop(leave: 'release' | 'stop'): Promise<void> {
    this.#stopped = true;
    this.#unlisten?.();
    this.#unwatchBases?.();
    this.#retries.stop();
    this.#alarms.cancelAll();
    await this.#jobs.end(leave);
  }

  #wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    const look = (): void => {
      this.#scheduled = false;
      const began = performance.now();
      this.#retries.run('looking at what is new in the log', () => this.#look());
      this.#took = performance.now() - began;
    };
    // A look that takes long, because thousands of items are open, leaves as much time to everybody else as it takes.
    if (this.#took < LONG_LOOK_MS) setImmediate(look);
    else setTimeout(look, this.#took).unref();
  }

  /** What it has seen it counts as seen at the end only: where that breaks off, the same events come again. */
  #look(): void {
    const events = this.#parts.log.reads.events(this.#seen, 1_000);
    for (const event of events) if (event.kind === 'item.moved') this.#tidying.ifOver(event.project, event.item);
    const touched = events.some(({ kind }) => KINDS[kind].wakes === 'all')
      ? this.#parts.projects.keys()
      : new Set(events.filter(({ kind }) => KINDS[kind].wakes === 'project').map(({ project }) => project));
    for (const name of touched) {
      const project = this.#parts.projects.get(name);
      if (project !== undefined) this.#evaluate(name, project);
    }
    this.#seen = events.at(-1)?.seq ?? this.#seen;
    if (events.length === 1_000) this.#wake();
  }

  #evaluateAll(): void {
    if (this.#stopped) return;
    for (const [name, project] of this.#parts.projects) this.#evaluate(name, project);
  }

  #evaluate(name: string, project: EngineProject): void {
    const { log } = this.#parts;
    this.#jobs.endUnwanted(name, (number) => log.reads.item(name, number));
    this.#runs.endForgotten(name, project, (key) => this.#alarms.rests(key));
    // Once for all items: whatever is then done is decided again in its own transaction.
    const facts = projectFacts(log.reads, project.settings, this.#parts.clock.now());
    const starts: WorkItem[] = [];
    for (const item of [...log.reads.active(name), ...log.reads.waking(name)]) {
      // The rest follows their commit: thousands that one merge has freed must not keep people from their answers.
      if (starts.length >= STARTS_AT_ONCE) break;
      try {
        this.#act(project, item, facts, starts);
      } catch (error) {
        this.#failed(keyOf(item), `the next step of ${name}#${item.number}`, error);
      }
    }
    this.#start(project, starts);
  }

  /** Starts items in one commit; where that fails, one by one, so that the one which can't is found. */
  #start(project: EngineProject, items: readonly WorkItem[]): void {
    if (items.length === 0) return;
    const { log } = this.#parts;
    try {
      log.transaction((tx) => {
        const facts = projectFacts(tx.reads, project.settings, tx.now);
        for (const { project: name, number } of items) {
          const now = tx.item(name, number);
          const step = now === null ? null : decide(tx.reads, now, facts);
          if (now !== null && step?.do === 'start')
            record(tx, now, 'item.moved', { to: { name: 'current' }, why: step.reason, failure: null });
        }
      });
    } catch (error) {
      const [only, ...others] = items;
      if (only === undefined || isTransient(error)) throw error;
      if (others.length === 0) this.#failed(keyOf(only), `the next step of ${only.project}#${only.number}`, error);
      else for (const item of items) this.#start(project, [item]);
    }
  }

  #act(project: EngineProject, item: WorkItem, facts: ProjectFacts, starts: WorkItem[]): void {
    const key = keyOf(item);
    if (this.#jobs.has(key) || this.#alarms.rests(key)) return;
    if (item.deletedAt !== null) {
      this.#alarms.clear(key);
      if (item.removal?.state !== 'asked' || this.#removalTried.get(key) === item.stepSeq) return;
      this.#removalTried.set(key, item.stepSeq);
      this.#jobs.begin(
        item,
        'remove',
        (signal) => remove(this.#parts, project, item, signal),
        () => true,
      );
      return;
    }
    const step = decide(this.#parts.log.reads, item, facts);
    // Thousands that once waited for midnight must not all be looked at then.
    if (step.do !== 'wait' || step.until === null) this.#alarms.clear(key);
    switch (step.do) {
      case 'start':
        starts.push(item);
        return;
      case 'run':
        this.#runs.assign(project, item);
        return;
      case 'watch':
        this.#runs.takeUp(project, item);
        return;
      case 'gates':
        this.#jobs.begin(
          item,
          'gates',
          (signal) => this.#bounded(item, 'gates', verifyBranch(this.#parts, project, item, signal)),
          sameStep(item),
        );
        return;
      case 'merge':
        this.#jobs.begin(
          item,
          'merge',
          (signal) =>
            this.#bounded(
              item,
              'merge',
              this.#mergeLock(item.project, () => merge(this.#parts, project, item, signal)),
            ),
          sameStep(item),
        );
        return;
      case 'restore':
        this.#jobs.begin(item, 'restore', () => restore(this.#parts, project, item), sameStep(item));
        return;
      case 'undo':
        this.#jobs.begin(
          item,
          'undo',
          (signal) => this.#mergeLock(item.project, () => undoMerge(this.#parts, project, item, signal)),
          sameStep(item),
        );
        return;
      case 'send-back':
        this.#inStep(
          project,
          item,
          'send-back',
          (tx, now) =>
            void record(tx, item, 'item.moved', { to: { name: 'current' }, why: { kind: 'no-merge-agent' }, failure: now.failure }),
        );
        return;
      case 'block':
        this.#inStep(project, item, 'block', (tx, now) => {
          const reason = { kind: 'blocked', reason: step.reason } as const;
          record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason }, why: step.reason, failure: now.failure });
        });
        return;
      case 'wait':
        if (step.until !== null) this.#alarms.set(key, step.until);
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

  #evaluateItem(key: string): void {
    this.#retries.run(`the next step of ${key.replace('\0', '#')}`, () => {
      const { name, number } = itemOfKey(key);
      const project = this.#parts.projects.get(name);
      if (project === undefined || this.#stopped) return;
      this.#tidying.ifOver(name, number);
      this.#evaluate(name, project);
    });
  }

  async #tidyLeftovers(name: string): Promise<void> {
    for (const number of await this.#tidying.leftovers(name)) {
      this.#retries.run(`tidying after ${name}#${number}`, () => this.#tidying.ifOver(name, number));
    }
  }

  #failed(key: string, what: string, error: unknown): void {
    this.#parts.onProblem(what, error);
    this.#alarms.rest(key);
  }

  /** A job that breaks counts as a failed attempt, so that it is seen, bounded, and never just repeated in silence. */
  async #bounded(item: WorkItem, kind: 'gates' | 'merge', work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
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
