import type { ProjectGit } from '../../git/project-git.ts';
import type { WorkItem } from '../../pipeline/types.ts';

/** Keeps what lies uncommitted in an item's worktree. What keeps it from that is told, and never keeps processes alive. */
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
