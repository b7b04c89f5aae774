import type { Reads } from '../log/reads/reads.ts';
import { isMet } from '../pipeline/next/dependencies.ts';
import type { Step } from '../pipeline/next/step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { ItemNumber } from '../pipeline/values.ts';
import { decide, type ProjectFacts } from './facts.ts';

/** An item of the graph. `step`: what happens to it next; null: others no longer wait for it. */
export interface DependencyItem {
  readonly item: WorkItem;
  readonly step: Step | null;
  readonly isRunning: boolean;
  /** What it depends on, as far as that is in the graph. */
  readonly needs: readonly ItemNumber[];
}

/** The open items of a project that depend on others, and those others. */
export interface Dependencies {
  readonly items: readonly DependencyItem[];
  /** Items that would be in it as well, beyond what is looked at. */
  readonly left: number;
}

/** Items of the backlog that are looked at, by rank. */
const LOOKED_AT = 500;

/** `most`: items of the graph. Those at work come first, then the backlog by rank, each with what it depends on. */
export function dependenciesOf(reads: Reads, facts: ProjectFacts, most: number): Dependencies {
  const { name } = facts.settings;
  const open = [...reads.active(name), ...reads.inStage(name, 'backlog', LOOKED_AT)].filter(({ deletedAt }) => deletedAt === null);
  const chosen = new Map<ItemNumber, WorkItem>();
  let left = 0;
  for (const item of open) {
    if (item.dependsOn.length === 0) continue;
    const others = item.dependsOn.flatMap((number) => reads.item(name, number) ?? []).filter(({ deletedAt }) => deletedAt === null);
    const added = [item, ...others].filter(({ number }) => !chosen.has(number));
    if (chosen.size + added.length > most) left += chosen.has(item.number) ? 0 : 1;
    else for (const one of added) chosen.set(one.number, one);
  }
  const running = new Set(reads.openRuns(name).map((run) => run.item));
  const items = [...chosen.values()].map((item): DependencyItem => ({
    item,
    step: isMet(item.stage) ? null : decide(reads, item, facts),
    isRunning: running.has(item.number),
    needs: item.dependsOn.filter((number) => chosen.has(number)),
  }));
  return { items: items.toSorted((a, b) => a.item.number - b.item.number), left };
}
