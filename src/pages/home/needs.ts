import type { StandingItem } from '../../decide/standing.ts';
import type { Look, Needs } from '../view.ts';
import { overviewOf } from './standing.ts';

/** Items of one kind that are looked at, for a page of all sections and for one section alone. */
const MOST = 20;
const MOST_ALONE = 200;

/** Which of two that need somebody comes first: an agent that waits holds a slot, a review holds its item, what is blocked holds nothing. */
const URGENCY = { 'asks-people': 0, review: 1, 'held-for-review': 2, blocked: 4 } as const satisfies Readonly<Record<string, number>>;

/** What needs somebody in all projects of a look. */
export function needsOf(look: Look): Needs {
  const most = look.request.query.has('show') ? MOST_ALONE : MOST;
  const overviews = new Map(look.projects.map(({ name }) => [name, overviewOf(look, name, most)]));
  const rows = [...overviews.values()]
    .flatMap(({ needs }) => needs)
    .sort((a, b) => urgency(a) - urgency(b) || a.item.stageSince - b.item.stageSince);
  const total = [...overviews.values()].reduce((sum, { needsTotal }) => sum + needsTotal, 0);
  return { overviews, rows, total };
}

function urgency({ step: { reason } }: StandingItem): number {
  return reason.kind in URGENCY ? URGENCY[reason.kind as keyof typeof URGENCY] : 3;
}
