import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RunAccess } from '../agents/access.ts';
import type { SignIns } from './run/sign-ins.ts';
import type { Pricing } from '../agents/runtimes/pricing.ts';
import type { Clock } from '../clock.ts';
import type { ProjectSettings } from '../config/settings.ts';
import { folderName } from '../git/names.ts';
import type { ProjectGit } from '../git/project-git.ts';
import type { Run } from '../log/projections/run.ts';
import type { Log } from '../log/log.ts';
import type { Tx } from '../log/tx.ts';
import type { OutputKeeper } from '../agents/process/output-keeper.ts';
import type { Machine } from './machine.ts';
import type { Box } from '../sandbox/box.ts';
import type { ItemEventKind, ItemEvents, LoggedEvent } from '../pipeline/events.ts';
import { eventOf } from '../pipeline/kinds.ts';
import type { NameOf } from '../pipeline/actor.ts';
import { normalised } from '../pipeline/why/same-failure.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Failure, Work, WorkItem } from '../pipeline/types.ts';

/** A project as the engine works on it. */
export interface EngineProject {
  readonly settings: ProjectSettings;
  readonly git: ProjectGit;
  /** What its processes run in; null: nothing, or it can't be used. */
  readonly box: Box | null;
}

/** What the engine's parts share. */
export interface EngineParts {
  readonly log: Log;
  readonly clock: Clock;
  /** Absolute. */
  readonly dataDir: string;
  /** Names this data directory among all on the machine: part of each process's marker. */
  readonly installation: string;
  readonly projects: ReadonlyMap<string, EngineProject>;
  /** A bug or a failure of the system that a person should find in the log file. */
  readonly onProblem: (what: string, error: unknown) => void;
  readonly stopGraceMs: number;
  /** Takes secrets out of what agents and gates leave in files. */
  readonly redactor: Redactor;
  /** Looks whether somebody is signed in before a run begins; missing: nobody looks. */
  readonly signIns?: SignIns;
  /** What models cost; missing: list prices. */
  readonly pricing?: Pricing | undefined;
  /** A failure as the next attempt's prompt and reports name it, in one line. */
  /** How people are called where agents are told what they said. */
  readonly nameOf: NameOf;
  readonly failureText: (failure: Pick<Failure, 'summary'>) => string;
  /** How agents reach Musher while they run; null: they don't. */
  readonly access: AgentAccess | null;
  /** Writes down what agents without a sandbox print; missing: they write to the files themselves. */
  readonly keeper?: OutputKeeper;
  /** Where processes are started and ended; missing: this machine. */
  readonly machine?: Machine;
}

/** What the engine needs of the server to which agents speak. */
export interface AgentAccess {
  /** Lets a run speak from now on, with a token that was given to nobody else. Throws MCP_PORT_TAKEN. */
  admit(item: WorkItem, run: Run): Promise<RunAccess>;
  /** Listens again where runs of an earlier Musher expect it. */
  reopen(): Promise<void>;
  /** Milliseconds between two moments in which a run waited for people, and besides that for gates that Musher ran for it. */
  waited(run: Run, from: number, to: number): { readonly forPeople: number; readonly forMusher: number };
  /** A run is over. */
  forget(run: Run): void;
  /** Listens no more, for Musher's own end. */
  close(): Promise<void>;
}

/** Where the files of an item are worked on. */
export function worktreeDir(parts: Pick<EngineParts, 'dataDir'>, project: string, item: number): string {
  return join(parts.dataDir, 'worktrees', folderName(project), String(item));
}

/** Whose commands they are: an item, or a project alone as its number 0. */
export type Owner = Pick<WorkItem, 'project' | 'createdAt'> & { readonly number: number };

/** The files of an item's runs and gates; removed by a purge. */
export function itemDir(parts: Pick<EngineParts, 'dataDir'>, project: string, item: number): string {
  return join(parts.dataDir, 'runs', folderName(project), String(item));
}

export function runDir(parts: Pick<EngineParts, 'dataDir'>, project: string, item: number, run: number): string {
  return join(itemDir(parts, project, item), String(run));
}

/** Unique among all processes of the machine, and the same after a restart: so that what is left of a run is found and nothing else. */
export function runMarker(parts: Pick<EngineParts, 'installation'>, item: Owner, run: number | string): string {
  return `${parts.installation}-${item.createdAt.toString(36)}-${folderName(item.project)}-${item.number}-${run}`;
}

/** Appends an event of Musher's own doing, which must fit. */
export function record<K extends ItemEventKind>(
  tx: Tx,
  item: Pick<WorkItem, 'project' | 'number'>,
  kind: K,
  payload: ItemEvents[K],
  actor = 'musher',
  cause: string | null = null,
): LoggedEvent {
  return tx.record(eventOf(kind, signed(payload), item, actor, cause));
}

/** What a person asks for and the engine does later. */
const ASKING = ['item.undo_asked', 'item.restore_asked', 'item.deleted'] as const;
/** How that ends. */
const ENDING = ['item.moved', 'item.restored', 'item.errand_failed', 'item.removed'] as const;

/**
 * Appends the end of what a person asked for, as the effect of the message in which they did: its answer tells of it, and
 * a room that reads the answer is not told once more. A second end, such as that of a removal which is tried again, has no answer.
 */
export function recordEnd<K extends (typeof ENDING)[number]>(
  tx: Tx,
  item: Pick<WorkItem, 'project' | 'number'>,
  kind: K,
  payload: ItemEvents[K],
): LoggedEvent {
  const kinds: ReadonlySet<string> = new Set([...ASKING, ...ENDING]);
  const last = tx.reads.history(item.project, item.number, 1_000).find((event) => kinds.has(event.kind));
  const asked = ASKING.some((one) => one === last?.kind) ? (last?.cause ?? null) : null;
  return record(tx, item, kind, payload, 'musher', asked);
}

/** A failure that is written down carries its signature, by which the same one is known again. */
function signed<P extends object>(payload: P): P {
  const failure = 'failure' in payload ? (payload.failure as Failure | null) : null;
  if (failure === null) return payload;
  return { ...payload, failure: { ...failure, signature: createHash('sha256').update(normalised(failure)).digest('hex').slice(0, 16) } };
}

/** Counts a failed attempt of the stage that the item is in. */
export function failAttempt(tx: Tx, item: WorkItem, failure: Failure): void {
  const now = tx.item(item.project, item.number);
  if (now === null) throw new Error(`${item.project}#${item.number} is not there`);
  record(tx, now, 'item.attempt_failed', { failure, stage: now.stage.name, attempt: now.attempts + 1 });
}

/** Tells of what was moved out of an item's worktree to the quarantine, if anything was. */
export function tellAsides(
  parts: Pick<EngineParts, 'log'>,
  { git }: EngineProject,
  item: WorkItem,
  what = git.takeAsides(item.number),
): void {
  if (what.length === 0) return;
  parts.log.transaction((tx) => {
    record(tx, item, 'item.set_aside', { what });
  });
}

/** Writes down what Musher read from the item's branch, where that is news. */
export function seeWork(tx: Tx, item: WorkItem, work: Work): void {
  const known = tx.item(item.project, item.number)?.work ?? null;
  if (known?.branch === work.branch && known.head === work.head && known.commitsAhead === work.commitsAhead) return;
  record(tx, item, 'item.work_seen', { work });
}

/** Runs `change` with the item as it is now, if its step is still the given one; a late result finds another step and does nothing. */
export function ifStill(parts: EngineParts, item: WorkItem, change: (tx: Tx, now: WorkItem) => void): boolean {
  return parts.log.transaction((tx) => {
    const now = tx.item(item.project, item.number);
    if (now === null || now.stepSeq !== item.stepSeq) return false;
    change(tx, now);
    return true;
  });
}
