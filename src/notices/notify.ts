import type { NotifyKind, NotifyStyle } from '../config/choices.ts';
import type { ProjectSettings } from '../config/settings.ts';
import { crashPoint } from '../crash-point.ts';
import { follow, type Follower } from '../log/follow.ts';
import type { Log } from '../log/log.ts';
import type { Tx } from '../log/tx.ts';
import type { Occasion } from '../log/tables/button-messages.ts';
import type { Outgoing } from '../log/tables/outbox.ts';
import { timerOf, type Address } from '../message/address.ts';
import { withoutActions } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { ItemEvent } from '../pipeline/events.ts';
import { KINDS, type NewsEvent } from '../pipeline/kinds.ts';
import type { QaMode, WorkItem } from '../pipeline/types.ts';
import { announcement } from './announce.ts';
import { isNews, machineAnnouncement, type MachineNews } from './news.ts';

/** A room that is told of a project's events. */
export interface NotifiedRoom {
  readonly to: Address;
  /** The project that the room speaks of: items of others are named with their project. */
  readonly project: string | null;
  readonly notify: readonly NotifyKind[];
  readonly style: NotifyStyle;
  /** Its network has buttons, or reactions that stand for them. */
  readonly buttons: boolean;
  /** When a message that comes at a time may be shown: that time, or the end of the room's quiet hours. */
  readonly notBefore: (now: number) => number;
}

export interface NotifyParts {
  readonly log: Log;
  readonly settingsOf: (project: string) => ProjectSettings | null;
  readonly roomsOf: (project: string) => readonly NotifiedRoom[];
  /** Each room of any project, once. */
  readonly allRooms: () => readonly NotifiedRoom[];
  /** Whether an answer at this address is seen by the asker alone: the others in the room still have to be told. */
  readonly isPrivate: (to: Address) => boolean;
  /** IANA name: times are told in it. */
  readonly timezone: string;
  readonly onError: (error: unknown) => void;
}

/** Puts what rooms should know into the outbox, in the transaction that moves its cursor: each event is told once, in order. */
export function startNotify(parts: NotifyParts): Follower {
  return follow(
    parts.log,
    'notify',
    (event, tx) => {
      if (!isNews(event)) return;
      if (event.item === null) tellOfMachine(parts, event, tx);
      else tellOfItem(parts, event, tx);
    },
    parts.onError,
    isNews,
  );
}

function tellOfMachine(parts: NotifyParts, event: MachineNews, tx: Tx): void {
  const heading = KINDS[event.kind].news;
  const body = machineAnnouncement(event, parts.timezone);
  if (body === null || heading === null) return;
  for (const room of concerned(parts, event)) if (room.notify.includes(heading)) tell(room, body, null, tx);
}

/** Whom an event that belongs to no item is of use to. */
function concerned({ settingsOf, roomsOf, allRooms }: NotifyParts, event: MachineNews): readonly NotifiedRoom[] {
  switch (event.kind) {
    case 'base.seen':
    case 'outage.met':
    case 'outage.over':
      return roomsOf(event.project);
    case 'musher.recovered':
    case 'log.backup_failed':
      return allRooms();
    case 'account.limited': {
      const uses = (name: string): boolean => usesAccount(settingsOf(name), event.payload.account);
      const told = new Set(
        [...roomsOf(event.project), ...allRooms().filter(({ project }) => project !== null && uses(project))].map(keyOf),
      );
      return allRooms().filter((room) => told.has(keyOf(room)));
    }
  }
}

function tellOfItem({ settingsOf, roomsOf, isPrivate, timezone }: NotifyParts, event: NewsEvent & ItemEvent, tx: Tx): void {
  const item = tx.reads.item(event.project, event.item);
  const settings = settingsOf(event.project);
  if (item === null || settings === null || item.removal?.state === 'purged') return;
  const kinds = kindsOf(event, item, settings.qa);
  for (const room of roomsOf(event.project)) {
    if (!kinds.some((kind) => room.notify.includes(kind)) || isAnswered(event, room, isPrivate, tx)) continue;
    const label = room.project === event.project ? String(event.item) : `${event.project}#${event.item}`;
    const about = {
      item,
      reads: tx.reads,
      maxRetries: settings.maxRetries,
      qaDefault: settings.qa,
      resolves: settings.agents.some(({ stage }) => stage === 'merge'),
      timezone,
      label,
      links: settings.links,
      buttons: room.buttons,
    };
    const body = announcement(event, about);
    if (body === null) continue;
    const subject = { project: event.project, number: event.item };
    const sent = tell(room, body, subject, tx, isForAll(event, kinds) ? 'beside' : 'within');
    if (body.blocks.some(({ kind }) => kind === 'actions')) {
      const occasion: Occasion =
        event.kind === 'request.opened'
          ? { kind: 'request', number: event.payload.request }
          : { kind: 'item', ...subject, stage: item.stage.name, since: item.stageSince };
      tx.buttons.put(sent, room.to.transport, occasion, withoutActions(body), subject);
    }
    crashPoint('before-notification-commit');
  }
}

/** Whether the room reads the answer to the command that did this: one act is one message. An item's thread has all of its news. */
function isAnswered(
  { cause }: ItemEvent,
  { to, style }: NotifiedRoom,
  isPrivate: NotifyParts['isPrivate'],
  tx: Pick<Tx, 'inbox'>,
): boolean {
  if (style === 'threads') return false;
  const id = /^inbox:(\d+)$/.exec(cause ?? '')?.[1];
  const message = id === undefined ? null : (tx.inbox.get(Number(id))?.message ?? null);
  if (message?.at.transport !== to.transport || message.at.room !== to.room) return false;
  // A timer's answer is a message of the room, whatever the address was from which it was set.
  return timerOf(message) !== null || !isPrivate(message.at);
}

function keyOf({ to }: NotifiedRoom): string {
  return JSON.stringify([to.transport, to.room]);
}

/** An account may serve agents of several projects, and all of them stand still with it. */
function usesAccount(settings: ProjectSettings | null, account: string): boolean {
  return settings?.agents.some(({ accounts }) => accounts?.some(({ name }) => name === account)) ?? false;
}

/** One message to one room, after its quiet hours; `where`: in a room that gathers each item's news in a thread. */
export function tell(
  room: NotifiedRoom,
  body: Document,
  item: Outgoing['item'],
  tx: Pick<Tx, 'now' | 'outbox'>,
  where: 'within' | 'beside' = 'beside',
): number {
  const notBefore = room.notBefore(tx.now);
  const inThread = room.style === 'messages' || item === null ? null : where;
  return tx.outbox.add(
    { to: room.to, kind: 'notice', body, inbox: null, item, inThread, ...(notBefore > tx.now ? { notBefore } : {}) },
    tx.now,
  );
}

/** What nobody in the room should miss although the item has a thread: what is over, what stands still, what waits for a person. */
function isForAll(event: ItemEvent, kinds: readonly NotifyKind[]): boolean {
  if (event.kind === 'item.removed') return true;
  return kinds.includes('merges') || kinds.includes('approvals') || (event.kind === 'item.moved' && event.payload.to.name === 'archived');
}

/** Under which headings a room may have asked for an event. */
function kindsOf(event: ItemEvent, item: WorkItem, qaDefault: QaMode): NotifyKind[] {
  const { news } = KINDS[event.kind];
  if (event.kind !== 'item.moved') return news === null ? [] : [news];
  const { to, failure } = event.payload;
  const kinds: NotifyKind[] = ['stages'];
  if (failure !== null || (to.name === 'archived' && 'reason' in to.reason)) kinds.push('failures');
  if (to.name === 'done') kinds.push('merges');
  const asks = to.name === 'qa' && (item.qaMode ?? qaDefault) === 'human';
  if (asks || (to.name === 'archived' && to.reason.kind === 'reviewHeld')) kinds.push('approvals');
  return kinds;
}
