import type { ProjectGit } from '../../git/project-git.ts';
import type { WorkItem } from '../../pipeline/types.ts';

/** Saves uncommitted files of an item's worktree. A failure is reported and never keeps processes alive. */
export async function keepLeftovers(
  git: ProjectGit,
  { project, number, work }: Pick<WorkItem, 'project' | 'number' | 'work'>,
  why: string,
  onProblem: (what: string, error: unknown) => void,
): Promise<void> {
  if (work === null) return;
  const at = { number, branch: work.branch };
  try {
    if ((await git.leftovers(at)).length > 0) await git.snapshot(at, why);
  } catch (error) {
    onProblem(`keeping the work of ${project}#${number} ${why}`, error);
  }
}
