import type { PlainFault } from '../../pipeline/why/fault.ts';
import { pause } from '../../clock.ts';
import type { LimitSettings } from '../../config/settings.ts';
import { crashPoint } from '../../crash-point.ts';
import { BOUNDS } from '../../bounds.ts';
import { boundedModels, OTHER_MODELS, type UsageSignal } from './bounded-models.ts';
import { OUTPUT_BYTES, overBudget, timeLimit, type StopReason } from './limits.ts';
import { outcomeOf, type RunOutcome } from './outcome.ts';
import { followFile, type SizeLimit } from '../process/follow.ts';
import { isAlive, isRefused } from '../process/identity.ts';
import { runFiles } from '../process/run-files.ts';
import { endLeader, freeze, requestEnd, sweep, thaw } from '../process/stop.ts';
import type { RunProcesses } from '../process/table.ts';
import { appendWords, type Words } from '../process/words-file.ts';
import { watchDirectory } from '../process/watch.ts';
import { outputSeals, type Kept, type OutputSeals } from './output-seals.ts';
import { runMemory, type RunMemory } from './run-memory.ts';
import { hasOutput, readExitCode, readStop, writeStop } from './run-record.ts';
import { RUNTIMES } from '../runtimes/index.ts';
import { pricing } from '../runtimes/pricing.ts';
import { findRuntime, type OutputParser } from '../runtimes/runtime.ts';
import type { Signal } from './signals.ts';
import { signsOfLife, type SignsOfLife } from './signs-of-life.ts';
import { SpinWatch } from './spinning.ts';
import { NO_USAGE } from '../../pipeline/usage.ts';
import type { KnownProcess, RunHandle, RunSpec } from './run-spec.ts';

const STOP_GRACE_MS = 10_000;
/** What can't be kept in this time is kept after the end: the agent must not work on because git is slow. */
const KEEP_MS = 3_000;
/** A program may clean up after its result; one that says nothing for so long is ended, and its work is judged. */
const LINGER_MS = 15_000;
/** However much more it prints. */
const LONGEST_LINGER_MS = 60_000;
/** A program that waits for its allowance longer than this, and prints nothing, is ended: it is rate-limited. */
const LIMIT_WAIT_MS = 60_000;
/** A Musher that may open no file for longer than this ends its agents: what can't be read can't be held to a budget. */
const REFUSED_MS = 30_000;
const REFUSED_LOOK_MS = 500;
/** After everything but the wrapper was killed, it needs only to write one line. */
const RECORD_MS = 2000;
const RECORD_LOOK_MS = 10;

interface Beginning {
  /** ms since the epoch. */
  readonly lastOutputAt: number;
  /** There is nothing to watch: no process, and no record of its end. */
  readonly lost: boolean;
  /** Its output so far was read by an earlier Musher already. */
  readonly again: boolean;
  /** Who writes down its output and its error output. */
  readonly kept: readonly [Kept, Kept];
}

/** Watches over a process until nothing of it is left: reads its output, holds it to its limits, ends it. */
export function supervise(spec: RunSpec, known: KnownProcess, beginning: Beginning): RunHandle {
  return new Supervision(spec, known, beginning);
}

class Supervision implements RunHandle {
  readonly pid: number;
  readonly pidStart: string | null;
  readonly startedAt: number;
  readonly ended: Promise<RunOutcome>;

  readonly #spec: RunSpec;
  #limits: LimitSettings;
  readonly #processes: RunProcesses;
  readonly #parser: OutputParser;
  readonly #memory: RunMemory = runMemory();
  readonly #models = boundedModels();
  /** The totals of models that haven't been reported yet. */
  readonly #unreported = new Map<string, UsageSignal>();
  readonly #signs: SignsOfLife;
  readonly #spinning: SpinWatch;
  readonly #output;
  readonly #errors;
  readonly #seals: OutputSeals;
  readonly #wasLost: boolean;
  readonly #resolve: (outcome: RunOutcome) => void;
  readonly #reject: (bug: unknown) => void;
  readonly #unwatch: () => void;
  /** False while what an earlier Musher has read already is read again. */
  #live: boolean;
  #stopping: StopReason | null = null;
  #ending = false;
  #looking = false;
  #lookAgain = false;
  #released = false;
  #failed = false;
  #cancelTimeLimit: () => void = () => {};
  #cancelGrace: () => void = () => {};
  #cancelLinger: () => void = () => {};
  #cancelWait: () => void = () => {};
  /** Since when the system refuses to let Musher look; null: it doesn't. */
  #refusedSince: number | null = null;
  #cancelRefused: () => void = () => {};
  /** When it said how it ended; null: it has not. */
  #concludedAt: number | null = null;
  /** What somebody did to what it had printed. */
  #changed: 'output-changed' | 'output-lost' | null = null;
  /** It was ended because it stayed after its result: that decides, not its exit code. */
  #lingered = false;

  constructor(spec: RunSpec, known: KnownProcess, beginning: Beginning) {
    this.#spec = spec;
    this.#limits = spec.agent.limits;
    this.pid = known.pid;
    this.pidStart = known.pidStart;
    this.startedAt = known.startedAt;
    this.#processes = { marker: spec.marker, pid: known.pid, pidStart: known.pidStart };
    this.#signs = signsOfLife(beginning.lastOutputAt);
    this.#spinning = new SpinWatch({
      limits: this.#limits,
      workState: spec.workState ?? null,
      stop: (why) => this.#stop(why),
      onProblem: spec.onProblem ?? (() => {}),
    });
    this.#wasLost = beginning.lost;
    this.#live = !beginning.again;
    this.#parser = findRuntime(spec.runtimes ?? RUNTIMES, spec.agent.runtime).parser({
      model: spec.agent.model,
      resumed: spec.resumeSession !== null,
      before: spec.before ?? NO_USAGE,
      now: () => spec.clock.now(),
      pricing: spec.pricing ?? pricing(),
    });
    const files = runFiles(spec.runDir);
    const bytes = spec.outputBytes ?? OUTPUT_BYTES;
    const limit: SizeLimit = {
      bytes,
      exceeded: () =>
        this.#concludedAt === null
          ? this.#stop({ reason: 'stuck', cause: 'flooding', summary: { kind: 'too-much-output', bytes } })
          : this.#endLingering(),
    };
    this.#output = followFile(
      files.stdout,
      (line) => this.#onLine(line),
      limit,
      () => this.#report(),
    );
    this.#errors = followFile(files.stderr, (line) => this.#onComplaint(line), limit);
    const [output, errors] = beginning.kept;
    this.#seals = outputSeals(
      [
        { file: files.stdout, kept: output },
        { file: files.stderr, kept: errors },
      ],
      spec.clock,
    );
    const { promise, resolve, reject } = Promise.withResolvers<RunOutcome>();
    this.ended = promise;
    // Whoever waits for it sees a failure; where nobody does any more, it must not end Musher.
    promise.catch(() => undefined);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#unwatch = watchDirectory(files.dir, spec.clock, () => this.#wake());
    this.#begin().catch((bug: unknown) => this.#fail(bug));
  }

  stop(why: 'stopped' | 'over-budget', summary: PlainFault | string): void {
    this.#stop({ reason: why, summary });
  }

  tell(words: readonly Words[]): void {
    const { runDir, runtimes, agent, marker, onProblem = () => undefined } = this.#spec;
    if (this.#ending || this.#released || findRuntime(runtimes ?? RUNTIMES, agent.runtime).hears !== 'file') return;
    try {
      appendWords(runFiles(runDir).told, words);
    } catch (error) {
      // They are in the log: the next run has them.
      onProblem(`what people told run ${marker}`, error);
    }
  }

  release(): void {
    this.#released = true;
    this.#letGo();
  }

  /** A run that an earlier Musher was stopping is still being stopped. */
  async #begin(): Promise<void> {
    const earlier = await readStop(this.#spec.runDir);
    if (this.#released) return;
    if (earlier === 'lingered') this.#endLingering();
    else if (earlier !== null) this.#stop(earlier);
    this.#wake();
    // What it said while nobody watched comes first: it may have been its result.
    this.#readThenCheckTime();
  }

  /** A busy writer wakes us far more often than one look takes: while one is on its way, one more is enough. */
  #wake(): void {
    if (this.#released || this.#ending) return;
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    this.#lookWhileAsked().catch((error: unknown) => this.#lookLater(error));
  }

  /** What the system refuses for a moment is tried again: an agent is not over, or without limits, because Musher can open no file. */
  #lookLater(error: unknown): void {
    const { clock, onProblem, marker } = this.#spec;
    const now = clock.now();
    if (!isRefused(error) || this.#failed || (this.#refusedSince !== null && now - this.#refusedSince > REFUSED_MS)) {
      this.#fail(error);
      return;
    }
    if (this.#refusedSince === null) {
      this.#refusedSince = now;
      onProblem?.(`run ${marker}`, error);
    }
    this.#looking = false;
    this.#ending = false;
    this.#cancelRefused();
    this.#cancelRefused = clock.at(now + REFUSED_LOOK_MS, () => this.#wake());
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#lookAgain && !this.#ending && !this.#released) {
      this.#lookAgain = false;
      await this.#look();
    }
    this.#looking = false;
  }

  async #look(): Promise<void> {
    // The record is read before and after the life check: a wrapper that is gone has written it before.
    if (readExitCode(this.#spec.runDir) !== null || !isAlive(this.pid, this.pidStart)) {
      await this.#end();
      return;
    }
    // What can't be read can't be held to a budget either.
    if (!hasOutput(this.#spec.runDir)) this.#stop({ reason: 'failed', summary: { kind: 'run-files-removed' } });
    const { clock } = this.#spec;
    const before = { at: clock.now(), output: this.#output.offset, errors: this.#errors.offset };
    await Promise.all([this.#output.readOn(), this.#errors.readOn()]);
    // What is printed from now on may never be read: it would be spent without being seen.
    if (this.#output.shrunk || this.#errors.shrunk) this.#stop({ reason: 'failed', summary: { kind: 'output-changed' } });
    this.#live = true;
    this.#refusedSince = null;
    const open = [this.#output.offset > before.output && this.#output.open(), this.#errors.offset > before.errors && this.#errors.open()];
    for (const piece of open) if (typeof piece === 'string' && piece !== '') this.#signs.piece(piece, before.at);
  }

  #onLine(line: string): void {
    if (this.#released) return;
    this.#signs.line(line, this.#spec.clock.now());
    const concluded = this.#memory.concluded;
    this.#take(this.#parser.line(line));
    if (this.#memory.concluded) this.#awaitExit();
    // A run that has said how it ended is not stopped for what its last line says it used.
    if (concluded || this.#memory.concluded || this.#stopping !== null) return;
    const over = this.#over() === null ? null : this.#overLineOfNow();
    if (over !== null) this.#stop(over);
  }

  #take(signals: readonly Signal[]): void {
    const { concluded } = this.#memory;
    if (signals.length > 0) this.#cancelWait();
    for (const said of signals) {
      const signal = said.kind === 'usage' ? this.#models.take(said) : said;
      this.#memory.take(signal);
      if (signal.kind === 'usage') this.#unreported.set(signal.model, signal);
      else this.#spec.onSignal(signal);
      if (signal.kind === 'usage' && signal.model === OTHER_MODELS)
        this.#stop({ reason: 'stuck', cause: 'flooding', summary: { kind: 'too-many-models', most: BOUNDS.models } });
      if (!concluded) this.#spinning.take(signal, this.#memory.usage, this.#live);
      if (signal.kind === 'fatal') this.#stop({ reason: 'failed', summary: signal.text });
      if (signal.kind === 'signed-out') this.#stop({ reason: 'signed-out', summary: signal.text });
      if (signal.kind === 'rate-limited' && signal.waits === true) this.#endIfItWaits(signal.text);
    }
  }

  /** Tells of what was used once for many lines: each telling is a commit, and an output may come in by the megabyte. */
  #report(): void {
    if (this.#unreported.size === 0) return;
    const signals = [...this.#unreported.values()];
    this.#unreported.clear();
    // Who follows the run after this Musher reads it from the start.
    if (this.#released) return;
    for (const signal of signals) this.#spec.onSignal(signal);
  }

  /** With each line after the result it gets a little longer: it may still be at work on something. */
  #awaitExit(): void {
    if (this.#stopping !== null || this.#lingered) return;
    const { clock } = this.#spec;
    this.#concludedAt ??= clock.now();
    this.#cancelLinger();
    this.#cancelLinger = clock.at(Math.min(clock.now() + LINGER_MS, this.#concludedAt + LONGEST_LINGER_MS), () => this.#endLingering());
  }

  #endLingering(): void {
    if (this.#stopping !== null || this.#ending || this.#released || this.#lingered) return;
    this.#lingered = true;
    this.#stopInSteps('lingered').catch((bug: unknown) => this.#fail(bug));
  }

  /** A short wait for an allowance is the program's own; what takes longer is planned by Musher, for all runs of the account. */
  #endIfItWaits(summary: string): void {
    const { clock } = this.#spec;
    this.#cancelWait = clock.at(clock.now() + LIMIT_WAIT_MS, () => this.#stop({ reason: 'rate-limited', summary }));
  }

  #over(): StopReason | null {
    return overBudget(this.#limits, this.#memory.usage, this.#memory.turns);
  }

  /** At its line a run is asked for the line as it is by now: more may have been set aside for it. */
  #overLineOfNow(): StopReason | null {
    // What may be set aside for it depends on what is counted.
    this.#report();
    this.#limits = this.#spec.limitsNow?.() ?? this.#limits;
    return this.#over();
  }

  #onComplaint(line: string): void {
    this.#memory.complaint(line);
    if (this.#released) return;
    this.#signs.line(line, this.#spec.clock.now());
    this.#take(this.#parser.complaint?.(line) ?? []);
  }

  #checkTime(): void {
    if (this.#released || this.#ending || this.#stopping !== null) return;
    const { clock } = this.#spec;
    // After its result it has the time of `LINGER_MS` and no other: its work is there, and silence is no fault of that.
    if (this.#concludedAt !== null) return;
    const verdict = timeLimit(this.#limits, this.startedAt, this.#signs, clock.now(), this.#spec.waited);
    if ('reason' in verdict) this.#stop(verdict);
    else this.#cancelTimeLimit = clock.at(verdict.lookAgainAt, () => this.#readThenCheckTime());
  }

  /** What was printed in the meantime counts, even if nobody told us of it. */
  #readThenCheckTime(): void {
    if (this.#released || this.#ending) return;
    this.#look()
      .then(() => this.#checkTime())
      .catch((error: unknown) => {
        this.#lookLater(error);
        this.#checkTime();
      });
  }

  #stop(why: StopReason): void {
    if (this.#stopping !== null || this.#ending || this.#released || this.#lingered) return;
    this.#stopping = why;
    this.#stopInSteps(why).catch((bug: unknown) => this.#fail(bug));
  }

  async #stopInSteps(why: StopReason | 'lingered'): Promise<void> {
    const { clock, runDir, onProblem } = this.#spec;
    // DANGER: before anything that can fail or hang. A full disk must not keep an agent alive.
    this.#cancelGrace = clock.at(this.#graceEnd(), () => {
      this.#kill().catch((bug: unknown) => this.#fail(bug));
    });
    // A restart then takes the stop for an end of the agent's own: the lesser evil.
    await writeStop(runDir, why).catch((error: unknown) => onProblem?.(`the note of why run ${this.#spec.marker} is stopped`, error));
    crashPoint('after-stop-noted');
    // One that spends beyond its line does not continue while its work is kept.
    const held = why !== 'lingered' && why.reason === 'over-budget';
    if (held) await freeze(this.#processes);
    await this.#keepWork();
    requestEnd(this.#processes);
    if (held) await thaw(this.#processes);
    crashPoint('after-end-requested');
    this.#wake();
  }

  /** For a moment only. */
  async #keepWork(): Promise<void> {
    const { beforeEnd, clock, marker, onProblem } = this.#spec;
    if (beforeEnd === undefined) return;
    const kept = beforeEnd().catch((error: unknown) => onProblem?.(`keeping the work of run ${marker} before it is stopped`, error));
    await Promise.race([kept, pause(clock, KEEP_MS)]);
  }

  #graceEnd(): number {
    return this.#spec.clock.now() + (this.#spec.stopGraceMs ?? STOP_GRACE_MS);
  }

  /** Second step: everything but the wrapper first, so that it can still record how the program ended. */
  async #kill(): Promise<void> {
    if (this.#ending || this.#released) return;
    const { clock, runDir } = this.#spec;
    await sweep(this.#processes, clock, this.pid);
    // Where it was still held: the wrapper has to write down how it ended.
    await thaw(this.#processes);
    const until = clock.now() + RECORD_MS;
    while (readExitCode(runDir) === null && isAlive(this.pid, this.pidStart) && clock.now() < until) await pause(clock, RECORD_LOOK_MS);
    await this.#end();
  }

  /** Sweeps what is left, reads the rest of the output, and says how it ended. */
  async #end(): Promise<void> {
    if (this.#ending || this.#released) return;
    this.#ending = true;
    const { clock, runDir } = this.#spec;
    // A wrapper that has written down the end is about to go: nobody has to look at all processes once more for it.
    const recorded = readExitCode(runDir) !== null;
    const left = await sweep(this.#processes, clock, recorded ? this.pid : null);
    if (recorded) await endLeader(this.#processes, clock);
    await this.#seals.settle();
    await Promise.all([this.#output.finish(), this.#errors.finish()]);
    if (this.#released) return;
    this.#changed = await this.#seals.changed([this.#output, this.#errors]);
    if (this.#released) return;
    this.#letGo();
    this.#resolve(this.#outcome(readExitCode(runDir), left.length));
  }

  #outcome(exitCode: number | null, left: number): RunOutcome {
    return outcomeOf({
      // A program that Musher ended after its result has no exit code of its own.
      said: this.#parser.end({ code: this.#lingered ? 0 : exitCode }),
      memory: this.#memory,
      exitCode,
      stopped: this.#stopping,
      changed: this.#changed,
      wasLost: this.#wasLost,
      lingered: this.#lingered,
      question: this.#signs.question,
      left,
    });
  }

  #letGo(): void {
    this.#unwatch();
    this.#cancelTimeLimit();
    this.#cancelGrace();
    this.#cancelLinger();
    this.#cancelWait();
    this.#cancelRefused();
  }

  /** A bug of ours must not look like an end of the agent, and nobody would hold the agent to its limits any more: it is ended first. */
  #fail(bug: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#ending = true;
    this.#letGo();
    const ended = this.#released ? Promise.resolve() : this.#endUnwatched();
    ended.catch((error: unknown) => this.#spec.onProblem?.(`ending run ${this.#spec.marker}`, error)).finally(() => this.#reject(bug));
  }

  async #endUnwatched(): Promise<void> {
    const { clock } = this.#spec;
    const until = this.#graceEnd();
    await this.#keepWork();
    requestEnd(this.#processes);
    while (isAlive(this.pid, this.pidStart) && clock.now() < until && !this.#released) await pause(clock, RECORD_LOOK_MS);
    if (!this.#released) await sweep(this.#processes, clock);
  }
}
