import type { Reads } from '../log/reads/reads.ts';

/** A project with items in the log but without an entry in the configuration: it was renamed or removed there. */
export interface Unconfigured {
  readonly project: string;
  /** Items that are not deleted. */
  readonly items: number;
  /** Those of them that are neither done nor archived. */
  readonly open: number;
}

/** Projects of the log that are not among the configured ones, by name. */
export function unconfiguredProjects(reads: Pick<Reads, 'projects' | 'counts'>, configured: Iterable<string>): Unconfigured[] {
  const known = new Set(configured);
  return reads
    .projects()
    .filter((project) => !known.has(project))
    .sort()
    .flatMap((project) => {
      const { backlog, current, qa, merge, done, archived } = reads.counts(project);
      const open = backlog + current + qa + merge;
      const items = open + done + archived;
      return items === 0 ? [] : [{ project, items, open }];
    });
}
