import { join } from 'node:path';
import type { RunOutcome } from '../../../agents/supervision/outcome.ts';
import { BOUNDS } from '../../../bounds.ts';
import type { Run } from '../../../log/projections/run.ts';
import { agentActor } from '../../../pipeline/actor.ts';
import { eventOf } from '../../../pipeline/kinds.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import { readRegular, rm } from '../../../small-files.ts';
import { worktreeDir, type EngineParts } from '../../parts.ts';

/** Where a spike's agent may leave its report, at the top of its worktree. */
export const REPORT_FILE = '.musher-report.md';

/**
 * The report of a spike's run, kept with the run: what the agent told Musher, printed, or left in the file, the first of these
 * that is there. The file is removed when its text is in the log, so that it is no leftover, and no report of the next run.
 */
export async function takeReport(parts: EngineParts, item: WorkItem, run: Run, outcome: RunOutcome): Promise<string> {
  const file = join(worktreeDir(parts, item.project, item.number), REPORT_FILE);
  // A character has at most four bytes; what is larger is no text that anybody reads.
  const left = (await readRegular(file, 4 * BOUNDS.report))?.toString('utf8').trim() ?? '';
  const told = (parts.log.reads.run(item.project, item.number, run.run)?.report ?? '').trim();
  const text = [told, outcome.report?.trim() ?? '', left].find((one) => one !== '') ?? '';
  if (text !== '' && text !== told) keep(parts, item, run, shortened(text));
  if (left !== '') await rm(file, { force: true });
  return text;
}

/** Not of an item that was deleted meanwhile: nobody asks for it. */
function keep({ log }: EngineParts, item: WorkItem, { run, agent }: Run, text: string): void {
  log.transaction((tx) => tx.append(eventOf('run.reported', { run, text }, item, agentActor(agent))));
}

function shortened(text: string): string {
  const clean = text.toWellFormed();
  return clean.length <= BOUNDS.report ? clean : `${clean.slice(0, BOUNDS.report).toWellFormed()}\n[…]`;
}
