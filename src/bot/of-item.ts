import { RUNTIMES } from '../agents/runtimes/index.ts';
import type { Runtime } from '../agents/runtimes/runtime.ts';
import { BOUNDS } from '../bounds.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Run } from '../log/projections/run.ts';
import type { Why } from '../pipeline/why/cause.ts';
import { unread } from '../pipeline/told/told.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { tooLong, tooManyUnread } from '../words/bot/telling.ts';
import type { Capabilities, CommandTx, Project } from './capabilities.ts';

/** The project of an item. Only items of configured projects can be named, so it always exists. */
export function projectOf(context: Pick<Capabilities, 'projects'>, item: Pick<WorkItem, 'project'>): Project {
  const project = context.projects.find(({ name }) => name === item.project);
  if (project === undefined) throw new Error(`no project ${item.project}`);
  return project;
}

/** The projects that a list is about: the room's where none was typed, `all` that the sender may see, or the one that was named. */
export function projectsMeant(context: Pick<Capabilities, 'project' | 'projects'>, typed: string | null): readonly Project[] {
  if (typed === null) return [context.project];
  return typed === 'all' ? context.projects : [projectOf(context, { project: typed })];
}

/** The run of an item that has not ended; null if there is none. Includes a run that the item itself no longer refers to. */
export function openRun(reads: Reads, item: WorkItem): Run | null {
  const run = item.runs === 0 ? null : reads.run(item.project, item.number, item.runs);
  return run === null || run.state === 'ended' ? null : run;
}

/** Asks the item's open run to stop, unless it was asked before; the engine stops it. */
export function stopOpenRun(tx: CommandTx, item: WorkItem, why: Why): { readonly item: WorkItem; readonly run: Run | null } {
  const run = openRun(tx.reads, item);
  if (run === null || run.stopRequested !== null) return { item, run };
  return { item: tx.append(item, 'run.stop_requested', { run: run.run, why }), run };
}

/** Keeps a person's words for the item's agents. Refuses what is too long, and more than prompts hold while none has read them. */
export function tellItem(tx: CommandTx, item: WorkItem, text: string): WorkItem {
  if (text.length > BOUNDS.toldText) return tx.refuse(tooLong(text.length));
  if (unread(item).length >= BOUNDS.told) return tx.refuse(tooManyUnread(item.number));
  return tx.append(item, 'item.told', { text });
}

/** The same for the item's run in progress, which is interrupted if its program hears words in no other way. */
export function tellRun(tx: CommandTx, item: WorkItem, text: string): WorkItem {
  const after = tellItem(tx, item, text);
  const run = openRun(tx.reads, after);
  // What a pause lets finish would not continue before its end.
  const paused = tx.reads.pauses.get(item.project) !== null;
  if (run?.state !== 'running' || heardBy(run) !== 'interrupt' || paused) return after;
  return stopOpenRun(tx, after, { kind: 'told' }).item;
}

/** How words reach a run in progress. */
export function heardBy({ runtime }: Run): Runtime['hears'] {
  return RUNTIMES.find(({ name }) => name === runtime)?.hears ?? 'file';
}

/** Keeps words where there are any: those that `retry` and its like carry along. */
export function tellAlong(tx: CommandTx, item: WorkItem, text: string | null): WorkItem {
  return text === null ? item : tellItem(tx, item, text);
}
