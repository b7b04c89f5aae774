import { join } from 'node:path';
import type { CommitSha } from '../pipeline/values.ts';
import { isThere } from '../small-files.ts';
import type { CommitObject } from './objects/commit-objects.ts';
import type { OwnDir } from './own-dir.ts';
import { BOUNDS } from '../bounds.ts';

/** How two branches relate if both are linear from a common commit. */
export interface Parting {
  /** The commit at which they part. */
  readonly fork: CommitSha;
  /** What the branch has beyond it, newest first. */
  readonly ahead: readonly CommitObject[];
}

/** Commits of each side that are walked. More, or a merge on the way, is a matter for git. */
const MOST_STEPS = BOUNDS.historySteps;

/**
 * Where `head` leaves `base`, read from commit objects alone: an item's few commits, and the squashes that came onto the base
 * branch meanwhile. Null: not so simple, and git has to be asked. Every commit between the tips and the fork has one parent,
 * so none of one side can be in the other's history, and the answer is git's own.
 */
export async function partingOf(git: OwnDir, base: CommitSha, head: CommitSha): Promise<Parting | null> {
  const [ours, theirs] = [new Line(head), new Line(base)];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (theirs.names.has(ours.end)) return isShallow(git, { fork: ours.end, ahead: ours.passed });
    if (ours.names.has(theirs.end)) {
      const fork = theirs.end;
      const ahead = ours.passed.slice(0, [...ours.names].indexOf(fork));
      return isShallow(git, { fork, ahead });
    }
    const went = await Promise.all([ours.step(git), theirs.step(git)]);
    if (!went.includes(true)) return null;
  }
  return null;
}

/** The newest commits of a branch, newest first, as far as they are a plain line; null where that does not reach. */
export async function newestOf(git: OwnDir, head: CommitSha, most: number): Promise<readonly CommitObject[] | null> {
  if (most > MOST_STEPS) return null;
  const line = new Line(head);
  while (line.passed.length < most) {
    const commit = await git.commit(line.end);
    if (commit === null) return null;
    const [parent, ...others] = commit.parents;
    // The last one's parents do not matter.
    if (line.passed.length === most - 1 || parent === undefined) return isShallow(git, [...line.passed, commit]);
    if (others.length > 0) return null;
    line.add(commit, parent);
  }
  return isShallow(git, line.passed);
}

/** In a shallow repository the parents that objects name are not those that git goes by. */
async function isShallow<T>(git: OwnDir, answer: T): Promise<T | null> {
  return (await isThere(join(git.path, 'shallow'))) ? null : answer;
}

/** A walk down from a tip, as long as each commit has one parent. */
class Line {
  /** Names from the tip to `end`, in that order. */
  readonly names: Set<CommitSha>;
  /** The commits above `end`. */
  readonly passed: CommitObject[] = [];
  end: CommitSha;

  constructor(tip: CommitSha) {
    this.end = tip;
    this.names = new Set([tip]);
  }

  add(commit: CommitObject, parent: CommitSha): void {
    this.passed.push(commit);
    this.end = parent;
    this.names.add(parent);
  }

  /** Whether it could continue. */
  async step(git: OwnDir): Promise<boolean> {
    const commit = await git.commit(this.end);
    const [parent, ...others] = commit?.parents ?? [];
    if (commit === null || parent === undefined || others.length > 0) return false;
    this.add(commit, parent);
    return true;
  }
}
