import { performance } from 'node:perf_hooks';
import { decide, mergeHead, projectFacts, type ProjectFacts } from '../decide/facts.ts';
import { isTransient } from '../log/database.ts';
import { TransientRetries } from '../log/retry-transient.ts';
import type { LoggedEvent } from '../pipeline/events.ts';
import { KINDS } from '../pipeline/kinds.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { Agenda, Turns } from './agenda.ts';
import { Alarms } from './alarms.ts';
import { watchBases } from './base-watch.ts';
import { itemOfKey, Jobs, keyOf } from './jobs.ts';
import { record, type EngineParts, type EngineProject } from './parts.ts';
import { PauseEnds } from './pause-ends.ts';
import { RunJobs } from './run/run-jobs.ts';
import { Steps } from './steps.ts';
import { Tidying } from './tidying.ts';
import { lineOf, MERGE_LINE } from './waiting-lines.ts';

/** Items started in one commit, and in one look. */
const STARTS_AT_ONCE = 100;
const LONG_LOOK_MS = 50;
/** Between two looks at some of all items, and how many those are. */
const SWEEP_MS = 30_000;
const SWEPT_AT_ONCE = 100;

/**
 * Does what `nextStep` says, after every commit. It decides by where items stand and not by which events it has seen, so a
 * restart needs no memory: what is under way is taken up, what is missing is begun. Events only say at whom to look: a look at
 * ten thousand items that wait would find what it found before.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #jobs: Jobs;
  readonly #alarms: Alarms;
  readonly #retries: TransientRetries;
  /** Rings when what a whole line waits for has its time. */
  readonly #lineAlarms: Alarms;
  readonly #steps: Steps;
  /** By project. */
  readonly #agendas: ReadonlyMap<string, Agenda>;
  /** Numbers that the present round of looks at all items has still before it, by project. */
  readonly #sweeping = new Map<string, readonly number[]>();
  readonly #runs: RunJobs;
  readonly #tidying: Tidying;
  readonly #pauses: PauseEnds;
  #seen = 0;
  /** Milliseconds of the last look at what is new. */
  #took = 0;
  #scheduled = false;
  #stopped = false;
  #unlisten: (() => void) | null = null;
  #unwatchBases: (() => void) | null = null;
  #cancelSweep = (): void => undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    // What came while a job was there was passed over because of it.
    const ended = (key: string): void => void setImmediate(() => this.#evaluateItem(key));
    this.#jobs = new Jobs(ended, (key, kind, error) => this.#failed(key, `${kind} of ${key.replace('\0', '#')}`, error));
    this.#runs = new RunJobs(parts, this.#jobs);
    this.#tidying = new Tidying(parts, this.#jobs);
    this.#pauses = new PauseEnds(parts);
    this.#alarms = new Alarms(parts.clock, (key) => this.#evaluateItem(key));
    this.#lineAlarms = new Alarms(parts.clock, (key) => {
      this.#agendas.get(itemOfKey(key).name)?.free();
      this.#wake();
    });
    this.#steps = new Steps(parts, this.#jobs, this.#runs);
    this.#agendas = new Map([...parts.projects.keys()].map((name) => [name, new Agenda()]));
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
    this.#pauses.start();
    this.#sweep();
    for (const name of this.#parts.projects.keys()) void this.#tidyLeftovers(name);
  }

  /** Begins nothing more and ends what is under way; runs are left to themselves or stopped. Resolves when all of it has ended. */
  async stop(leave: 'release' | 'stop'): Promise<void> {
    this.#stopped = true;
    this.#unlisten?.();
    this.#unwatchBases?.();
    this.#retries.stop();
    this.#cancelSweep();
    this.#pauses.stop();
    this.#alarms.cancelAll();
    this.#lineAlarms.cancelAll();
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
    for (const event of events) this.#note(event);
    for (const [name, agenda] of this.#agendas) {
      const project = this.#parts.projects.get(name);
      if (project !== undefined && !agenda.isEmpty) this.#evaluate(name, project, agenda);
    }
    this.#seen = events.at(-1)?.seq ?? this.#seen;
    if (events.length === 1_000 || [...this.#agendas.values()].some((agenda) => !agenda.isEmpty)) this.#wake();
  }

  /** Puts the items on the agenda that can continue after an event. */
  #note(event: LoggedEvent): void {
    const { wakes } = KINDS[event.kind];
    if (event.kind === 'item.moved') this.#tidying.ifOver(event.project, event.item);
    this.#pauses.note(event);
    // Gates and merges end as at the end of Musher; their items then find the pause. Runs are asked to stop by events of their own.
    if (event.kind === 'project.paused' && event.payload.how !== 'finish') this.#jobs.stopIn(event.project, ['gates', 'merge']);
    if (wakes === 'nothing') return;
    if (wakes === 'all') for (const one of this.#agendas.values()) one.free();
    const agenda = this.#agendas.get(event.project);
    if (event.item === null || agenda === undefined) return;
    agenda.touch(event.item);
    if (wakes === 'dependents' && mayMeet(event))
      for (const number of this.#parts.log.reads.dependents(event.project, event.item)) agenda.touch(number);
  }

  #evaluateAll(): void {
    if (this.#stopped) return;
    for (const [name, agenda] of this.#agendas) {
      const project = this.#parts.projects.get(name);
      if (project === undefined) continue;
      agenda.lookAtAll([...this.#parts.log.reads.openNumbers(name)]);
      agenda.free();
      // Also of items that are over: an earlier Musher was killed before it had ended them.
      for (const run of this.#parts.log.reads.openRuns(name)) agenda.touch(run.item);
      this.#evaluate(name, project, agenda);
      if (!agenda.isEmpty) this.#wake();
    }
  }

  /** Checks some items now and then even if nothing happened, so that an overlooked item doesn't wait forever. */
  #sweep(): void {
    this.#cancelSweep = this.#parts.clock.at(this.#parts.clock.now() + SWEEP_MS, () => {
      this.#retries.run('looking at all items bit by bit', () => {
        for (const [name, agenda] of this.#agendas) {
          const project = this.#parts.projects.get(name);
          if (project === undefined || this.#stopped) continue;
          const all = this.#sweeping.get(name) ?? [];
          const some = all.length > 0 ? all : this.#parts.log.reads.openNumbers(name);
          for (const number of some.slice(0, SWEPT_AT_ONCE)) agenda.touch(number);
          this.#sweeping.set(name, some.slice(SWEPT_AT_ONCE));
        }
      });
      this.#wake();
      if (!this.#stopped) this.#sweep();
    });
  }

  /** If it fails, it returns its items to the agenda, because they have to be checked again. */
  #evaluate(name: string, project: EngineProject, agenda: Agenda): void {
    const { log } = this.#parts;
    const { numbers, freed } = agenda.take();
    try {
      const find = (number: number): WorkItem | null => log.reads.item(name, number);
      const head = this.#headThatWaits(project, agenda);
      const items = [...new Set(head === null ? numbers : [...numbers, head])].flatMap((number) => find(number) ?? []);
      for (const item of items) this.#jobs.endUnwanted(item);
      this.#runs.endForgotten(name, project, numbers, (key) => this.#alarms.rests(key));
      const turns = new Turns(items, agenda.lines, freed, find);
      const starts = this.#takeTurns(project, agenda, turns);
      // The rest follows their commit: thousands that one merge has freed must not keep people from their answers.
      for (const number of turns.left()) agenda.touch(number);
      this.#start(project, starts);
    } catch (error) {
      for (const number of numbers) agenda.touch(number);
      if (freed) agenda.free();
      throw error;
    }
  }

  /** Who is first in the merge queue now, where it was last seen waiting for another. */
  #headThatWaits({ settings }: EngineProject, { lines }: Agenda): number | null {
    const head = lines.has(MERGE_LINE) ? mergeHead(this.#parts.log.reads, settings, this.#parts.clock.now()) : null;
    return head !== null && lines.lineOf(head) === MERGE_LINE ? head : null;
  }

  /** Lets each item do its next step; gives those that are to be started. */
  #takeTurns(project: EngineProject, agenda: Agenda, turns: Turns): WorkItem[] {
    const { log, clock } = this.#parts;
    const facts = (): ProjectFacts => projectFacts(log.reads, project.settings, clock.now());
    const starts: WorkItem[] = [];
    let now = facts();
    while (starts.length < STARTS_AT_ONCE) {
      const item = turns.next();
      if (item === null) break;
      try {
        // What was done has changed what the next one finds.
        if (this.#act(project, item, now, agenda, turns, starts)) now = facts();
      } catch (error) {
        this.#failed(keyOf(item), `the next step of ${item.project}#${item.number}`, error);
      }
    }
    return starts;
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

  /** Returns whether something has changed by it that others wait for. */
  #act(project: EngineProject, item: WorkItem, facts: ProjectFacts, agenda: Agenda, turns: Turns, starts: WorkItem[]): boolean {
    const key = keyOf(item);
    const left = agenda.lines.leave(item.number);
    if (left !== null && !agenda.lines.has(left)) this.#lineAlarms.clear(`${item.project}\0${left}`);
    if (this.#jobs.has(key) || this.#alarms.rests(key)) return false;
    const step = item.deletedAt === null ? decide(this.#parts.log.reads, item, facts) : null;
    const line = step?.do === 'wait' ? lineOf(item, step, facts) : null;
    const until = step?.do === 'wait' ? step.until : null;
    // Thousands that wait for the same midnight have one alarm.
    setAlarm(this.#alarms, key, line === null ? until : null);
    if (line !== null) {
      agenda.lines.join(line, item);
      turns.waits(line);
      setAlarm(this.#lineAlarms, `${item.project}\0${line}`, until);
    }
    if (step === null) this.#steps.remove(project, item);
    else if (step.do === 'start') starts.push(item);
    else if (this.#steps.do(project, item, step)) return true;
    return false;
  }

  #evaluateItem(key: string): void {
    this.#retries.run(`the next step of ${key.replace('\0', '#')}`, () => {
      const { name, number } = itemOfKey(key);
      const [project, agenda] = [this.#parts.projects.get(name), this.#agendas.get(name)];
      if (project === undefined || agenda === undefined || this.#stopped) return;
      this.#tidying.ifOver(name, number);
      agenda.touch(number);
      this.#evaluate(name, project, agenda);
      if (!agenda.isEmpty) this.#wake();
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
}

/** Whether what depends on the event's item may continue by it: not by a move to where nothing is done yet. */
function mayMeet(event: LoggedEvent): boolean {
  return event.kind !== 'item.moved' || event.payload.to.name === 'done' || event.payload.to.name === 'archived';
}

function setAlarm(alarms: Alarms, key: string, until: number | null): void {
  if (until === null) alarms.clear(key);
  else alarms.set(key, until);
}
