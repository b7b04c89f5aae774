import type { StandingItem } from '../../decide/standing.ts';
import type { Look, Needs } from '../view.ts';
import { overviewOf } from './standing.ts';

/** Which of two that need somebody comes first: an agent that waits holds a slot, a review holds its item, what is blocked holds nothing. */
const URGENCY = { 'asks-people': 0, review: 1, 'held-for-review': 2, blocked: 4 } as const satisfies Readonly<Record<string, number>>;

/** What needs somebody in all projects of a look. */
export function needsOf(look: Look): Needs {
  const overviews = new Map(look.projects.map(({ name }) => [name, overviewOf(look, name)]));
  const rows = [...overviews.values()]
    .flatMap(({ needs }) => needs)
    .sort((a, b) => urgency(a) - urgency(b) || a.item.stageSince - b.item.stageSince);
  return { overviews, rows, total: rows.length };
}

function urgency({ step: { reason } }: StandingItem): number {
  return reason.kind in URGENCY ? URGENCY[reason.kind as keyof typeof URGENCY] : 3;
}
