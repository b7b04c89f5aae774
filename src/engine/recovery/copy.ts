import { crashPoint } from '../../crash-point.ts';
import type { PastMerge } from '../../git/base/merge-history.ts';
import { keepCopyMark, readCopyMark, type CopyMark } from '../../log/copies/copy-mark.ts';
import type { CopyFound } from '../../pipeline/events.ts';
import type { Tx } from '../../log/tx.ts';
import { isMet } from '../../pipeline/next/dependencies.ts';
import { isResumable } from '../../pipeline/moves.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { record, type EngineParts, type EngineProject } from '../parts.ts';

/** Timers that one transaction cancels. */
const MOST_TIMERS = 10_000;

/**
 * A log that was put back from a copy knows nothing of what went on after it. Compares it with the base branches before
 * anything else goes on: what was merged since is done and not worked on again, what was taken back since is not done.
 * Level-triggered: a project that can't be looked at is looked at by the next start. Null: the log is no such copy.
 */
export async function compareCopy(parts: EngineParts): Promise<CopyMark | null> {
  const mark = readCopyMark(parts.log);
  if (mark === null) return null;
  const looked: { name: string; head: CommitSha; mergeHistory: readonly PastMerge[]; branch: string }[] = [];
  for (const name of mark.projects) {
    const project = parts.projects.get(name);
    if (project === undefined) continue;
    try {
      looked.push({ name, branch: project.settings.baseBranch, ...(await look(project, parts.log.reads.base(name)?.commit ?? null)) });
    } catch (error) {
      parts.onProblem(`comparing ${name} with its base branch after a restore`, error);
    }
  }
  const label = (name: string, number: number): string => (parts.projects.size === 1 ? String(number) : `${name}#${number}`);
  const after = parts.log.transaction((tx) => {
    let { found } = mark;
    for (const { name, branch, head, mergeHistory } of looked) {
      found = joined(
        found,
        settle(tx, name, mergeHistory, (number) => label(name, number)),
      );
      // What it saw there is older than the copy's own merges: the next look begins from here.
      const known = tx.reads.base(name);
      const gone = known === null || known.commit === head ? [] : [known.commit];
      const seen = { branch, from: null, to: head, how: 'first', taken: [], lost: [], gone } as const;
      tx.record({ project: name, item: null, actor: 'musher', cause: null, kind: 'base.seen', payload: seen });
    }
    const done = new Set(looked.map(({ name }) => name));
    const next: CopyMark = {
      ...mark,
      projects: mark.projects.filter((name) => !done.has(name)),
      found: { ...found, timers: found.timers + cancelPassed(tx) },
    };
    keepCopyMark(parts.log, next);
    return next;
  });
  crashPoint('after-copy-compared');
  return after;
}

async function look({ git }: EngineProject, since: CommitSha | null): Promise<{ head: CommitSha; mergeHistory: readonly PastMerge[] }> {
  const head = await git.baseHead();
  return { head, mergeHistory: await git.mergeHistory(head, since) };
}

function settle(tx: Tx, project: string, mergeHistory: readonly PastMerge[], label: (number: number) => string): CopyFound {
  const merged: string[] = [];
  const undone: string[] = [];
  const unknown: string[] = [];
  for (const { number, kind, commit, merge, at } of mergeHistory.toSorted((a, b) => a.number - b.number)) {
    const item = tx.item(project, number);
    // The last look at the base branch may be older than the copy's own merges.
    if (item !== null && isInLog(tx, item, commit)) continue;
    if (item === null) {
      if (kind === 'merged') unknown.push(label(number));
    } else if (kind === 'merged' && isOpen(item)) {
      record(tx, item, 'item.found_merged', { mergeCommit: commit, mergedAt: at });
      merged.push(label(number));
    } else if (kind === 'undone' && item.deletedAt === null && (isMet(item.stage) || isOpen(item))) {
      record(tx, item, 'item.found_undone', { commit, ...(merge === null ? {} : { merge }) });
      undone.push(label(number));
    }
  }
  return { merged, undone, unknown, timers: 0 };
}

/** Whether the copy itself says that Musher made this merge or revert; one that it was only about to make is finished as after any crash. */
function isInLog(tx: Tx, { project, number }: WorkItem, commit: CommitSha): boolean {
  return tx.reads
    .history(project, number, 10_000)
    .some((event) => (event.kind === 'merge.attempted' || event.kind === 'undo.attempted') && event.payload.commit === commit);
}

/** Could be worked on again. */
function isOpen({ deletedAt, stage }: WorkItem): boolean {
  return deletedAt === null && stage.name !== 'done' && (stage.name !== 'archived' || isResumable(stage));
}

/** The Musher that ran after the backup has already run them. */
function cancelPassed(tx: Tx): number {
  const due = tx.reads.timers.due(tx.now, MOST_TIMERS);
  for (const { project, item, timer } of due) {
    const why = { kind: 'time-passed' } as const;
    tx.record({ project, item, actor: 'musher', cause: null, kind: 'timer.cancelled', payload: { timer, why } });
  }
  return due.length;
}

function joined(a: CopyFound, b: CopyFound): CopyFound {
  return {
    merged: [...a.merged, ...b.merged],
    undone: [...a.undone, ...b.undone],
    unknown: [...a.unknown, ...b.unknown],
    timers: a.timers + b.timers,
  };
}
