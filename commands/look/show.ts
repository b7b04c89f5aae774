import { item } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { exitWords, short } from '../../src/words/event.ts';
import { actorName, FAILURE_WORDS, firstLine, itemName, itemTitle, mergedAs, stageWords } from '../../src/words/item.ts';
import { runState, runTime } from '../../src/words/run.ts';
import { outlook, readerOf, type Reader } from '../../src/words/step.ts';
import { duration, moment } from '../../src/words/time.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer } from '../../src/words/replies.ts';
import { timerWords } from '../../src/bot/timers.ts';
import type { LoggedReceipt } from '../../src/log/reads/reads.ts';
import { totalTokens, type Run } from '../../src/log/projections/run.ts';
import {
  codeBlock,
  doc,
  fields,
  heading,
  join,
  ordered,
  paragraph,
  quote,
  right,
  strong,
  table,
  type Content,
} from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

/** Runs and receipts shown, the latest ones. */
const MOST_ROWS = 15;
/** UTF-16 units of a failure's evidence shown, its end. */
const EVIDENCE = 1_500;

export const show = command({
  words: ['show'],
  summary: 'Shows all of an item.',
  details: 'Its text and criteria, where it stands and why, what happens next, its runs, the receipts of its gates, and what it has cost.',
  examples: ['show 42', 'show shop#42'],
  args: { item: item() },
  role: 'viewer',
  run(context, { item: ref }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const it = found.value;
    const reader = readerOf(context);
    return answer(
      join(
        doc(heading(itemTitle(it, reader.current)), standing(context, it, reader)),
        textOf(it),
        failureOf(it),
        runsOf(context.reads.runs(it.project, it.number), reader),
        receiptsOf(context.reads.receipts(it.project, it.number), reader),
      ),
    );
  },
});

function standing(context: CommandContext, it: WorkItem, reader: Reader): Document['blocks'][number] {
  const { reads } = context;
  const timers = reads.timers.ofItem(it.project, it.number);
  const merged = mergedAs(it.stage);
  const time = (at: number): string => moment(at, reader.now, reader.timezone);
  const spend = reads.spend.ofItem(it.project, it.number);
  const dependents = reads.dependents(it.project, it.number);
  const removal = it.removal?.state === 'asked' ? ', clean-up not done yet' : it.removal?.state === 'purged' ? ', content purged' : '';
  return fields([
    ['Type', it.type],
    ['Stage', [strong(stageWords(it.stage)), ` since ${time(it.stageSince)} (${duration(reader.now - it.stageSince)})`]],
    ['Deleted', it.deletedAt === null ? null : `${time(it.deletedAt)}${removal}`],
    ['Next', outlook(it, context.step(it), reader)],
    ['Timers', timers.length === 0 ? null : timers.map((one) => timerWords(one, reader)).join(', ')],
    ['Depends on', it.dependsOn.length === 0 ? null : it.dependsOn.map((number) => dependency(context, it.project, number)).join(', ')],
    ['Needed by', dependents.length === 0 ? null : dependents.map((number) => dependency(context, it.project, number)).join(', ')],
    ['Agent', it.assignedTo],
    ['Review', it.qaMode ?? `${projectOf(context, it).settings.qa} (the default)`],
    ['Work', workOf(it)],
    ['Merged', merged === null ? null : `${short(merged.mergeCommit)} at ${time(merged.mergedAt)}`],
    ['Cost', `${money(spend.microUsd)}, ${tokens(totalTokens(spend))} tokens, ${counted(it.runs, 'run')}`],
    ['Created', it.createdBy === '' ? time(it.createdAt) : `${time(it.createdAt)} by ${actorName(it.createdBy)}`],
  ]);
}

function dependency(context: CommandContext, project: string, number: number): string {
  const other = context.reads.item(project, number);
  const name = itemName({ project, number: number as WorkItem['number'] }, context.project.name);
  return other === null ? name : `${name} (${other.deletedAt === null ? stageWords(other.stage) : 'deleted'})`;
}

function workOf({ work }: WorkItem): Content[] | null {
  if (work === null) return null;
  return [`${counted(work.commitsAhead, 'commit')} on ${work.branch}, at ${short(work.head)}`];
}

function textOf(it: WorkItem): Document {
  return doc(
    it.description !== '' && quote(it.description),
    it.criteria.length > 0 && heading(`Criteria, ${it.criteria.filter(({ checked }) => checked).length} of ${it.criteria.length} checked`),
    it.criteria.length > 0 && ordered(it.criteria.map(({ text, checked }) => `[${checked ? 'x' : ' '}] ${text}`)),
  );
}

function failureOf({ failure }: WorkItem): Document {
  if (failure === null) return doc();
  const { cause, summary, evidence } = failure;
  const cut = evidence.length > EVIDENCE ? `[${evidence.length - EVIDENCE} characters before this left out]\n` : '';
  const tail = evidence.slice(-EVIDENCE).toWellFormed();
  return doc(
    heading('Last failure'),
    paragraph(`${FAILURE_WORDS[cause]}: ${firstLine(summary, 300)}`),
    evidence.trim() !== '' && evidence.trim() !== summary.trim() && codeBlock(`${cut}${tail}`),
  );
}

function runsOf(runs: readonly Run[], reader: Reader): Document {
  if (runs.length === 0) return doc();
  return doc(
    heading(titleOf('Runs', runs.length)),
    table(
      [right('Run'), 'Agent', 'Stage', 'How', right('Took'), right('Tokens'), right('Cost')],
      runs
        .slice(-MOST_ROWS)
        .map((run) => [
          String(run.run),
          run.agent,
          run.stage,
          runState(run),
          duration(runTime(run, reader.now)),
          tokens(totalTokens(run.usage)),
          money(run.usage.microUsd),
        ]),
    ),
  );
}

function receiptsOf(receipts: readonly LoggedReceipt[], reader: Reader): Document {
  if (receipts.length === 0) return doc();
  return doc(
    heading(titleOf('Receipts', receipts.length)),
    table(
      ['Gate', 'Tree', 'Commit', 'Result', right('Took'), right('At')],
      receipts
        .slice(-MOST_ROWS)
        .map((receipt) => [
          receipt.gate,
          receipt.where,
          short(receipt.commit),
          exitWords(receipt),
          duration(receipt.durationMs),
          moment(receipt.at, reader.now, reader.timezone),
        ]),
    ),
  );
}

function titleOf(what: string, all: number): string {
  return all > MOST_ROWS ? `${what}, the last ${MOST_ROWS} of ${all}` : what;
}
