import { choice, either, itemRef, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { runState } from '../../src/words/item/run.ts';
import { startOfDay, startOfWeek } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import type { SpendRow } from '../../src/log/reads/spend-reads.ts';
import { pictureFlag, wantsPicture } from '../../src/bot/pictures.ts';
import { dayBudget } from '../../src/decide/budgets.ts';
import { costPicture } from '../../src/words/pictures/cost.ts';
import { readerOf } from '../../src/words/reader.ts';
import { doc, heading, join, paragraph, right, table } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import { NO_USAGE, addUsage, totalTokens, type Usage } from '../../src/pipeline/usage.ts';
import type { Reply } from '../../src/words/reply.ts';

/** Rows of a table. The most expensive come first; the sum covers all of them. */
const MOST_ROWS = 15;

export const cost = command({
  words: ['cost'],
  summary: 'Shows the tokens and money that agents have spent.',
  details:
    'For an item, today, this week, or all time by agent or model. Without an argument it gives an overview. Days start at midnight in the configured time zone, weeks on Monday.',
  examples: ['cost', 'cost 42', 'cost today', 'cost week', 'cost by agent', 'cost by model', 'cost --picture'],
  args: {
    of: either(choice(['today', 'week', 'by agent', 'by model']), itemRef(), 'An item, a period, or how to group.').optional(),
    picture: pictureFlag(),
  },
  role: 'viewer',
  run(context, { of, picture }) {
    const reply = inWords(context, of);
    // A picture shows the room's project; of one item there is nothing to compare.
    const isWanted = reply.ok && (of === null || typeof of === 'string') && wantsPicture(context, picture);
    return isWanted ? { ...reply, body: join(reply.body, doc(pictureOf(context))) } : reply;
  },
});

function inWords(context: CommandContext, of: 'today' | 'week' | 'by agent' | 'by model' | ItemRef | null): Reply {
  const now = context.clock.now();
  switch (of) {
    case null:
      return overview(context, now);
    case 'today':
      return span(context, 'today', startOfDay(now, context.timezone));
    case 'week':
      return span(context, 'this week', startOfWeek(now, context.timezone));
    case 'by agent':
      return grouped(context, 'agent');
    case 'by model':
      return grouped(context, 'model');
    default:
      return ofItem(context, of);
  }
}

function pictureOf(context: CommandContext): Block {
  const { name, settings } = context.project;
  const { budget } = settings;
  const now = context.clock.now();
  const budgets = [{ scope: 'project', name } as const, { scope: 'bot', name: '' } as const].map((day) =>
    dayBudget(context.reads, day, budget, now),
  );
  return costPicture(context.reads, name, budgets, readerOf(context));
}

function overview(context: CommandContext, now: number): Reply {
  const day = startOfDay(now, context.timezone);
  const week = startOfWeek(now, context.timezone);
  const rows = context.projects.map(({ name }) => [
    name,
    ...[context.reads.spend.since(name, day), context.reads.spend.since(name, week), sum(context.reads.spend.totals(name, 'agent'))].map(
      both,
    ),
  ]);
  return answer(doc(heading('Cost'), table(['Project', right('Today'), right('This week'), right('All time')], rows)));
}

function span(context: CommandContext, words: string, since: number): Reply {
  const { name } = context.project;
  const all = context.reads.spend.since(name, since);
  const items = context.reads.spend.sinceBy(name, 'item', since).map(({ key, usage }) => {
    const found = context.reads.item(name, Number(key));
    return { key: found === null ? key : itemTitle(found, name), usage };
  });
  const blocks: Block[] = [paragraph(`${name} ${words}: ${both(all)}.`)];
  if (items.length > 0) blocks.push(rowsOf('Item', items), rowsOf('Agent', context.reads.spend.sinceBy(name, 'agent', since)));
  return answer(doc(...blocks));
}

function grouped(context: CommandContext, by: 'agent' | 'model'): Reply {
  const { name } = context.project;
  const rows = context.reads.spend.totals(name, by);
  const all = sum(rows);
  if (rows.length === 0) return answer(doc(paragraph(`No agent of ${name} has used any tokens yet.`)));
  return answer(doc(paragraph(`${name}, all time: ${both(all)}.`), rowsOf(by === 'agent' ? 'Agent' : 'Model', rows)));
}

function ofItem(context: CommandContext, ref: ItemRef): Reply {
  const found = context.findAny(ref);
  if (!found.ok) return found.error;
  const item = found.value;
  const all = context.reads.spend.ofItem(item.project, item.number);
  const runs = context.reads.runs(item.project, item.number);
  const rows = runs
    .slice(-MOST_ROWS)
    .map((run) => [String(run.run), run.agent, run.model ?? '', runState(run), tokens(totalTokens(run.usage)), money(run.usage.microUsd)]);
  return answer(
    doc(
      paragraph(`${itemTitle(item, context.project.name)}: ${both(all)}, ${counted(runs.length, 'run')}.`),
      rows.length > 0 && table([right('Run'), 'Agent', 'Model', 'State', right('Tokens'), right('Cost')], rows),
      runs.length > MOST_ROWS && paragraph(`Showing the last ${MOST_ROWS} of ${runs.length} runs.`),
    ),
  );
}

function rowsOf(title: string, rows: readonly SpendRow[]): Block {
  const left = rows.slice(MOST_ROWS);
  const rest = left.length === 0 ? [] : [{ key: `${left.length} more`, usage: sum(left) }];
  const shown = [...rows.slice(0, MOST_ROWS), ...rest];
  return table(
    [title, right('Tokens'), right('Cost')],
    shown.map(({ key, usage }) => [key, tokens(totalTokens(usage)), money(usage.microUsd)]),
  );
}

function sum(rows: readonly SpendRow[]): Usage {
  return rows.reduce((all, { usage }) => addUsage(all, usage), NO_USAGE);
}

function both(usage: Usage): string {
  return `${money(usage.microUsd)}, ${tokens(totalTokens(usage))} tokens`;
}
