import type { ProjectFacts } from '../decide/facts.ts';
import type { Step } from '../pipeline/next/step.ts';
import { chosenFor, NO_CHOICE } from '../pipeline/next/choice.ts';
import { rankOf } from '../pipeline/next/priority.ts';
import { limitedAlone } from '../pipeline/next/rate-limit.ts';
import type { WorkItem } from '../pipeline/types.ts';

/** An item's position among all waiting items: by priority, then by stage, then by arrival. */
export interface Place {
  readonly rank: number;
  readonly stage: number;
  readonly since: number;
  readonly number: number;
}

const STAGES = { current: 0, qa: 1, merge: 2, backlog: 3, done: 3, archived: 3 } as const;

export function placeOf(item: WorkItem): Place {
  const { stage, stageSince, number, deletedAt } = item;
  const order = deletedAt === null ? STAGES[stage.name] : 3;
  return { rank: rankOf(item), stage: order, since: order === 3 ? 0 : stageSince, number };
}

/** The line of those that wait until the first in the merge queue is merged. */
export const MERGE_LINE = 'merge-queue';

/**
 * The line in which an item waits for what others wait for too. Whoever stands in the same one differs in nothing that the
 * decision looks at, so where the first can't go on, none can. Null: what it waits for is its own affair.
 */
export function lineOf(item: WorkItem, step: Extract<Step, { do: 'wait' }>, facts: ProjectFacts): string | null {
  const { stage, payer } = item;
  if (step.for === 'merge-queue') return MERGE_LINE;
  if (step.for === 'pause') return `pause\0${stage.name}`;
  if (stage.name !== 'current' && stage.name !== 'qa' && stage.name !== 'merge') return null;
  const { agent, model } = stage.name === 'current' ? chosenFor(item, facts.defaults) : NO_CHOICE;
  const line = [stage.name, agent, model, payer].join('\0');
  if (step.for === 'slot' || step.for === 'agent') return line;
  if (step.for === 'outage') return `outage\0${line}`;
  if (step.for === 'rate-limit') return limitedAlone(item, stage.name, facts) === null ? line : null;
  // Its own budget never ends, that of a day does.
  if (step.for === 'budget') return step.until === null ? null : line;
  return null;
}

/** Who waits for what many wait for, in the order in which they come to their turn. */
export class WaitingLines {
  readonly #lines = new Map<string, Place[]>();
  readonly #of = new Map<number, { readonly line: string; readonly place: Place }>();

  /** Puts an item into a line, at its place. */
  join(line: string, item: WorkItem): void {
    this.leave(item.number);
    const place = placeOf(item);
    const all = this.#lines.get(line) ?? [];
    all.splice(spot(all, place), 0, place);
    this.#lines.set(line, all);
    this.#of.set(item.number, { line, place });
  }

  /** Removes an item from its line and returns the line. */
  leave(number: number): string | null {
    const found = this.#of.get(number);
    if (found === undefined) return null;
    this.#of.delete(number);
    const all = this.#lines.get(found.line) ?? [];
    all.splice(spot(all, found.place), 1);
    if (all.length === 0) this.#lines.delete(found.line);
    return found.line;
  }

  /** The line that an item waits in. */
  lineOf(number: number): string | null {
    return this.#of.get(number)?.line ?? null;
  }

  has(line: string): boolean {
    return this.#lines.has(line);
  }

  /** The first of each line but these. The merge queue has a head of its own. */
  firsts(but: ReadonlySet<string>): Place[] {
    return [...this.#lines].flatMap(([line, [first]]) => (first === undefined || line === MERGE_LINE || but.has(line) ? [] : [first]));
  }
}

/** Negative where the one comes before the other. */
export function before(a: Place, b: Place): number {
  return a.rank - b.rank || a.stage - b.stage || a.since - b.since || a.number - b.number;
}

/** The index of a position in a sorted line, or where it would be inserted. */
function spot(all: readonly Place[], place: Place): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = all[middle];
    if (one !== undefined && before(one, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
