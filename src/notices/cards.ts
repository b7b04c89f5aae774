import type { NameOf } from '../pipeline/actor.ts';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ProjectSettings } from '../config/settings.ts';
import { approvalOf } from '../decide/approval.ts';
import { itemBudget } from '../decide/budgets.ts';
import { decide, projectFacts, type ProjectFacts } from '../decide/facts.ts';
import type { Log } from '../log/log.ts';
import { MOST_EDITS } from '../log/tables/cards.ts';
import type { Answered } from '../log/tables/outbox.ts';
import type { ThreadKey } from '../log/tables/threads.ts';
import type { Tx } from '../log/tx.ts';
import type { Document } from '../message/document.ts';
import type { LoggedEvent } from '../pipeline/events.ts';
import { KINDS } from '../pipeline/kinds.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { totalTokens } from '../pipeline/usage.ts';
import { cardDocument, continuedCard } from '../words/item/card.ts';
import { inboxOf, isSameRoom } from './answers.ts';
import { hasCards, tell, type NotifiedRoom } from './notify.ts';

/** How long to wait after a commit: a burst of commits is one edit. */
const SOON_MS = 500;
/** How often time, cost and what the agent does last are shown anew during a run; of a run older than this, half as often. */
const TICK_MS = 30_000;
const YOUNG_MS = 5 * 60_000;
const PAGE = 500;
/** So many events are looked at again after a crash, at most. */
const UNSAID = 1_000;
const CURSOR = 'cards';

export interface CardParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly settingsOf: (project: string) => ProjectSettings | null;
  readonly roomsOf: (project: string) => readonly NotifiedRoom[];
  /** IANA name: times are told in it. */
  readonly timezone: string;
  readonly nameOf: NameOf;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** An item that may look different from what its cards show. */
interface Changed {
  readonly project: string;
  readonly number: number;
  /** It came to a stage, or a run began: then a card may begin. */
  begins: boolean;
  /** An agent began to work on it. */
  ran: boolean;
  /** The message in which a person asked for that; null: nobody did. */
  inbox: number | null;
}

interface Wanted {
  readonly key: ThreadKey;
  readonly room: NotifiedRoom;
  readonly item: WorkItem;
  readonly body: Document;
  readonly digest: string;
  readonly inbox: number | null;
}

/**
 * Keeps one live message for each started item in each room that wants cards. What a card shows is made anew from the log and
 * compared with what it shows: a crash between two looks loses nothing, and what shows the same is not edited.
 */
export function keepCards(parts: CardParts): { stop(): void } {
  const { log, clock, onProblem } = parts;
  let position = log.transaction((tx) => {
    const known = tx.cursor(CURSOR) ?? tx.reads.lastSeq();
    tx.moveCursor(CURSOR, known);
    return known;
  });
  let kept = position;
  let isStopped = false;
  let isDue = false;
  const lastTicks = new Map<string, number>();

  const look = (ticked: boolean): void => {
    if (isStopped) return;
    try {
      const { changed, last } = changedSince(log, position);
      if (ticked) for (const key of dueTicks(log, lastTicks, clock.now())) if (!changed.has(keyOf(key))) changed.set(keyOf(key), key);
      const wanted = wantedOf(parts, [...changed.values()]);
      if (wanted.length > 0 || last - kept >= UNSAID) {
        log.transaction((tx) => {
          for (const one of wanted) show(parts, one, tx);
          tx.moveCursor(CURSOR, last);
        });
        kept = last;
      }
      position = last;
    } catch (error) {
      // A full disk, say: nothing of it was kept, and the next look does it all.
      onProblem('the cards', error);
    }
  };
  let cancelSoon = (): void => undefined;
  const unlisten = log.onCommit(() => {
    if (isDue || isStopped) return;
    isDue = true;
    cancelSoon = clock.at(clock.now() + SOON_MS, () => {
      isDue = false;
      look(false);
    });
  });
  let cancelTick = (): void => undefined;
  const tick = (): void => {
    look(true);
    cancelTick = clock.at(clock.now() + TICK_MS, tick);
  };
  tick();
  return {
    stop() {
      // What they show now they show until the next start.
      look(false);
      isStopped = true;
      cancelSoon();
      cancelTick();
      unlisten();
    },
  };
}

function changedSince(log: Log, position: number): { changed: Map<string, Changed>; last: number } {
  const changed = new Map<string, Changed>();
  for (let last = position; ;) {
    const events = log.reads.events(last, PAGE);
    for (const event of events) note(changed, event);
    last = events.at(-1)?.seq ?? last;
    if (events.length < PAGE) return { changed, last };
  }
}

function note(changed: Map<string, Changed>, event: LoggedEvent): void {
  // Signs of life come by the tick.
  if (event.item === null || !KINDS[event.kind].inHistory) return;
  const fresh: Changed = { project: event.project, number: event.item, begins: false, ran: false, inbox: null };
  const known = changed.get(keyOf(fresh)) ?? fresh;
  if (KINDS[event.kind].steers !== null || event.kind === 'run.pending') {
    known.begins = true;
    // The last one: who made it a moment ago has an answer of another kind.
    known.inbox = inboxOf(event) ?? known.inbox;
  }
  if (event.kind === 'run.pending') known.ran = true;
  changed.set(keyOf(known), known);
}

/** Items with a run that are to be shown anew by now. */
function dueTicks(log: Log, lastTicks: Map<string, number>, now: number): Changed[] {
  const open = log.reads.allOpenRuns();
  const due = open.flatMap(({ project, item, pendingAt }) => {
    const one: Changed = { project, number: item, begins: false, ran: false, inbox: null };
    // Half a tick of tolerance: a timer is late at times.
    const every = now - pendingAt < YOUNG_MS ? 0 : 2 * TICK_MS - TICK_MS / 2;
    return now - (lastTicks.get(keyOf(one)) ?? 0) < every ? [] : [one];
  });
  const running = new Set(open.map(({ project, item }) => keyOf({ project, number: item })));
  for (const key of lastTicks.keys()) if (!running.has(key)) lastTicks.delete(key);
  for (const one of due) lastTicks.set(keyOf(one), now);
  return due;
}

/** The cards that have to change, or begin. */
function wantedOf(parts: CardParts, changed: readonly Changed[]): Wanted[] {
  const { log, clock, settingsOf, roomsOf } = parts;
  const known = new Map<string, ProjectFacts>();
  return changed.flatMap(({ project, number, begins, ran, inbox }): Wanted[] => {
    const settings = settingsOf(project);
    const item = log.reads.item(project, number);
    if (settings === null || item === null || item.removal?.state === 'purged') return [];
    const rooms = roomsOf(project).filter(hasCards);
    return rooms.flatMap((room) => {
      const key = { transport: room.to.transport, room: room.to.room, project, item: number };
      const card = log.cards.get(key);
      // One that began and was over between two looks, which a full disk can hold up, has its card too.
      if (card === null && !(begins && (isUnderWay(item) || (ran && item.deletedAt === null)))) return [];
      const facts = known.get(project) ?? projectFacts(log.reads, settings, clock.now());
      known.set(project, facts);
      const body = bodyOf(parts, settings, item, facts, room);
      const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16);
      return card?.digest === digest ? [] : [{ key, room, item, body, digest, inbox }];
    });
  });
}

function isUnderWay({ stage, deletedAt }: WorkItem): boolean {
  return deletedAt === null && (stage.name === 'current' || stage.name === 'qa' || stage.name === 'merge');
}

function bodyOf(
  { log, timezone, clock, nameOf }: CardParts,
  settings: ProjectSettings,
  item: WorkItem,
  facts: ProjectFacts,
  room: NotifiedRoom,
): Document {
  const { reads } = log;
  const budget = itemBudget(reads, item, settings.budget, facts.today.open());
  const spend = reads.spend.ofItem(item.project, item.number);
  return cardDocument(
    {
      item,
      step: decide(reads, item, facts),
      run: item.runs === 0 ? null : reads.run(item.project, item.number, item.runs),
      spent: { microUsd: spend.microUsd, tokens: totalTokens(spend) },
      cap: budget.caps.microUsd,
      reviewed: (item.qaMode ?? settings.qa) !== 'server',
      approval: approvalOf(reads, item),
      pressable: room.pressable,
    },
    { current: room.project ?? '', now: clock.now(), timezone, nameOf },
  );
}

function show({ timezone, nameOf }: CardParts, { key, room, item, body, digest, inbox }: Wanted, tx: Tx): void {
  const card = tx.cards.get(key);
  // One may be on its way besides the one that says where it continues.
  if (card !== null && card.edits < MOST_EDITS - 2) return tx.cards.change(key, card, body, digest, tx.now);
  if (card !== null) {
    const reader = { current: room.project ?? '', now: tx.now, timezone, nameOf };
    tx.cards.change(key, card, continuedCard(item, reader), '', tx.now);
  }
  const answer = card === null && inbox !== null ? tx.outbox.answerTo(inbox) : null;
  if (answer !== null && becomesCard(answer, room, item)) return tx.cards.adopt(key, answer.id, body, digest, tx.now);
  tx.cards.begin(key, tell(room, body, { project: item.project, number: item.number }, tx), digest);
}

/** Whether the answer to whoever started an item, which is in the room and about this item alone, becomes its card: one act is one message. */
function becomesCard(answer: Answered, room: NotifiedRoom, item: WorkItem): boolean {
  const isIts = answer.item?.project === item.project && answer.item.number === item.number && answer.several !== true;
  // An answer for one person, or in a thread, has a thread.
  return isIts && answer.state !== 'dead' && answer.to.thread === null && isSameRoom(answer.to, room.to);
}

function keyOf({ project, number }: { readonly project: string; readonly number: number }): string {
  return `${project}#${number}`;
}
