import { rejectButton } from '../words/item/card.ts';
import { labelOf, shortCommit } from '../words/item/item.ts';
import { counted, money } from '../words/amounts.ts';
import { causeWords, checkoutWords, isPersonsAct } from '../words/item/causes.ts';
import { leftoverWords, setAsideWords } from '../words/item/event.ts';
import { requestDocument, requestEnd, unaskedWords } from '../words/item/request.ts';
import { dayAndTime, duration } from '../words/time.ts';
import { requestName } from '../pipeline/requests.ts';
import type { ItemEvent } from '../pipeline/events.ts';
import { KINDS, type NewsEvent } from '../pipeline/kinds.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { LinkSettings } from '../config/settings.ts';
import { action, actions, code, command, doc, line, link, paragraph, strong, type Content } from '../message/build.ts';
import type { Block, Document } from '../message/document.ts';
import { SAME_FAILURES } from '../pipeline/why/same-failure.ts';
import type { QaMode, WorkItem } from '../pipeline/types.ts';
import { budgetCrossed, priceUnknown } from './announce-budget.ts';

import { actorName, isPerson, type NameOf } from '../pipeline/actor.ts';
import { lastReport } from '../decide/report.ts';
import { approvalOf } from '../decide/approval.ts';
import { saidBriefly, saidFurther } from '../words/item/closing.ts';
import { errandWords, failureWords, faultWords } from '../words/item/faults.ts';
import { addWords, hasNothingToMerge, reviewWords } from '../words/item/reasons.ts';

/** What a room needs to know to name an item: its project is said only where the room speaks of another. */
export interface Announced {
  readonly item: WorkItem;
  readonly reads: Reads;
  readonly maxRetries: number;
  readonly qaDefault: QaMode;
  /** An agent is configured that resolves conflicts. */
  readonly resolves: boolean;
  /** IANA name: times are told in it. */
  readonly timezone: string;
  readonly nameOf: NameOf;
  /** As it is typed: `42`, or `shop#42` in a room of another project. */
  readonly label: string;
  readonly links: LinkSettings;
  /** The room's network has buttons. */
  readonly buttons: boolean;
}

/** Newest events before a move to search for the end of the run that led to it: gates come between. */
const LOOKED_BACK = 50;

type Moved = Extract<ItemEvent, { kind: 'item.moved' }>;

/** The notice about an event: the item's state, the reason and, if a person is needed, what to type. Null: nobody needs to know. */
export function announcement(event: ItemEvent & NewsEvent, about: Announced): Document | null {
  switch (event.kind) {
    case 'item.moved':
      return moved(event, about);
    case 'item.attempt_failed':
      return attemptFailed(event, about);
    case 'item.errand_failed':
      return line(
        '✗ ',
        ...named(about),
        `: its merge could not be reverted: ${errandWords(event.payload.why, about.nameOf)}. The base branch is unchanged.`,
      );
    case 'run.budget_crossed':
      return budgetCrossed(event, about.label, about);
    case 'run.price_unknown':
      return priceUnknown(event.payload.model);
    case 'request.opened':
      return asked(event, about);
    case 'request.closed':
      return answered(event, about);
    case 'request.refused':
      return line(
        ...named(about),
        `: ${actorName(event.actor)} asked for ${event.payload.brief} and was refused: ${unaskedWords(event.payload.why)}.`,
      );
    case 'item.set_aside':
      return line('! ', ...named(about), `: Musher ${setAsideWords(event.payload.what)}. Check that folder before you delete it.`);
    case 'item.removed':
      return line(
        '✗ ',
        ...named(about),
        ` was deleted, but the clean-up is incomplete: ${event.payload.left.map(leftoverWords).join('; ')}. `,
        command(`delete ${about.label}`),
        ' tries again.',
      );
  }
}

function named({ item, label, links }: Announced): Content[] {
  const name = labelOf(label);
  return [
    links.item === null ? strong(name) : link(links.item.replaceAll('{item}', String(item.number)), name),
    ...(item.title === '' ? [] : [` ${item.title}`]),
  ];
}

/** Another item of the same project, as that room names it. */
function other(number: number, { item, label }: Announced): string {
  return labelOf(label.includes('#') ? `${item.project}#${number}` : String(number));
}

/** A commit, which leads to its page where there is one. */
function commit(sha: string, { links }: Announced): Content {
  const short = shortCommit(sha);
  return links.commit === null ? code(short) : link(links.commit.replaceAll('{commit}', sha), short);
}

function moved(event: Moved, about: Announced): Document {
  switch (event.payload.to.name) {
    case 'done':
      return merged(event, about);
    case 'archived':
      return archived(event, about);
    case 'qa':
      return toQa(event, about);
    case 'backlog':
    case 'current':
    case 'merge':
      return doc(paragraph(...named(about), `: ${arrived(event, about)}.`, ...waitAgain(event, about)), said(event, about));
  }
}

/** Where it came to and by whom or why: `started by anna`, `back in current, gate test failed …`. */
function arrived(event: Moved, about: Announced): string {
  const { to, why, failure } = event.payload;
  const cause = causeWords(why, failureWords(failure, about.nameOf));
  const by = event.actor === 'musher' ? '' : ` by ${about.nameOf(event.actor)}`;
  const from = previousStage(event, about);
  const begun = from === 'backlog' && to.name === 'current';
  const what = begun
    ? 'started'
    : to.name === 'merge'
      ? 'queued to merge'
      : from === 'merge' || from === 'qa' || from === 'done'
        ? `back in ${to.name}`
        : `moved to ${to.name}`;
  if (isPersonsAct(why) && why.did !== 'moved' && why.did !== 'started')
    return `${why.did}${by}, ${what === `moved to ${to.name}` ? `now in ${to.name}` : what}`;
  // The one who reverted or rejected it is named by the failure.
  const named_ = failure !== null && typeof failure.summary !== 'string' && failure.summary.kind === 'merge-reverted' ? '' : by;
  if (typeof why !== 'string' && why.kind === 'approved') return `approved${by}, ${what}`;
  return `${what}${named_}${cause === '' ? '' : `, ${cause}`}`;
}

function toQa(event: Moved, about: Announced): Document {
  const { why, failure } = event.payload;
  const cause = causeWords(why, failureWords(failure, about.nameOf));
  const asks = (about.item.qaMode ?? about.qaDefault) === 'human';
  const by = event.actor === 'musher' ? '' : `, moved there by ${about.nameOf(event.actor)}`;
  if (!asks) return doc(paragraph(...named(about), `: in review${by}${cause === '' ? '' : `, ${cause}`}.`), said(event, about));
  const n = about.label;
  return doc(
    paragraph('! ', ...named(about), `: waiting for review${by}${cause === '' ? '' : `, ${cause}`}. `, ...reviewWords(n, 'approve')),
    said(event, about),
    verdictButtons(event, about, 'Approve', 'approve'),
  );
}

function archived(event: Moved, about: Announced): Document {
  const { to, failure } = event.payload;
  if (to.name !== 'archived') throw new Error('only what is archived comes here');
  const n = about.label;
  const by = event.actor === 'musher' ? '' : ` by ${about.nameOf(event.actor)}`;
  const { reason } = to;
  switch (reason.kind) {
    case 'completed':
      if (typeof event.payload.why !== 'string' && event.payload.why.kind === 'reported') return reported(event, about);
      return line('✓ ', ...named(about), `: accepted${by} and archived.`);
    case 'abandoned':
      return line(...named(about), `: abandoned${by}.`);
    case 'superseded':
      return line(...named(about), `: replaced by ${other(reason.by, about)}.`);
    case 'reviewHeld':
      return doc(
        paragraph(
          '! ',
          ...named(about),
          ` is held for review${because(causeWords(reason.reason, failureWords(failure, about.nameOf)))}. `,
          ...reviewWords(n, 'accept'),
        ),
        said(event, about),
        verdictButtons(event, about, 'Accept', 'accept'),
      );
    case 'blocked':
    case 'mergeFailed': {
      const logs: Content[] = about.item.runs === 0 ? [] : [command(`logs ${n}`), ' shows the last run, '];
      const canRetry = !hasNothingToMerge(reason);
      return doc(
        paragraph(
          '✗ ',
          ...named(about),
          ` is blocked${because(causeWords(reason.reason, failureWords(failure, about.nameOf)))}. `,
          ...logs,
          ...(canRetry ? [command(`retry ${n}`), ' tries again.'] : addWords(n)),
        ),
        canRetry && retryButton(event, about),
      );
    }
  }
}

/** What a spike has found out: the first lines, what it has cost, and where the rest is. */
function reported(event: Moved, about: Announced): Document {
  const { item, reads, label } = about;
  const agent = actorName(event.actor);
  const met = item.criteria.filter(({ checked }) => checked).length;
  const { microUsd } = reads.spend.ofItem(event.project, event.item);
  const facts = [
    ...(item.criteria.length === 0 ? [] : [`${met} of ${item.criteria.length} criteria met`]),
    ...(microUsd > 0 ? [money(microUsd)] : []),
  ];
  const commits = item.work?.commitsAhead ?? 0;
  return doc(
    paragraph('✓ ', ...named(about), `: report by ${agent}`, ...facts.map((fact) => ` · ${fact}`)),
    saidBriefly(agent, lastReport(reads, item)?.report ?? ''),
    paragraph(
      command(`report ${label}`),
      ' shows all of it.',
      ...(commits === 0 ? [] : [` ${counted(commits, 'commit')} not merged: `, command(`snapshots ${label}`), ' has them.']),
    ),
  );
}

function because(cause: string): string {
  return cause === '' ? '' : `: ${cause}`;
}

/**
 * The buttons for a verdict, while the item still waits for it. They name the project, and approval the commit: pressed late it must mean
 * neither another item, where the room was made to speak of another project, nor a commit that nobody looked at.
 */
function verdictButtons(event: Moved, about: Announced, label: string, words: string): Block | false {
  const { stage, stageSince, work, project, number } = about.item;
  if (!about.buttons || work === null || stage.name !== event.payload.to.name || stageSince !== event.at) return false;
  const typed = `${words} ${project}#${number} ${work.head.slice(0, 10)}`;
  return actions({ ...action(label, typed, 'primary'), typed: `${words} ${about.label}` }, rejectButton(about.item, about.label));
}

/** For what is blocked, while it is. */
function retryButton(event: Moved, { item, label, buttons }: Announced): Block | false {
  if (!buttons || item.stage.name !== 'archived' || item.stageSince !== event.at) return false;
  return actions({ ...action('Retry', `retry ${item.project}#${item.number}`, 'primary'), typed: `retry ${label}` });
}

/** What whoever brought it there said: the agent that ended its run, the reviewer, or who rejected it in more than one line. */
function said(event: Moved, { item, reads, nameOf }: Announced): Block | false {
  const { actor, seq } = event;
  const { to, failure } = event.payload;
  if (failure?.cause === 'rejected' && isPerson(actor)) return saidFurther(failure.evidence);
  if (failure === null && isPerson(actor)) return to.name === 'merge' && saidBriefly(nameOf(actor), approvalReason(event, reads));
  if (failure !== null) return false;
  const ended = reads.history(item.project, item.number, LOOKED_BACK, seq).find(({ kind }) => kind === 'run.ended');
  if (ended?.kind !== 'run.ended' || ended.payload.reason !== 'finished') return false;
  const { verdict, verdictReason = '', closing = '' } = ended.payload;
  const agent = actorName(ended.actor);
  // A program that repeats what it was given to do has said nothing new.
  if (verdict === null) return closing !== item.title && saidBriefly(agent, closing);
  return to.name === 'merge' && saidBriefly(agent, verdictReason);
}

/** Why a person let it pass, where they said so. */
function approvalReason({ project, item, seq, cause }: Moved, reads: Announced['reads']): string {
  const accepted = reads.history(project, item, LOOKED_BACK, seq).find((event) => event.kind === 'item.accepted' && event.cause === cause);
  return accepted?.kind === 'item.accepted' ? (accepted.payload.reason ?? '') : '';
}

/** Who counted on what was merged and is not any more. */
function waitAgain(event: Moved, about: Announced): Content[] {
  const from = previousStage(event, about);
  if (from !== 'done' && from !== 'archived') return [];
  const { project, item } = event;
  const { reads } = about;
  const waiting = reads.dependents(project, item).flatMap((number) => {
    const found = reads.item(project, number);
    return found === null || found.deletedAt !== null || found.stage.name === 'archived' ? [] : [found];
  });
  const numbers = (among: readonly WorkItem[]): string => among.map(({ number }) => other(number, about)).join(', ');
  const onTop = waiting.filter(({ stage }) => stage.name === 'done');
  const others = waiting.filter(({ stage }) => stage.name !== 'done');
  return [
    ...(others.length === 0
      ? []
      : [` ${numbers(others)} ${others.length === 1 ? 'depends' : 'depend'} on it and ${others.length === 1 ? 'waits' : 'wait'} again.`]),
    ...(onTop.length === 0 ? [] : [` ${numbers(onTop)} ${onTop.length === 1 ? 'was' : 'were'} merged on top of it.`]),
  ];
}

/** The receipt: the branch, the commit, each gate on the merged tree, and what the item has cost. */
function merged(event: Moved, about: Announced): Document {
  const { to, why } = event.payload;
  if (to.name !== 'done') throw new Error('only merges have receipts');
  const { reads } = about;
  const gates = reads
    .receipts(event.project, event.item)
    .filter((receipt) => receipt.commit === to.mergeCommit)
    .map((receipt) => `${receipt.gate} passed (${duration(receipt.durationMs)})`);
  const approval = approvalOf(reads, about.item);
  const { microUsd } = reads.spend.ofItem(event.project, event.item);
  const cause = typeof why === 'string' ? null : why;
  const branch = cause?.kind === 'squashed' || cause?.kind === 'already-merged' ? ` into ${cause.branch}` : '';
  const facts = [
    gates.length === 0 ? 'no gates configured' : gates.join(', '),
    ...(approval === null ? [] : [`approved by ${about.nameOf(approval.by)}`]),
    ...(microUsd > 0 ? [money(microUsd)] : []),
    ...(cause?.kind === 'already-merged' ? ['its changes were there already'] : []),
    ...(cause?.kind === 'squashed' && cause.afterRestart ? ['found after a restart'] : []),
  ];
  const checkout: Content[] = cause?.kind === 'squashed' && cause.checkout !== null ? ['. ', ...checkoutWords(cause.checkout)] : [];
  return line('✓ ', ...named(about), ` merged${branch} · `, commit(to.mergeCommit, about), ` · ${facts.join(' · ')}`, ...checkout);
}

/** Null where what follows at once says it all: the item is blocked, or goes back to current for want of an agent that resolves conflicts. */
function attemptFailed(event: Extract<ItemEvent, { kind: 'item.attempt_failed' }>, about: Announced): Document | null {
  const { item } = about;
  const { failure, attempt, stage } = event.payload;
  const of = about.maxRetries + 1;
  const resolving = failure.cause === 'conflict' && stage === 'merge';
  const last = attempt >= of || (item.repeated?.times ?? 0) >= SAME_FAILURES;
  const isBlocked = item.stage.name === 'archived' && item.stageSince >= event.at;
  if ((last || (resolving && !about.resolves)) && item.held === null && item.deletedAt === null) return null;
  if (isBlocked) return null;
  const words = faultWords(failure.summary, about.nameOf);
  if (resolving) return line(...named(about), ` ${words}. The merge agent is resolving it (attempt ${attempt} of ${of}).`);
  const next = last ? '' : ` Trying again (attempt ${attempt + 1} of ${of}).`;
  return line(...named(about), `: ${words}.${next}`);
}

/** What an agent asks; nothing where it was answered before anybody could be told. */
function asked(event: Extract<ItemEvent, { kind: 'request.opened' }>, about: Announced): Document | null {
  const request = about.reads.requests.get(event.payload.request);
  if (request?.state !== 'open') return null;
  return requestDocument(request, ['! ', ...named(about)], [dayAndTime(request.expiresAt, about.timezone)]);
}

function answered(event: Extract<ItemEvent, { kind: 'request.closed' }>, about: Announced): Document | null {
  const request = about.reads.requests.get(event.payload.request);
  if (request === null || request.state === 'open') return null;
  const name = `${requestName(request.number)} (${request.brief})`;
  return line(...named(about), `: ${name} ${requestEnd(request, about.nameOf(event.actor))}.`);
}

/** The stage before a move. What an item did most lately says it by itself; after an undo the item has to be made again. */
function previousStage(event: ItemEvent, { reads }: Announced): string {
  const before = reads
    .history(event.project, event.item, 200, event.seq)
    .find((earlier) => earlier.item !== null && KINDS[earlier.kind].steers === 'stage');
  if (before?.kind === 'item.moved') return before.payload.to.name;
  return reads.itemBefore(event.project, event.item, event.seq)?.stage.name ?? 'backlog';
}
