import { code, command, heading, list, phrase, strong, type Content } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import type { Step } from '../../pipeline/next/step.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Reader } from '../reader.ts';
import { duration, moment } from '../time.ts';
import { firstLine, itemName, itemTitle, marksOf, mergedAs, shortCommit } from './item.ts';
import { runState, runTime } from './run.ts';
import { stepLine } from './step.ts';

/** Lines of each part of a board; the rest is counted. */
export const MOST_LINES = 15;

/** A titled list, with a count of what it leaves out; nothing where there is nothing to list. */
export function part<T>(title: string, all: readonly T[], line: (one: T) => readonly Content[], most = MOST_LINES): Block[] {
  if (all.length === 0) return [];
  const more = all.length > most ? [[`and ${all.length - most} more`]] : [];
  return [heading(title), list([...all.slice(0, most).map(line), ...more])];
}

/** An item that an agent works on: who, since when, what it does. */
export function runLine(item: WorkItem, run: Run | null, step: Step, reader: Reader): Content[] {
  if (run === null || step.reason.kind === 'asks-people') return stepLine(item, step, null, reader);
  const activity = run.activity === null ? '' : `: ${firstLine(run.activity, 80)}`;
  return [
    `… ${itemTitle(item, reader.current)}${marksOf(item)} · `,
    strong(run.agent),
    ` ${runState(run)} in ${item.stage.name} · ${duration(runTime(run, reader.now))} · run ${run.run}${activity}`,
  ];
}

/** `✓ #3 Paying by card · report 3` of a spike that is done. */
export function reportLine(item: WorkItem, reader: Reader): Content[] {
  return [`✓ ${itemTitle(item, reader.current)} · `, command(`report ${itemName(item, reader.current)}`)];
}

/** A merged item: its commit and when. */
export function mergedLine(item: WorkItem, reader: Reader): Content[] {
  const merged = mergedAs(item.stage);
  if (merged === null) return [itemTitle(item, reader.current)];
  return [
    `✓ ${itemTitle(item, reader.current)} merged · `,
    code(shortCommit(merged.mergeCommit)),
    ...phrase` · ${moment(merged.mergedAt, reader.now, reader.timezone)}`,
  ];
}
