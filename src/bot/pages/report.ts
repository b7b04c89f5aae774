import { lastReport } from '../../decide/report.ts';
import { command as typed, doc, paragraph, quote } from '../../message/build.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemName, itemTitle } from '../../words/item/item.ts';
import { answer, refused } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';
import { readerOf } from '../../words/reader.ts';
import type { UnreadOfItem } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Characters of a report in one answer: what a phone shows on a few screens. */
const PAGE = 3_000;

/** The report of a spike from its beginning. */
export function firstOfReport(context: CommandContext, item: WorkItem): Reply {
  const { current } = readerOf(context);
  const run = lastReport(context.reads, item);
  if (run !== null) return page(context, item, run, 0, `${itemTitle(item, current)}: report by ${run.agent}, run ${run.run}.`);
  const why = item.type === 'spike' ? 'has no report yet' : `is no spike but a ${item.type}, and has no report`;
  return refused('no-report', `${itemTitle(item, current)} ${why}. `, typed(`show ${itemName(item, current)}`), ' shows its state.');
}

/** What follows; a newer report from its beginning. */
export function moreReport(context: CommandContext, unread: Extract<UnreadOfItem, { of: 'report' }>, item: WorkItem): Reply {
  const run = lastReport(context.reads, item);
  if (run === null || run.run !== unread.run) return firstOfReport(context, item);
  return page(context, item, run, unread.from, `${itemTitle(item, context.project.name)}, what follows of the report:`);
}

function page(
  context: CommandContext,
  { project, number }: WorkItem,
  { run, report }: { readonly run: number; readonly report: string },
  from: number,
  about: string,
): Reply {
  const cut = report.length - from > PAGE ? report.lastIndexOf('\n', from + PAGE) : report.length;
  // A line that is longer than a page is cut within.
  const to = cut > from ? cut : from + PAGE;
  const left = report.length - to;
  return context.change(() => {
    context.keepUnread(left > 0 ? { of: 'report', project, item: number, run, from: to } : null);
    const shown = report.slice(from, to).toWellFormed().trim();
    return answer(
      doc(paragraph(about), quote(shown), left > 0 && paragraph(`${Math.round((to / report.length) * 100)} % shown: `, typed('more'), '.')),
    );
  });
}
