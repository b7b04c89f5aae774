import { actorName } from '../../src/pipeline/actor.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';
import { decide, projectFacts } from '../../src/decide/facts.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Machine } from '../../src/engine/machine.ts';
import type { EngineParts } from '../../src/engine/parts.ts';
import { readLastShutdown, recoverAndRecord } from '../../src/engine/recovery/start.ts';
import { Log } from '../../src/log/log.ts';
import type { Said } from '../../src/pipeline/why/fault.ts';
import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { faultWords } from '../../src/words/item/faults.ts';
import { projectSettings, testClock, worldOver, type Answer, type Desk, type World } from '../commands/harness.ts';
import { open, type Owner } from '../git/owner.ts';
import { outcome } from '../agents/outcome.ts';

/** Steps that Musher takes by itself. */
const OWN_STEPS = new Set(['start', 'run', 'gates', 'merge', 'send-back', 'block', 'restore', 'undo']);
/** Rounds of the event loop in which nothing moves, before it counts as rest. */
const QUIET_ROUNDS = 12;
const REST_MS = 60_000;

/** An agent's run, which the test plays. */
export interface Player {
  readonly item: number;
  readonly worktree: string;
  /** Ends it as one that says it is done. */
  finish(): void;
}

/** The real commands, engine, log and git over an owner's repository; agents are played by the test, gates pass. */
export class MusherAtWork {
  readonly clock = testClock();
  readonly problems: string[] = [];
  readonly #owner: Owner;
  readonly #players = new Map<string, Run>();
  /** Timers of the test's own: more of them mean that Musher waits for something. */
  readonly #timers = timersIn(process.getActiveResourcesInfo());
  #world: World | null = null;
  #engine: Engine | null = null;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  get running(): Player[] {
    return [...this.#players.values()].filter(({ isOver }) => !isOver);
  }

  get log(): Log {
    return this.#there.log;
  }

  get #there(): World {
    if (this.#world === null) throw new Error('Musher is not started');
    return this.#world;
  }

  async start(): Promise<void> {
    const { clock } = this;
    const owner = this.#owner;
    mkdirSync(owner.dataDir, { recursive: true });
    const log = Log.open(owner.dataDir, clock);
    const git = await open(owner);
    const settings = {
      ...projectSettings('shop', owner.repository),
      gates: [{ name: 'test', command: 'true', timeoutMs: 60_000, keep: [] }],
    };
    const desk = { owner, git, branch: '', head: '', remove: () => undefined } as unknown as Desk;
    const parts: EngineParts = {
      log,
      clock,
      dataDir: owner.dataDir,
      installation: 'keeping',
      projects: new Map([['shop', { settings, git, box: null }]]),
      onProblem: (what, error) => void this.problems.push(`${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`),
      stopGraceMs: 1,
      failureText: ({ summary }) => faultWords(summary, actorName),
      nameOf: actorName,
      redactor: NOTHING_SECRET,
      access: null,
      machine: this.#machine(),
    };
    await recoverAndRecord(parts, readLastShutdown(log), '1.2.3');
    this.#world = worldOver(log, clock, [desk, settings]);
    this.#engine = new Engine(parts);
    this.#world.start();
    this.#engine.start();
    await this.settle();
  }

  /** Ends Musher as a person does, and leaves agents to themselves. */
  async stop(): Promise<void> {
    await this.settle();
    await this.#engine?.stop('release');
    await this.#world?.stop();
    this.#world?.log.close();
    this.#world = null;
  }

  /** Types a line as an admin, and a yes where that is asked for; gives the last answer when all that follows has been done. */
  async say(text: string): Promise<Answer> {
    const answer = await this.#there.say(text, { role: 'admin' });
    await this.settle();
    if (answer.code !== null || !/\byes\b/.test(answer.text)) return answer;
    const confirmed = await this.#there.say('yes', { role: 'admin' });
    await this.settle();
    return confirmed;
  }

  /** Resolves when nothing moves any more. */
  async settle(): Promise<void> {
    let [seq, quiet] = [-1, 0];
    // On a loaded machine much takes long: what still moves is not taken for what is stuck.
    for (let moved = performance.now(); quiet < QUIET_ROUNDS || this.#undone();) {
      if (performance.now() - moved > REST_MS) throw new Error(`it never comes to rest: ${this.problems.join('\n')}`);
      await setImmediate();
      const resources = process.getActiveResourcesInfo();
      const works = resources.some((name) => name.startsWith('FSReq') || name.startsWith('FileHandle') || name === 'ProcessWrap');
      const busy = works || timersIn(resources) > this.#timers;
      const now = this.#there.log.reads.lastSeq();
      quiet = !busy && now === seq ? quiet + 1 : 0;
      if (now !== seq) moved = performance.now();
      seq = now;
    }
  }

  /** Whether Musher has a step before it that nothing holds up. */
  #undone(): boolean {
    const { reads } = this.log;
    const facts = projectFacts(reads, projectSettings('shop', this.#owner.repository), this.clock.now());
    return [...reads.openNumbers('shop')].some((number) => {
      const item = reads.item('shop', number);
      if (item === null || this.running.some((run) => run.item === number)) return false;
      return OWN_STEPS.has(decide(reads, item, facts).do) || item.removal?.state === 'asked' || item.execution.state === 'pending';
    });
  }

  #machine(): Machine {
    return {
      startRun: (spec) => {
        const run = new Run(spec);
        this.#players.set(spec.marker, run);
        return Promise.resolve({ ok: true, value: run.handle(spec) });
      },
      adoptRun: (spec) => {
        const run = this.#players.get(spec.marker);
        if (run === undefined) throw new Error(`nothing to adopt: ${spec.marker}`);
        return Promise.resolve(run.handle(spec));
      },
      sweep: ({ marker }) => {
        this.#players.get(marker)?.end(outcome('lost'));
        return Promise.resolve([]);
      },
      runShell: ({ output }) => {
        mkdirSync(dirname(output), { recursive: true });
        writeFileSync(output, 'passed\n');
        return Promise.resolve({ exitCode: 0, timedOut: false, printedTooMuch: false, durationMs: 1 });
      },
    };
  }
}

class Run implements Player {
  readonly item: number;
  readonly worktree: string;
  #outcome: RunOutcome | null = null;
  #end: (outcome: RunOutcome) => void = () => undefined;

  constructor(spec: RunSpec) {
    this.item = Number(/^musher\/(\d+)-/.exec(spec.variables.branch)?.[1]);
    this.worktree = spec.worktree;
  }

  get isOver(): boolean {
    return this.#outcome !== null;
  }

  finish(): void {
    this.end(outcome('finished'));
  }

  end(how: RunOutcome): void {
    if (this.#outcome !== null) return;
    this.#outcome = how;
    this.#end(how);
  }

  handle(spec: RunSpec): RunHandle {
    const ended = new Promise<RunOutcome>((resolve) => {
      this.#end = resolve;
    });
    if (this.#outcome !== null) this.#end(this.#outcome);
    const stop = async (summary: Said): Promise<void> => {
      await spec.beforeEnd?.();
      this.end(outcome('stopped', summary));
    };
    return {
      pid: 1_000_000,
      pidStart: null,
      startedAt: spec.clock.now(),
      stop: (_, summary) => void stop(summary),
      tell: () => undefined,
      release: () => undefined,
      ended,
    };
  }
}

const timersIn = (resources: readonly string[]): number => resources.filter((name) => name === 'Timeout').length;
