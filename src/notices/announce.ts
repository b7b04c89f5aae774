import { requestDocument, requestEnd } from '../words/request.ts';
import { requestName } from '../pipeline/requests.ts';
import type { ItemEvent } from '../pipeline/events.ts';
import { KINDS, type NewsEvent } from '../pipeline/kinds.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { LinkSettings } from '../config/settings.ts';
import { action, actions, code, doc, line, link, paragraph, strong, type Content } from '../message/build.ts';
import type { Block, Document } from '../message/document.ts';
import { SAME_FAILURES } from '../pipeline/same-failure.ts';
import type { QaMode, WorkItem } from '../pipeline/types.ts';
import { budgetCrossed, priceUnknown } from './announce-budget.ts';
import { timeOfDay } from './time-of-day.ts';
import { actorName, isPerson } from '../pipeline/actor.ts';

/** What a room needs to know to name an item: its project is said only where the room speaks of another. */
export interface Announced {
  readonly item: WorkItem;
  readonly reads: Reads;
  readonly maxRetries: number;
  readonly qaDefault: QaMode;
  /** IANA name: times are told in it. */
  readonly timezone: string;
  /** `42`, or `shop#42` in a room of another project. */
  readonly label: string;
  readonly links: LinkSettings;
  /** The room's network has buttons. */
  readonly buttons: boolean;
}

/** What rooms are told of an event: one line, and for failures what comes next. Null for what is nobody's news. */
export function announcement(event: ItemEvent & NewsEvent, about: Announced): Document | null {
  switch (event.kind) {
    case 'item.moved':
      return moved(event, about);
    case 'item.attempt_failed':
      return attemptFailed(event, about);
    case 'item.errand_failed':
      return line(...named(about), `: its merge could not be taken back: ${event.payload.why}. The base branch is as it was.`);
    case 'run.budget_crossed':
      return budgetCrossed(event, about.label, about.timezone);
    case 'run.price_unknown':
      return priceUnknown(event.payload.model);
    case 'request.opened':
      return asked(event, about);
    case 'request.closed':
      return answered(event, about);
    case 'request.refused':
      return line(...named(about), `: ${who(event.actor)} wanted ${event.payload.brief}, and was refused: ${event.payload.why}`);
    case 'item.removed':
      return line(
        ...named(about),
        ` was deleted, but not all of it is gone: ${event.payload.left.join('; ')}. `,
        code(`delete ${about.label}`),
        ' tries again.',
      );
  }
}

function named({ item, label, links }: Announced): Content[] {
  return [links.item === null ? strong(label) : link(links.item.replaceAll('{item}', String(item.number)), label), ` ${item.title}`];
}

/** A commit, which leads to its page where there is one. */
function commit(sha: string, { links }: Announced): Content {
  const short = sha.slice(0, 10);
  return links.commit === null ? code(short) : link(links.commit.replaceAll('{commit}', sha), short);
}

function moved(event: Extract<ItemEvent, { kind: 'item.moved' }>, about: Announced): Document {
  const { to, why, failure } = event.payload;
  const from = previousStage(event, about);
  const by = who(event.actor);
  const arrow = `: ${from} → ${to.name}`;
  if (to.name === 'done') return merged(event, about, arrow);
  if (to.name === 'archived') {
    const reason = 'reason' in to.reason ? to.reason.reason : '';
    const kind = {
      completed: 'accepted',
      abandoned: 'abandoned',
      superseded: 'superseded',
      blocked: 'blocked',
      mergeFailed: 'merge failed',
      reviewHeld: 'held for review',
    }[to.reason.kind];
    const next = nextAfter(to.reason.kind, about.label);
    const held = to.reason.kind === 'reviewHeld' && verdictButton(event, about, 'Accept', 'accept');
    return doc(paragraph(...named(about), `${arrow} (${kind}, ${by})${reason === '' ? '' : `: ${reason}.`} `, ...next), held);
  }
  const asks = to.name === 'qa' && (about.item.qaMode ?? about.qaDefault) === 'human';
  const next: Content[] = asks
    ? [
        '. ',
        code(`diff ${about.label}`),
        ' shows it; ',
        code(`approve ${about.label}`),
        ' or ',
        code(`reject ${about.label} <reason>`),
        '.',
      ]
    : [];
  const back = from === 'done' || from === 'archived' ? waitAgain(event, about) : [];
  const cause = caused(event.actor, failure === null ? why : failure.summary);
  return doc(
    paragraph(...named(about), `${arrow} (${cause})`, ...next, ...back),
    asks && verdictButton(event, about, 'Approve', 'approve'),
  );
}

/**
 * The button for a verdict, while the item still waits for it. It names project and commit: pressed late it must mean
 * neither another item, where the room was made to speak of another project, nor a commit that nobody looked at.
 */
function verdictButton(event: Extract<ItemEvent, { kind: 'item.moved' }>, about: Announced, label: string, words: string): Block | false {
  const { stage, stageSince, work, project, number } = about.item;
  if (!about.buttons || work === null || stage.name !== event.payload.to.name || stageSince !== event.at) return false;
  const command = `${words} ${project}#${number} ${work.head.slice(0, 10)}`;
  return actions({ ...action(label, command, 'primary'), typed: `${words} ${about.label}` });
}

/** Who counted on what was merged and is not any more. */
function waitAgain({ project, item }: ItemEvent, { reads }: Announced): Content[] {
  const waiting = reads.dependents(project, item).flatMap((number) => {
    const other = reads.item(project, number);
    return other === null || other.deletedAt !== null || other.stage.name === 'archived' ? [] : [other];
  });
  if (waiting.length === 0) return [];
  const numbers = (among: readonly WorkItem[]): string => among.map(({ number }) => number).join(', ');
  const onTop = waiting.filter(({ stage }) => stage.name === 'done');
  const others = waiting.filter(({ stage }) => stage.name !== 'done');
  const said = [
    others.length === 0
      ? ''
      : ` ${numbers(others)} ${others.length === 1 ? 'depends' : 'depend'} on it and ${others.length === 1 ? 'waits' : 'wait'} again.`,
    onTop.length === 0 ? '' : ` ${numbers(onTop)} ${onTop.length === 1 ? 'was' : 'were'} merged on top of it.`,
  ];
  return [`.${said.join('')}`];
}

/** The receipt: the commit, and each gate on the merged tree. */
function merged(event: Extract<ItemEvent, { kind: 'item.moved' }>, about: Announced, arrow: string): Document {
  const { to, why } = event.payload;
  if (to.name !== 'done') throw new Error('only merges have receipts');
  const gates = about.reads
    .receipts(event.project, event.item)
    .filter((receipt) => receipt.commit === to.mergeCommit)
    .map((receipt) => `${receipt.gate} exit ${receipt.exitCode} in ${(receipt.durationMs / 1000).toFixed(1)} s`);
  const proof = gates.length === 0 ? 'no gates are configured' : `on the merged tree: ${gates.join(', ')}`;
  return line(...named(about), `${arrow} as `, commit(to.mergeCommit, about), ` (${proof}; ${why})`);
}

function nextAfter(kind: string, label: string): Content[] {
  if (kind === 'blocked' || kind === 'mergeFailed') return [code(`why ${label}`), ' tells more; ', code(`retry ${label}`), ' tries again.'];
  if (kind === 'reviewHeld')
    return [code(`diff ${label}`), ' shows it; ', code(`accept ${label}`), ' or ', code(`reject ${label} <reason>`), '.'];
  return [];
}

function attemptFailed(event: Extract<ItemEvent, { kind: 'item.attempt_failed' }>, about: Announced): Document | null {
  // That it is blocked follows at once and says it all.
  if ((about.item.repeated?.times ?? 0) >= SAME_FAILURES) return null;
  const { failure, attempt, stage } = event.payload;
  const of = about.maxRetries + 1;
  const next =
    attempt >= of
      ? 'No attempts are left.'
      : failure.cause === 'conflict' && stage === 'merge'
        ? 'The conflict is worked on next.'
        : 'The next one gets the evidence.';
  return line(...named(about), `: attempt ${attempt} of ${of} in ${stage} failed: ${failure.summary}. ${next}`);
}

/** What an agent asks; nothing where it was answered before anybody could be told. */
function asked(event: Extract<ItemEvent, { kind: 'request.opened' }>, about: Announced): Document | null {
  const request = about.reads.requests.get(event.payload.request);
  if (request?.state !== 'open') return null;
  return requestDocument(request, named(about), timeOfDay(request.expiresAt, about.timezone));
}

function answered(event: Extract<ItemEvent, { kind: 'request.closed' }>, about: Announced): Document | null {
  const request = about.reads.requests.get(event.payload.request);
  if (request === null || request.state === 'open') return null;
  const name = `${requestName(request.number)} (${request.brief})`;
  return line(...named(about), `: ${name} ${requestEnd(request, who(event.actor).replace(/^by /, ''))}.`);
}

/** The stage before a move. What an item did most lately says it by itself; after an undo the item has to be made again. */
function previousStage(event: ItemEvent, { reads }: Announced): string {
  const before = reads
    .history(event.project, event.item, 200, event.seq)
    .find((earlier) => earlier.item !== null && KINDS[earlier.kind].steers === 'stage');
  if (before?.kind === 'item.moved') return before.payload.to.name;
  return reads.itemBefore(event.project, event.item, event.seq)?.stage.name ?? 'backlog';
}

/** Who or what caused a move. That a person did it is said by their name. */
function caused(actor: string, why: string): string {
  if (actor === 'musher') return why === '' ? 'Musher' : why;
  return why === '' || why.startsWith('a person ') ? who(actor) : `${who(actor)}: ${why}`;
}

function who(actor: string): string {
  return isPerson(actor) ? `by ${actorName(actor)}` : actorName(actor);
}
