import type { Reads } from '../log/reads/reads.ts';
import type { Run } from '../log/projections/run.ts';
import type { WorkItem } from '../pipeline/types.ts';

/** The last run of an item that left a report; null: none did, or a purge took it. */
export function lastReport(
  reads: Reads,
  { project, number }: Pick<WorkItem, 'project' | 'number'>,
): (Run & { readonly report: string }) | null {
  for (const run of reads.runs(project, number).toReversed()) {
    const { report = '' } = run;
    if (report !== '') return { ...run, report };
  }
  return null;
}
