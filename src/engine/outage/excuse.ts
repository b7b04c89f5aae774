import type { ProjectGit } from '../../git/project-git.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Reads } from '../../log/reads/reads.ts';
import { systemFault, type Found } from './fault-of.ts';

/** An agent may itself fill the disk with each run: so many failures in a row are the machine's, the next one is an attempt. */
const EXCUSED_IN_A_ROW = 3;

/** What the machine was out of, or what was wrong with git. */
export interface Excuse extends Pick<Found, 'code' | 'said'> {
  /** It still is: nothing begins before somebody has made room. */
  readonly lasts: boolean;
}

/**
 * What the machine was out of when a run failed, so that its failure says nothing of its work: where Musher meets it now, where
 * it is known, or where Musher met it while it settled the run. What the program says of it is no proof. Null: nothing.
 */
export async function excuseOf(reads: Reads, git: Pick<ProjectGit, 'checkRoom'>, run: Run, met: Found | null): Promise<Excuse | null> {
  if (excusedBefore(reads, run) >= EXCUSED_IN_A_ROW) return null;
  const now = await git.checkRoom('write').then(() => null, systemFault);
  const found = now ?? met ?? reads.outages.get(run.project, null);
  return found === null ? null : { code: found.code, said: found.said, lasts: now !== null };
}

/** Runs right before this one that the machine was to blame for. */
function excusedBefore(reads: Reads, run: Run): number {
  const before = reads.runs(run.project, run.item).filter((other) => other.run < run.run);
  return before.length - 1 - before.findLastIndex(({ summary }) => typeof summary === 'string' || summary?.kind !== 'machine');
}
