import type { Failure, Work, WorkItem } from '../../pipeline/types.ts';
import type { EngineParts, EngineProject } from '../parts.ts';

/** Whether what the branch holds is what was rejected or reverted before, with nothing new. Costs nothing where nothing was. */
export async function isRefused({ log }: EngineParts, { git }: EngineProject, { project, number }: WorkItem, work: Work): Promise<boolean> {
  const refused = log.reads.item(project, number)?.refused?.commits ?? [];
  return refused.length > 0 && (await git.isRefused(work.head, refused));
}

/** What the item fails with then, whichever way it came so far. */
export function refusedFailure({ refused }: WorkItem): Failure {
  const evidence = refused?.why?.evidence ?? '';
  return {
    cause: 'run',
    summary: { kind: 'refused-again' },
    evidence: `The branch holds the work that was rejected, and nothing new.${evidence === '' ? '' : ` It was rejected because:\n${evidence}`}`,
  };
}
