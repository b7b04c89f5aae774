import { crashPoint } from '../../crash-point.ts';
import { rm } from '../../small-files.ts';
import { oneLine } from '../../agents/text.ts';
import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import { runFiles } from '../../agents/process/run-files.ts';
import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import type { AgentSettings } from '../../config/settings.ts';
import { MusherError } from '../../errors.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Words } from '../../agents/process/words-file.ts';
import type { Why } from '../../pipeline/why/cause.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { setUp } from '../merge/components.ts';
import { lookAtBase } from '../base-watch.ts';
import { countUnwatched } from './meter.ts';
import { seeWork, tellAsides, runDir, worktreeDir, type EngineParts, type EngineProject } from '../parts.ts';
import { machineOf } from '../machine.ts';
import { notStarted, toOutcome } from '../not-started.ts';
import { outageOf, systemFault, type Found } from '../outage/fault-of.ts';
import { meetOutage, throughOutages, worksAgain } from '../outage/through-outages.ts';
import { endUnjudged, known, sweepRun } from './end-unjudged.ts';
import type { Result } from '../../result.ts';
import { launchedEnough } from './run-budget.ts';
import { runSandbox } from '../sandboxing.ts';
import { giveFiles } from './told/give-files.ts';
import { noteHeard } from './told/interrupt.ts';
import { wordsTo } from './told/words-to.ts';
import { settleRun } from './settle-run.ts';
import { specOf, type Place } from './run-spec.ts';
import type { Told } from '../../pipeline/told/told.ts';
import { agentActor } from '../../pipeline/actor.ts';
import type { RunHandle, RunSpec } from '../../agents/supervision/run-spec.ts';

/** A run that the engine looks after. */
export interface RunJob {
  /** Ends the run; nothing of the process is left when `done` resolves. */
  stop(why: Why): void;
  /** Looks whether people have said something that its program can read. */
  hear(): void;
  /** Leaves the process to itself; `done` resolves. */
  release(): void;
  readonly done: Promise<void>;
}

/**
 * Makes the worktree ready, starts the agent, follows it and settles what it did; for a run that an earlier Musher started, takes
 * it up again. `isNew`: it was reserved a moment ago, so nobody can have started a process for it.
 */
export function runAgent(parts: EngineParts, project: EngineProject, item: WorkItem, run: Run, isNew: boolean): RunJob {
  const control = new Control(isNew, wordsTo(parts, item));
  return {
    stop: (why) => control.stop(why),
    hear: () => control.hear(),
    release: () => control.release(),
    done: superviseRun(parts, project, item, run, control),
  };
}

/** Carries a stop or a release to the process, also when it comes before the process is there. */
class Control {
  readonly preparation = new AbortController();
  /** Nobody waits any more for what keeps the run from going on or from being settled: it was stopped or let go. */
  readonly over = new AbortController();
  readonly released: Promise<void>;
  #release: () => void = () => undefined;
  #handle: RunHandle | null = null;
  readonly isNew: boolean;
  stopped: Why | null = null;
  letGo = false;

  readonly #words: (take: (words: readonly Words[]) => void) => void;

  constructor(isNew: boolean, words: (take: (words: readonly Words[]) => void) => void) {
    this.#words = words;
    this.isNew = isNew;
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  attach(handle: RunHandle): void {
    this.#handle = handle;
    this.hear();
    if (this.letGo) handle.release();
    else if (this.stopped !== null) handle.stop('stopped', { kind: 'stopped', why: this.stopped });
  }

  stop(why: Why): void {
    if (this.stopped !== null) return;
    this.stopped = why;
    this.preparation.abort();
    this.over.abort();
    this.#handle?.stop('stopped', { kind: 'stopped', why });
  }

  hear(): void {
    const handle = this.#handle;
    if (handle !== null) this.#words((words) => handle.tell(words));
  }

  release(): void {
    this.letGo = true;
    this.over.abort();
    // A run in preparation has no process yet that could continue on its own.
    if (this.#handle === null) this.preparation.abort();
    this.#handle?.release();
    this.#release();
  }
}

/** A run that Musher itself can't look after any more is ended and counted, so that nothing runs on unwatched and nobody waits in silence. */
async function superviseRun(parts: EngineParts, project: EngineProject, item: WorkItem, run: Run, control: Control): Promise<void> {
  try {
    await drive(parts, project, item, run, control);
  } catch (error) {
    const outage = await outageOf(error, project.git).catch(() => null);
    if (control.letGo) {
      // Its end is written down by the next Musher, when the repository can be read.
      if (outage !== null) return;
      throw error;
    }
    parts.onProblem(`run ${run.run} of ${item.project}#${item.number}`, error);
    if (outage !== null) {
      meetOutage(parts, item.project, null, outage, error);
      const why = control.stopped ?? { kind: 'musher-stopped' };
      await endUnjudged(parts, item, run, 'stopped', { kind: 'stopped', why });
      return;
    }
    const said = error instanceof MusherError ? oneLine(error.message) : null;
    await endUnjudged(parts, item, run, 'lost', { kind: 'broke-off', during: 'run', said });
  } finally {
    parts.access?.forget(run);
  }
}

async function drive(parts: EngineParts, project: EngineProject, item: WorkItem, run: Run, control: Control): Promise<void> {
  const configured = project.settings.agents.find(({ name }) => name === run.agent);
  if (configured === undefined) {
    await sweepRun(parts, item, run);
    const unpriced = await countUnwatched(parts, project.settings, item, run);
    const lost = notStarted('lost', { kind: 'agent-not-configured', agent: run.agent });
    await settleRun(parts, project, item, run, null, { ...lost, unpriced });
    return;
  }
  // As it was when the run was reserved: what people choose meanwhile is for the next one.
  const agent = run.chosenModel === undefined ? configured : { ...configured, model: run.chosenModel };
  const adopting = run.state === 'running';
  const patient = <T>(work: (met: Found | null) => Promise<T>): Promise<T> => throughOutages(parts, project, control.over.signal, work);
  const settle = (outcome: RunOutcome, fix: string | null = null): Promise<void> =>
    patient((met) => settleRun(parts, project, item, run, agent, outcome, fix, met));
  const ready = adopting
    ? adoptedPlace(parts, project, item)
    : await patient(() => prepare(parts, project, item, run, agent, control)).catch((error: unknown) => notReady(control, error));
  if (ready === null) return;
  if ('outcome' in ready) {
    await settle(ready.outcome);
    return;
  }
  const access = adopting ? await reopened(parts) : ((await patient(async () => parts.access?.admit(item, run))) ?? null);
  // As it is now: people may have said something while the worktree was made ready.
  const given = adopting ? [] : await patient(() => giveFiles(parts, item));
  const told = parts.log.reads.item(item.project, item.number)?.told ?? [];
  const spec = specOf(parts, project, item, known(parts, run), agent, { ...ready, access, told, given });
  const handle = adopting
    ? await takeUp(parts, spec, run)
    : launch(parts, await patient(() => startOrThrow(parts, spec)), agent, item, run, { ...ready, told });
  if ('outcome' in handle) {
    await settle(handle.outcome, handle.fix);
    return;
  }
  if (adopting) crashPoint('after-adoption');
  control.attach(handle);
  const outcome = await Promise.race([handle.ended, control.released]);
  if (outcome === undefined) return;
  crashPoint('after-agent-ended');
  await settle(outcome);
}

/** Starts it. Throws if the machine lacks resources; returns the problem if the program is at fault. */
async function startOrThrow(parts: EngineParts, spec: RunSpec): Promise<Result<RunHandle, MusherError>> {
  const started = await machineOf(parts).startRun(spec);
  if (!started.ok && systemFault(started.error) !== null) throw started.error;
  return started;
}

/** Why a run could not be made ready; null: Musher stops, and it is made ready at the next start. */
function notReady({ letGo, stopped }: Control, error: unknown): { outcome: RunOutcome } | null {
  if (letGo) return null;
  return stopped === null ? toOutcome(error) : { outcome: notStarted('stopped', { kind: 'stopped', why: stopped }) };
}

/** The worktree of a run that is already in progress. It is left untouched. */
function adoptedPlace(parts: EngineParts, project: EngineProject, item: WorkItem): Place {
  const worktree = worktreeDir(parts, project.settings.name, item.number);
  return { worktree, branch: item.work?.branch ?? '', base: null, files: null, sandbox: null };
}

/** Worktree, set-up, and for a mergemaster the conflict. Null: Musher stops, and the run is prepared again at the next start. */
async function prepare(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  run: Run,
  agent: AgentSettings,
  control: Control,
): Promise<Place | { outcome: RunOutcome } | null> {
  const { git, settings } = project;
  const { signal } = control.preparation;
  // What a Musher that was killed at this very point may have left.
  if (!control.isNew) {
    await sweepRun(parts, item, { ...run, pid: null, pidStart: null });
    await countUnwatched(parts, settings, item, run);
  }
  if (control.stopped !== null) return { outcome: notStarted('stopped', { kind: 'stopped', why: control.stopped }) };
  const enough = launchedEnough(agent, known(parts, run));
  if (enough !== null) return { outcome: enough };
  if ((await parts.signIns?.mayStart(agent, run.account)) === false) {
    return { outcome: notStarted('signed-out', { kind: 'signed-out', program: findRuntime(RUNTIMES, agent.runtime).title }) };
  }
  await rm(runFiles(runDir(parts, item.project, item.number, run.run)).stdout, { force: true });
  // The branch may begin at its tip: what is taken off it later must be known as something that it once held.
  await lookAtBase(parts, project);
  const opened = await git.openWorktree({ number: item.number, title: item.title, branch: item.work?.branch ?? null });
  const at = { number: item.number, branch: opened.branch };
  parts.log.transaction((tx) => {
    if (tx.item(item.project, item.number)?.deletedAt !== null) return;
    seeWork(tx, item, { branch: opened.branch, head: opened.head, commitsAhead: opened.commitsAhead });
  });
  crashPoint('after-worktree-opened');
  // The agent may rewrite what was rejected: it stays there to be compared with, and to be looked up.
  if (item.refused?.commits.includes(opened.head) === true) await git.snapshot(at, `before run ${run.run}: this was rejected`);
  // A coder continues with an earlier attempt's files; a reviewer and a mergemaster work on the branch itself.
  if (agent.role !== 'coder' && (await git.leftovers(at)).length > 0) {
    await git.snapshot(at, `before run ${run.run}`);
    await git.resetWorktree(at);
  }
  tellAsides(parts, project, item);
  const failure = await setUp(parts, item, settings, opened.path, opened.created, signal);
  if (control.letGo) return null;
  if (control.stopped !== null) return { outcome: notStarted('stopped', { kind: 'stopped', why: control.stopped }) };
  if (failure !== null) return { outcome: notStarted('failed', failure.summary, failure.evidence) };
  const base = await git.baseHead();
  if (agent.role === 'mergemaster') {
    await git.resetWorktree(at);
    await git.stageConflict(at, base);
    crashPoint('after-conflict-staged');
    tellAsides(parts, project, item);
  }
  // Files that were put there just now are the commit's.
  const untouched = opened.created && settings.components.length === 0;
  const files = agent.role !== 'coder' ? null : untouched ? await git.treeOf(opened.head) : await git.treeOfFiles(at);
  crashPoint('before-spawn');
  return { worktree: opened.path, branch: opened.branch, base, files, sandbox: await runSandbox(parts, project, at, run) };
}

/** An adopted run already has its token. A port that is now in use is no reason to end it. */
async function reopened(parts: EngineParts): Promise<null> {
  await parts.access?.reopen().catch((error: unknown) => parts.onProblem('the address at which agents reach Musher', error));
  return null;
}

function launch(
  parts: EngineParts,
  started: Result<RunHandle, MusherError>,
  agent: AgentSettings,
  item: WorkItem,
  run: Run,
  { base, files, told }: Place & { readonly told: readonly Told[] },
): RunHandle | { outcome: RunOutcome; fix: string | null } {
  if (!started.ok) {
    const { code, message, hint } = started.error;
    if (code !== 'RUNTIME_MISSING') return { outcome: notStarted('failed', oneLine(message), message), fix: hint };
    // Before the run's end: what waits for an agent must not be given to this one at once.
    meetOutage(parts, item.project, agent.name, { code, said: message, hint }, started.error);
    return { outcome: notStarted('stopped', oneLine(message)), fix: null };
  }
  crashPoint('after-spawn-before-started');
  const handle = started.value;
  parts.log.transaction((tx) => {
    // Stopped, moved or deleted meanwhile: the engine ends the process, and its end is kept as a late one.
    const started_ = {
      run: run.run,
      pid: handle.pid,
      pidStart: handle.pidStart,
      model: agent.model,
      runtime: agent.runtime,
      base,
      ...(files === null ? {} : { files }),
    };
    tx.append({
      project: item.project,
      item: item.number,
      actor: agentActor(agent.name),
      cause: null,
      kind: 'run.started',
      payload: started_,
    });
    noteHeard(tx, item, run, agent, told);
  });
  worksAgain(parts, item.project, agent.name);
  crashPoint('after-run-started');
  return handle;
}

function takeUp(parts: EngineParts, spec: RunSpec, run: Run): Promise<RunHandle> {
  return machineOf(parts).adoptRun(spec, { pid: run.pid ?? 0, pidStart: run.pidStart, startedAt: run.startedAt ?? run.pendingAt });
}
