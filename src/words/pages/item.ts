import { phrase } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { Run } from '../../log/projections/run.ts';
import type { LoggedEvent } from '../../pipeline/events.ts';
import type { NameOf } from '../../pipeline/actor.ts';
import { eventWords } from '../item/event.ts';
import { runState } from '../item/run.ts';
import type { Reader } from '../reader.ts';
import { moment } from '../time.ts';

/** Longer texts of an item's page and those below it. */
export const ITEM_WORDS = {
  noDescription: 'No description yet.',
  noCriteria: 'No criteria yet. The agent decides when it is done.',
  noRuns: 'No agent has worked on it yet.',
  noSnapshots: 'No snapshots yet. Musher takes one before it stops, cleans or removes anything.',
  changedMeanwhile: 'Somebody changed this while you were editing.',
  criteriaHint: 'One criterion per line. A checked one stays checked.',
  nextRunSees: 'The run in progress does not see the change; the next one does.',
  noOutput: 'No output yet.',
  outputGone: 'No output, or its files are gone.',
  noFailure: 'No failure near the end of this transcript.',
  noChange: 'No commits yet.',
  commitGone: 'That commit is no longer in the repository.',
  fileUnchanged: 'Nothing to show: the contents are the same.',
  fileBinary: 'Binary, or too large to compare.',
  patchCut: 'Too long to show here; the rest is in the repository.',
  lineCut: 'characters of this line are left out',
  tellHint: 'Tell goes to the agent, Comment stays among people, Reject sends the item back with this as the reason.',
  merged: 'As merged into the base branch.',
} as const;

/** An event for a list of events, without its time: who did what. */
export function happened(event: LoggedEvent, nameOf: NameOf): string {
  return `${nameOf(event.actor)} ${eventWords(event, nameOf)}`;
}

/** A line of a list of runs: `Run 2 · coder-1 · finished`. */
export function runTitle(run: Run): string {
  return `Run ${run.run} · ${run.agent} · ${runState(run)}`;
}

/** `Anna, 14:05` */
export function byAt(actor: string, at: number, { now, timezone, nameOf }: Reader): Inline[] {
  return phrase`${nameOf(actor)}, ${moment(at, now, timezone)}`;
}

/** What somebody says of a line of a change begins with this, so that agents and people know which line is meant. */
export function aboutLine(path: string, line: number, side: 'before' | 'after', text: string): string {
  const where = side === 'before' ? `On ${path}, line ${line} before the change:` : `On ${path}:${line}:`;
  return `${where}\n> ${text}\n\n`;
}
