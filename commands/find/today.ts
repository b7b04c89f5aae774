import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import type { Project } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { standingItems } from '../../src/decide/standing.ts';
import { command as typed, doc, heading, join, paragraph } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { isReported } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { totalTokens } from '../../src/pipeline/usage.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { mergedLine, part, reportLine, runLine } from '../../src/words/item/board.ts';
import { itemTitle, mergedAs } from '../../src/words/item/item.ts';
import { stepLine, stepSign } from '../../src/words/item/step.ts';
import { startOfDay } from '../../src/words/time.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';

/** Merged, archived and new items that are looked at: more in a day are not expected. */
const MOST_OF_A_DAY = 500;

export const today = command({
  words: ['today'],
  summary: 'Shows what happened today: merged, reports, blocked, new, in progress, and what it cost.',
  details: 'Since midnight in the configured time zone.',
  examples: ['today', 'today all'],
  args: { project: projectOrAll().optional() },
  role: 'viewer',
  run: (context, { project: asked }) => answer(join(...projectsMeant(context, asked).map((one) => dayOf(context, one)))),
});

function dayOf(context: CommandContext, { name }: Project): Document {
  const { reads } = context;
  const reader = readerOf(context);
  const since = startOfDay(reader.now, reader.timezone);
  const { running, waiting, blocked, archived } = standingItems(reads, context.facts(name), MOST_OF_A_DAY);
  const merged = [...reads.recentInStage(name, 'done', MOST_OF_A_DAY), ...archived].filter(
    ({ stage }) => (mergedAs(stage)?.mergedAt ?? 0) >= since,
  );
  const reported = archived.filter(({ stage, stageSince }) => stageSince >= since && isReported(stage));
  const stuck = blocked.filter(({ item }) => item.stageSince >= since);
  const created = createdSince(context, name, since);
  const forPeople = [...running, ...waiting].filter(({ step }) => stepSign(step) === '!').length;
  const spent = reads.spend.since(name, since);
  const counts = [
    ...(merged.length > 0 ? [`${merged.length} merged`] : []),
    ...(reported.length > 0 ? [counted(reported.length, 'report')] : []),
    ...(stuck.length > 0 ? [`${stuck.length} blocked`] : []),
    ...(running.length > 0 ? [`${running.length} running`] : []),
    ...(created.length > 0 ? [`${created.length} new`] : []),
    `${money(spent.microUsd)}, ${tokens(totalTokens(spent))} tokens`,
  ];
  return doc(
    heading(`${name} today`),
    paragraph(counts.length === 1 ? `Nothing happened yet. ${counts.join()}.` : counts.join(' · ')),
    ...part('Merged', merged, (item) => mergedLine(item, reader)),
    ...part('Reports', reported, (item) => reportLine(item, reader)),
    ...part('Blocked', stuck, ({ item, step }) => stepLine(item, step, null, reader)),
    ...part('Running', running, ({ item, run, step }) => runLine(item, run, step, reader)),
    ...part('New', created, (item) => [`${itemTitle(item, reader.current)} (${item.type})`]),
    forPeople > 0 && paragraph(`${counted(forPeople, 'item')} ${forPeople === 1 ? 'needs' : 'need'} a person: `, typed('waiting'), '.'),
  );
}

/** Items made since a time, the latest first: numbers rise with time. */
function createdSince({ reads }: CommandContext, project: string, since: number): WorkItem[] {
  const found: WorkItem[] = [];
  for (let n = reads.lastNumber(project); n > 0 && found.length < MOST_OF_A_DAY; n--) {
    const item = reads.item(project, n);
    // A log that was put back from a copy leaves out numbers.
    if (item === null) continue;
    if (item.createdAt < since) break;
    if (item.deletedAt === null) found.push(item);
  }
  return found;
}
