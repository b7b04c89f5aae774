import type { WorkItem } from '../pipeline/types.ts';
import { keyOf, type Jobs } from './jobs.ts';
import type { EngineParts } from './parts.ts';
import { tidy } from './remove.ts';

/** Removes the worktrees of finished items. */
export class Tidying {
  readonly #parts: EngineParts;
  readonly #jobs: Jobs;
  /** Items tidied since they came where they are. */
  readonly #tidied = new Set<string>();

  constructor(parts: EngineParts, jobs: Jobs) {
    this.#parts = parts;
    this.#jobs = jobs;
  }

  ifOver(name: string, number: number): void {
    const project = this.#parts.projects.get(name);
    const item = this.#parts.log.reads.item(name, number);
    if (project === undefined || item === null || !isOver(item) || this.#jobs.has(keyOf(item))) return;
    const once = `${keyOf(item)}\0${item.stepSeq}`;
    if (this.#tidied.has(once)) return;
    this.#tidied.add(once);
    this.#jobs.begin(item, 'tidy', (signal) => tidy(this.#parts, project, item, signal), isOver);
  }

  /** Numbers of items that have something in the repository: some may be over and not tidied, because Musher ended before or on the way. */
  async leftovers(name: string): Promise<readonly number[]> {
    return (await this.#parts.projects.get(name)?.git.itemsWithLeftovers()) ?? [];
  }
}

/** Nothing more comes of it, so its worktree can go. */
function isOver(item: WorkItem): boolean {
  if (item.deletedAt !== null || item.errand !== null) return false;
  if (item.stage.name === 'done') return true;
  return item.stage.name === 'archived' && ['completed', 'abandoned', 'superseded'].includes(item.stage.reason.kind);
}
