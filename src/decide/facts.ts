import type { ProjectSettings } from '../config/settings.ts';
import { busyAgents } from '../pipeline/next/candidates.ts';
import { unmetDependencies } from '../pipeline/next/dependencies.ts';
import { nextStep } from '../pipeline/next/next-step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { ItemNumber, Millis } from '../pipeline/values.ts';
import { agentsWithAccounts } from './account-facts.ts';
import { budgetsOf, dayBudgets, type DayBudgets } from './budgets.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Facts, Step } from '../pipeline/next/step.ts';

/** The facts about a project that all its items share at one moment. */
export interface ProjectFacts extends Omit<Facts, 'unmet' | 'budgets'> {
  readonly settings: ProjectSettings;
  readonly today: DayBudgets;
}

/** Reads what decisions in a project depend on. Costs the open runs, and the items in merge that can't be merged yet. */
export function projectFacts(reads: Reads, settings: ProjectSettings, now: Millis): ProjectFacts {
  const facts = factsWithoutQueue(reads, settings, now);
  return { ...facts, mergeHead: firstToMerge(reads, facts) };
}

/** The item that is merged first; null where none can be. */
export function mergeHead(reads: Reads, settings: ProjectSettings, now: Millis): ItemNumber | null {
  return firstToMerge(reads, factsWithoutQueue(reads, settings, now));
}

function factsWithoutQueue(reads: Reads, settings: ProjectSettings, now: Millis): ProjectFacts {
  const open = reads.openRuns(settings.name);
  return {
    settings,
    today: dayBudgets(reads, settings.budget, now),
    now,
    qaDefault: settings.qa,
    maxCoders: settings.maxCoders,
    maxRetries: settings.maxRetries,
    agents: agentsWithAccounts(reads, settings),
    busy: busyAgents(open),
    defaults: settings.defaults,
    coders: open.filter((run) => run.role === 'coder').length,
    mergeHead: null,
    sandboxProblem: settings.sandbox.problem,
    outage: reads.outages.get(settings.name, null),
    pause: reads.pauses.get(settings.name),
    requests: Map.groupBy(reads.requests.open(settings.name), (request) => request.item),
  };
}

/** How many of the merge queue are read at a time: mostly the first one is it. */
const READ_AT_ONCE = [1, 10, 100, 1_000] as const;

function firstToMerge(reads: Reads, facts: ProjectFacts): ItemNumber | null {
  let seen = 0;
  for (const most of READ_AT_ONCE) {
    const queue = reads.inStage(facts.settings.name, 'merge', most);
    const head = queue.slice(seen).find((item) => decide(reads, item, facts).do === 'merge');
    if (head !== undefined || queue.length < most) return head?.number ?? null;
    seen = most;
  }
  return null;
}

/** The next step of an item, from the present log. */
export function decide(reads: Reads, item: WorkItem, facts: ProjectFacts): Step {
  const find = (number: ItemNumber): WorkItem | null => reads.item(item.project, number);
  const budgets = mayRun(item) ? budgetsOf(reads, item, facts.settings, facts.now, facts.today) : [];
  return nextStep(item, { ...facts, unmet: unmetDependencies(item, find), budgets });
}

/** Whether the next step of an item may be a run: only then its budgets are worth reading. */
function mayRun({ stage, execution }: WorkItem): boolean {
  const works = stage.name === 'current' || stage.name === 'qa' || stage.name === 'merge';
  return works && execution.state !== 'pending' && execution.state !== 'running';
}
