import { BOUNDS } from '../../bounds.ts';
import { join } from 'node:path';
import type { ReportSettings } from '../../config/settings.ts';
import { MusherError } from '../../errors.ts';
import type { MeasureResult } from '../../log/reads/measures.ts';
import type { Actor } from '../../pipeline/actor.ts';
import { removeFolder } from '../../remove-folder.ts';
import { err, ok } from '../../result.ts';
import { setUpMeasureTree } from '../merge/components.ts';
import { machineOf } from '../machine.ts';
import { itemDir, runMarker, type EngineParts, type EngineProject, type Owner } from '../parts.ts';
import { measureSandbox } from '../sandboxing.ts';
import { digest } from '../shell.ts';

/** The end of the output that is read for the value, in bytes, and so much of it that people are shown. */
const TAIL_BYTES = BOUNDS.outputTail;
const SHOWN = { lines: 12, units: 1_200 } as const;
/** UTF-16 units of a value. */
const LONGEST_VALUE = BOUNDS.measuredValue;

/** Measures what `[[report]]` names: one at a time in a project, since they share a checkout. */
export class Measurements {
  readonly #parts: EngineParts;
  readonly #stopping = new AbortController();
  /** What is measured now, by project and name. */
  readonly #open = new Map<string, Promise<MeasureResult>>();
  /** The last one of each project. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Measures a value; who asks while it is measured gets that one, and another one of the project comes after it. */
  make(project: string, name: string, by: { readonly actor: Actor; readonly cause: string | null }): Promise<MeasureResult> {
    const key = `${project}\0${name}`;
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const before = this.#last.get(project) ?? Promise.resolve();
    const made = before.then(() => this.#measure(project, name, by)).finally(() => this.#open.delete(key));
    this.#open.set(key, made);
    this.#last.set(
      project,
      made.catch(() => undefined),
    );
    return made;
  }

  /** Ends what is measured now. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#open.values());
  }

  async #measure(name: string, report: string, by: { readonly actor: Actor; readonly cause: string | null }): Promise<MeasureResult> {
    const project = this.#parts.projects.get(name);
    const settings = project?.settings.reports.find((one) => one.name === report);
    if (project === undefined || settings === undefined) throw new Error(`no report ${report} in ${name}`);
    if (this.#stopping.signal.aborted) return err({ why: 'stopped' });
    try {
      const measured = await run(this.#parts, project, settings, this.#stopping.signal);
      if (measured.ok) {
        const payload = measured.value;
        this.#parts.log.transaction((tx) => tx.record({ project: name, item: null, ...by, kind: 'report.measured', payload }));
      }
      return measured;
    } catch (error) {
      if (!(error instanceof MusherError)) throw error;
      return err({ why: 'failed', said: `${error.message} ${error.hint}` });
    }
  }
}

async function run(parts: EngineParts, project: EngineProject, report: ReportSettings, signal: AbortSignal): Promise<MeasureResult> {
  const { git, settings } = project;
  const commit = await git.baseHead();
  const path = await git.openMeasureWorktree(commit);
  // Its files and processes are found like those of an item, and no item has this number.
  const owner: Owner = { project: settings.name, number: 0, createdAt: 0 };
  const problem = await setUpMeasureTree(parts, owner, settings, path, signal);
  if (signal.aborted) return err({ why: 'stopped' });
  if (problem !== null) return err({ why: 'failed', said: parts.failureText(problem) });
  const folder = join(itemDir(parts, settings.name, owner.number), report.name);
  await removeFolder(folder);
  const output = join(folder, `${parts.clock.now()}.log`);
  const ended = await machineOf(parts).runShell({
    command: report.command,
    env: { MUSHER_PROJECT: settings.name, MUSHER_REPORT: report.name },
    timeoutMs: report.timeoutMs,
    cwd: path,
    marker: runMarker(parts, owner, `report-${report.name}`),
    output,
    sandbox: await measureSandbox(project),
    signal,
    clock: parts.clock,
    redactor: parts.redactor,
  });
  if (signal.aborted) return err({ why: 'stopped' });
  const { tail } = await digest(output, TAIL_BYTES);
  const { exitCode, timedOut, durationMs } = ended;
  return ok({ name: report.name, commit, exitCode, timedOut, durationMs, ...readOutput(tail) });
}

/** The last line that has something in it is the value; the lines before it are shown with it. */
export function readOutput(printed: string): { readonly value: string; readonly output: string } {
  const lines = printed
    // oxlint-disable-next-line no-control-regex -- the colours of a terminal
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    .toWellFormed()
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const value = (lines.at(-1) ?? '').trim().slice(0, LONGEST_VALUE).toWellFormed();
  return {
    value,
    output: lines
      .slice(-SHOWN.lines - 1, -1)
      .join('\n')
      .slice(-SHOWN.units)
      .toWellFormed(),
  };
}
