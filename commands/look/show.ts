import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { exitWords, short } from '../../src/words/item/event.ts';
import { faultWords } from '../../src/words/item/faults.ts';
import { defaultOf } from '../../src/words/fields/choosing.ts';
import { FAILURE_WORDS, itemName, itemTitle, mergedAs, sentence, stageWords } from '../../src/words/item/item.ts';
import { isCutInShow, saidAtLength } from '../../src/words/item/closing.ts';
import { lastReport } from '../../src/decide/report.ts';
import { scopeOf } from '../../src/agents/sections.ts';
import { approvalOf } from '../../src/decide/approval.ts';
import { runState, runTime } from '../../src/words/item/run.ts';
import { JUST_NOW_MS, outlook } from '../../src/words/item/step.ts';
import { commentWords, toldWords } from '../../src/words/item/told.ts';
import { fileWords } from '../../src/words/files/files.ts';
import { duration, moment } from '../../src/words/time.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer } from '../../src/words/replies.ts';
import { timerWords } from '../../src/words/bot/timers.ts';
import type { LoggedReceipt } from '../../src/log/reads/reads.ts';
import type { Run } from '../../src/log/projections/run.ts';
import {
  codeBlock,
  commas,
  command as typed,
  doc,
  fields,
  heading,
  join,
  list,
  ordered,
  paragraph,
  phrase,
  quote,
  right,
  strong,
  table,
  type Content,
} from '../../src/message/build.ts';
import type { Document, Inline } from '../../src/message/document.ts';
import { isSameFailure } from '../../src/pipeline/refused.ts';
import type { Failure, WorkItem } from '../../src/pipeline/types.ts';
import { priorityOf } from '../../src/pipeline/next/priority.ts';
import { totalTokens } from '../../src/pipeline/usage.ts';
import { isPerson } from '../../src/pipeline/actor.ts';
import { readerOf, type Reader } from '../../src/words/reader.ts';

/** Runs and receipts shown, the latest ones. */
const MOST_ROWS = 15;
/** UTF-16 units of a failure's evidence shown, its end. */
const EVIDENCE = 1_500;

export const show = command({
  words: ['show'],
  summary: 'Shows everything about an item.',
  details: 'Its text and criteria, its state with the reason and the next step, its runs, gate results and cost.',
  examples: ['show 42', 'show shop#42'],
  args: { item: itemRef() },
  role: 'viewer',
  run(context, { item: ref }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    const reader = readerOf(context);
    return answer(
      join(
        doc(heading(itemTitle(item, reader.current)), standing(context, item, reader)),
        textOf(item),
        failuresOf(item, reader),
        reportIn(context.reads, reader, item),
        saidIn(context.reads.runs(item.project, item.number), reader, item),
        spokenOf(context, item, reader),
        filesIn(context, item, reader),
        runsOf(context.reads.runs(item.project, item.number), reader),
        receiptsOf(context.reads.receipts(item.project, item.number), reader),
      ),
    );
  },
});

function standing(context: CommandContext, item: WorkItem, reader: Reader): Document['blocks'][number] {
  const { reads } = context;
  const { defaults: all } = projectOf(context, item).settings;
  const defaults = all[item.type];
  const timers = reads.timers.ofItem(item.project, item.number);
  const merged = mergedAs(item.stage);
  const time = (at: number): Inline => moment(at, reader.now, reader.timezone);
  const spend = reads.spend.ofItem(item.project, item.number);
  const dependents = reads.dependents(item.project, item.number);
  const removal = item.removal?.state === 'asked' ? ', clean-up not done yet' : item.removal?.state === 'purged' ? ', content purged' : '';
  return fields([
    ['Type', item.type],
    ['Stage', [strong(stageWords(item.stage)), ...phrase` since ${time(item.stageSince)}${since(reader.now - item.stageSince)}`]],
    ['Deleted', item.deletedAt === null ? null : phrase`${time(item.deletedAt)}${removal}`],
    ['Next', outlook(item, context.step(item), reader)],
    ['Timers', timers.length === 0 ? null : commas(timers.map((one) => timerWords(one, reader)))],
    [
      'Depends on',
      item.dependsOn.length === 0 ? null : item.dependsOn.map((number) => dependency(context, item.project, number)).join(', '),
    ],
    ['Needed by', dependents.length === 0 ? null : dependents.map((number) => dependency(context, item.project, number)).join(', ')],
    ['Labels', item.labels === undefined || item.labels.length === 0 ? null : item.labels.join(', ')],
    ['Priority', priorityOf(item) === 'normal' ? null : priorityOf(item)],
    ['Agent', chosen(item.assignedTo, defaults.agent, item)],
    ['Model', chosen(item.model ?? null, defaults.model, item)],
    ['Review', item.qaMode ?? `${projectOf(context, item).settings.qa} (the default)`],
    ['Work', workOf(item)],
    ['Approved', approvedBy(context, item, time)],
    ['Merged', merged === null ? null : phrase`${short(merged.mergeCommit)} at ${time(merged.mergedAt)}`],
    ['Cost', `${money(spend.microUsd)}, ${tokens(totalTokens(spend))} tokens, ${counted(item.runs, 'run')}`],
    ['Created', item.createdBy === '' ? time(item.createdAt) : phrase`${time(item.createdAt)} by ${context.nameOf(item.createdBy)}`],
  ]);
}

/** What people chose for it, or what its type says. */
function chosen(own: string | null, byType: string | null, { type }: WorkItem): string | null {
  return own ?? (byType === null ? null : `${byType} (${defaultOf(type)})`);
}

function approvedBy({ reads, nameOf }: CommandContext, item: WorkItem, time: (at: number) => Inline): Inline[] | null {
  const approval = approvalOf(reads, item);
  return approval === null
    ? null
    : phrase`by ${nameOf(approval.by)}, ${time(approval.at)}${isPerson(approval.by) && approval.reason !== '' ? `: ${approval.reason}` : ''}`;
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

function textOf(item: WorkItem): Document {
  const { description, outOfScope } = scopeOf(item.description);
  return doc(
    description !== '' && quote(description),
    item.criteria.length > 0 &&
      heading(`Criteria, ${item.criteria.filter(({ checked }) => checked).length} of ${item.criteria.length} checked`),
    item.criteria.length > 0 && ordered(item.criteria.map(({ text, checked }) => `[${checked ? 'x' : ' '}] ${text}`)),
    outOfScope !== '' && heading('Out of scope'),
    outOfScope !== '' && quote(outOfScope),
  );
}

/** The last failure, and the reason for which its work was rejected before that: it holds until the item is merged. */
function failuresOf({ failure, refused }: WorkItem, reader: Reader): Document {
  const rejected = refused?.why ?? null;
  return join(
    failure === null ? doc() : failureOf('Last failure', failure, reader),
    rejected === null || isSameFailure(rejected, failure) ? doc() : failureOf('Rejected before', rejected, reader),
  );
}

function failureOf(title: string, { cause, summary, evidence }: Failure, { nameOf }: Reader): Document {
  const what = faultWords(summary, nameOf);
  const cut = evidence.length > EVIDENCE ? `[${evidence.length - EVIDENCE} characters before this left out]\n` : '';
  const tail = evidence.slice(-EVIDENCE).toWellFormed();
  return doc(
    heading(title),
    paragraph(sentence(`${FAILURE_WORDS[cause]}: ${what}`)),
    evidence.trim() !== '' && evidence.trim() !== what && codeBlock(`${cut}${tail}`),
  );
}

/** The first lines of a spike's report. */
function reportIn(reads: CommandContext['reads'], { current }: Reader, item: WorkItem): Document {
  const run = lastReport(reads, item);
  if (run === null) return doc();
  return doc(
    heading(`Report by ${run.agent}, run ${run.run}`),
    saidAtLength(run.report),
    isCutInShow(run.report) && paragraph(typed(`report ${itemName(item, current)}`), ' shows all of it.'),
  );
}

/** What the last agent of each stage said at its end; a reviewer by its verdict. */
function saidIn(runs: readonly Run[], { current }: Reader, item: WorkItem): Document {
  const last = new Map(runs.filter((run) => saidBy(run) !== '').map((run) => [run.role, run]));
  return join(
    ...[...last.values()].map((run) => {
      const what = run.verdict === null ? 'said at the end' : run.verdict === 'approve' ? 'approved it' : 'rejected it';
      return doc(
        heading(`${run.agent} ${what}, run ${run.run}`),
        saidAtLength(saidBy(run)),
        isCutInShow(saidBy(run)) && paragraph(typed(`logs ${itemName(item, current)} 100 ${run.run}`), ' shows all of its run.'),
      );
    }),
  );
}

/** A reason says more of a review than its closing words do. */
function saidBy({ closing = '', verdictReason = '' }: Run): string {
  return verdictReason === '' ? closing : verdictReason;
}

/** What people said to its agents, and of it to each other. */
function spokenOf(context: CommandContext, { project, number, told = [] }: WorkItem, reader: Reader): Document {
  const comments = context.reads.comments(project, number, MOST_ROWS);
  return doc(
    told.length > 0 && heading('Told to its agents'),
    told.length > 0 && list(told.slice(-MOST_ROWS).map((one) => toldWords(one, reader))),
    comments.length > 0 && heading('Comments'),
    comments.length > 0 && list(comments.map((one) => commentWords(one, reader))),
  );
}

/** Files that people sent with it, which its agents are given. */
function filesIn({ reads }: CommandContext, { project, number }: WorkItem, reader: Reader): Document {
  const files = reads.files.of(project, number);
  if (files.length === 0) return doc();
  return doc(heading(titleOf('Files', files.length)), list(files.slice(-MOST_ROWS).map((one) => fileWords(one, reader))));
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

/** ` (3 min)`; empty for what happened just now. */
function since(ms: number): string {
  return ms < JUST_NOW_MS ? '' : ` (${duration(ms)})`;
}
