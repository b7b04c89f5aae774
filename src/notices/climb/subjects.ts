import type { ProjectSettings } from '../../config/settings.ts';
import { decide, projectFacts } from '../../decide/facts.ts';
import type { Log } from '../../log/log.ts';
import type { Occasion } from '../../log/tables/button-messages.ts';
import type { TwoPersonQuestion } from '../../log/tables/two-person.ts';
import type { Tx } from '../../log/tx.ts';
import type { Document } from '../../message/document.ts';
import type { ClimbedStep } from '../../pipeline/events.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { climbedRequest, climbedReview, climbedSecond } from '../../words/steer/climb.ts';

/** Newest events of an item that are searched for the steps that were taken. */
const LOOKED_AT = 500;
/** Archived items that are looked at for those that are held for review. */
const ARCHIVE_LOOK = 200;

/** Where a question is read: how its item is named there, and for how long nobody has answered. */
export interface Asking {
  readonly label: (project: string, number: number) => string;
  readonly waitedMs: number;
  readonly now: number;
  readonly timezone: string;
}

/** What waits for people: a request of an agent, an item for its review, a command for its second person. */
export interface Subject {
  readonly project: string;
  /** Null: it is about no item. */
  readonly item: WorkItem | null;
  /** Ms since the epoch. */
  readonly since: number;
  /** Whom it is no use to ask: a person of the configuration. */
  readonly notFor: string | null;
  readonly occasion: Occasion;
  /** Steps that were taken, in their order. */
  readonly taken: readonly ClimbedStep[];
  stillWaits(tx: Tx): boolean;
  /** Notes a step in the same transaction as its message. */
  record(tx: Tx, step: ClimbedStep): void;
  asked(asking: Asking): Document;
}

/** All that waits for people in a project. */
export function subjectsOf(log: Log, settings: ProjectSettings, now: number): Subject[] {
  const { reads } = log;
  const requests = reads.requests.open(settings.name).flatMap((request) => {
    const item = reads.item(request.project, request.item);
    return item === null ? [] : [requestSubject(log, request, item)];
  });
  const facts = projectFacts(reads, settings, now);
  const reviews = [...reads.active(settings.name), ...reads.recentInStage(settings.name, 'archived', ARCHIVE_LOOK)]
    .filter((item) => isReviewed(item) && isAwaited(decide(reads, item, facts)))
    .map((item) => reviewSubject(log, item));
  const seconds = log.twoPerson
    .all()
    .filter(({ project, expiresAt }) => project === settings.name && expiresAt > now)
    .map((question) => secondSubject(log, question));
  return [...requests, ...reviews, ...seconds];
}

function isReviewed({ stage, deletedAt }: WorkItem): boolean {
  return deletedAt === null && (stage.name === 'qa' || (stage.name === 'archived' && stage.reason.kind === 'reviewHeld'));
}

function isAwaited(step: ReturnType<typeof decide>): boolean {
  return step.do === 'wait' && (step.for === 'approval' || step.reason.kind === 'held-for-review');
}

function requestSubject(log: Log, request: AgentRequest, item: WorkItem): Subject {
  return {
    ...ofItem(log, item, 'request', request.number),
    since: request.openedAt,
    occasion: { kind: 'request', number: request.number },
    stillWaits: (tx) => tx.reads.requests.get(request.number)?.state === 'open',
    asked: ({ label, waitedMs, timezone }) => climbedRequest(request, item, label(item.project, item.number), waitedMs, timezone),
  };
}

function reviewSubject(log: Log, item: WorkItem): Subject {
  const { project, number, stage, stageSince } = item;
  return {
    ...ofItem(log, item, 'review', stageSince),
    since: stageSince,
    occasion: { kind: 'item', project, number, stage: stage.name, since: stageSince },
    stillWaits(tx) {
      const now = tx.item(project, number);
      return now !== null && isReviewed(now) && now.stageSince === stageSince && now.held === null;
    },
    asked: ({ label, waitedMs }) => climbedReview(item, label(project, number), waitedMs),
  };
}

/** What both have that are about an item: their steps are events of it. */
function ofItem(
  { reads }: Log,
  item: WorkItem,
  of: 'request' | 'review',
  number: number,
): Pick<Subject, 'project' | 'item' | 'notFor' | 'taken' | 'record'> {
  const events = reads.history(item.project, item.number, LOOKED_AT);
  const taken = events.flatMap((event) =>
    event.kind === 'item.climbed' && event.payload.of === of && event.payload.number === number ? [event.payload] : [],
  );
  return {
    project: item.project,
    item,
    notFor: null,
    taken: taken.toReversed(),
    record(tx, step) {
      const { project, number: about } = item;
      tx.record({ project, item: about, actor: 'musher', cause: null, kind: 'item.climbed', payload: { of, number, ...step } });
    },
  };
}

function secondSubject({ reads }: Log, question: TwoPersonQuestion): Subject {
  const { id, project, person, expiresAt, items, askedAt, climbed } = question;
  const [about] = items;
  return {
    project,
    item: about === undefined ? null : reads.item(about.project, about.number),
    since: askedAt,
    // Whoever has typed it can't confirm it.
    notFor: person,
    occasion: { kind: 'two-person', id, expiresAt },
    taken: climbed,
    stillWaits: (tx) => tx.twoPerson.get(id) !== null && expiresAt > tx.now,
    record: (tx, step) => tx.twoPerson.climb(id, step),
    asked: ({ waitedMs, now }) => climbedSecond(question, waitedMs, expiresAt - now),
  };
}
