import type { NotifyKind, NotifyStyle } from '../config/choices.ts';
import type { NameOf } from '../pipeline/actor.ts';
import type { ProjectSettings } from '../config/settings.ts';
import { crashPoint } from '../crash-point.ts';
import { follow, type Follower } from '../log/follow.ts';
import type { Log } from '../log/log.ts';
import type { Tx } from '../log/tx.ts';
import type { Occasion } from '../log/tables/button-messages.ts';
import type { Outgoing } from '../log/tables/outbox.ts';
import type { Address } from '../message/address.ts';
import { withoutActions } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { ItemEvent } from '../pipeline/events.ts';
import { KINDS, type NewsEvent } from '../pipeline/kinds.ts';
import type { QaMode, WorkItem } from '../pipeline/types.ts';
import { announcement } from './announce.ts';
import { inboxOf, isReadIn, isSameRoom, toldBy, type AnswerPlaces } from './answers.ts';
import { isNews, machineAnnouncement, type MachineNews } from './news.ts';

/** A room that gets a project's notices. */
export interface NotifiedRoom {
  readonly to: Address;
  /** The project that the room speaks of: items of others are named with their project. */
  readonly project: string | null;
  readonly notify: readonly NotifyKind[];
  readonly style: NotifyStyle;
  /** Its network has buttons, or reactions that stand for them. */
  readonly buttons: boolean;
  /** Its network's buttons carry their own command, so that a press means what its message showed then. */
  readonly pressable: boolean;
  /** When a message that comes at a time may be shown: that time, or the end of the room's quiet hours. */
  readonly notBefore: (now: number) => number;
}

export interface NotifyParts {
  readonly log: Log;
  readonly settingsOf: (project: string) => ProjectSettings | null;
  readonly roomsOf: (project: string) => readonly NotifiedRoom[];
  /** Each room of any project, once. */
  readonly allRooms: () => readonly NotifiedRoom[];
  readonly places: AnswerPlaces;
  /** IANA name: times are told in it. */
  readonly timezone: string;
  readonly nameOf: NameOf;
  readonly onError: (error: unknown) => void;
}

/** Where the answer to a command goes when it is a room's news as well. */
export type NewsPlace = Pick<Outgoing, 'to' | 'item' | 'inThread'>;

/** Follows the log for the rooms, and has the answers to commands take the place of their notices. */
export interface Notifying extends Follower {
  placeOf(tx: Tx, inbox: number, at: Address): NewsPlace | null;
  settle(tx: Tx, inbox: number): void;
}

/** Puts notices into the outbox in the transaction that moves its cursor, so that each event is reported once and in order. */
export function startNotify(parts: NotifyParts): Notifying {
  const follower = follow(
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
  return {
    get position() {
      return follower.position;
    },
    catchUp: () => follower.catchUp(),
    stop: () => follower.stop(),
    placeOf: (tx, inbox, at) => placeOf(parts, follower.position, tx, inbox, at),
    settle: (tx, inbox) => settle(parts, tx, inbox),
  };
}

/** Events looked at in one go for what a command did. */
const PAGE = 200;

function placeOf(parts: NotifyParts, position: number, tx: Tx, inbox: number, at: Address): NewsPlace | null {
  const { places, log } = parts;
  const [held] = tx.outbox.heldFor(inbox);
  const subject = held?.item ?? itemTold(parts, position, tx, inbox, at);
  if (subject === null || subject === undefined) return null;
  const room = parts.roomsOf(subject.project).find(({ to }) => isSameRoom(to, at));
  if (room === undefined) return null;
  const to = places.isPrivate(at) ? places.inPublic(at) : at;
  // It begins the item's thread, or stands beside it; an answer at an address of its own has to go there.
  const inThread = room.style === 'threads' && to.thread === null ? 'beside' : null;
  // Nothing may come before what was before it. Where this commit is shared, that can't be told yet.
  if (log.isShared && held === undefined && newsSince(position, tx).some((event) => inboxOf(event) !== inbox))
    throw new Error('notices of what was before are not stored yet');
  return { to, item: subject, inThread };
}

/** The item of which a room would be told that this message changed it, in the transaction that is open; null: of none. */
function itemTold(parts: NotifyParts, position: number, tx: Tx, inbox: number, at: Address): Outgoing['item'] {
  for (const event of newsSince(position, tx)) {
    if (inboxOf(event) !== inbox || event.item === null) continue;
    const room = parts.roomsOf(event.project).find(({ to }) => isSameRoom(to, at));
    if (room !== undefined && noticeOf(parts, event, room, tx) !== null) return { project: event.project, number: event.item };
  }
  return null;
}

function newsSince(position: number, tx: Tx): NewsEvent[] {
  const found: NewsEvent[] = [];
  for (let after = position; ;) {
    const events = tx.reads.events(after, PAGE);
    found.push(...events.filter(isNews));
    if (events.length < PAGE) return found;
    after = events.at(-1)?.seq ?? after;
  }
}

function settle({ places, log, roomsOf }: NotifyParts, tx: Tx, inbox: number): void {
  const held = tx.outbox.heldFor(inbox);
  const row = held.length === 0 ? null : tx.inbox.get(inbox);
  for (const { id, to, item } of held) {
    const room = item === null ? undefined : roomsOf(item.project).find((one) => isSameRoom(one.to, to));
    const about = item === null ? null : { project: item.project, item: item.number };
    if (row !== null && room !== undefined && about !== null && isReadIn(row, about, room, places, log.threads, tx)) tx.outbox.drop(id);
    else tx.outbox.release(id, tx.now);
  }
}

function tellOfMachine(parts: NotifyParts, event: MachineNews, tx: Tx): void {
  // A rate limit ends by itself; a missing login is somebody's to fix.
  const heading = event.kind === 'account.limited' && event.payload.signIn !== undefined ? 'failures' : KINDS[event.kind].news;
  if (heading === null) return;
  const asked = inboxOf(event);
  const from = asked === null ? null : (tx.inbox.get(asked)?.message.at ?? null);
  for (const room of concerned(parts, event)) {
    if (!room.notify.includes(heading)) continue;
    // The room in which a person asked for it reads it in the answer.
    if (from !== null && isSameRoom(from, room.to) && !parts.places.isPrivate(from)) continue;
    const body = machineAnnouncement(event, parts, room.project);
    if (body !== null) tell(room, body, null, tx);
  }
}

/** Whom an event that belongs to no item is of use to. */
function concerned({ settingsOf, roomsOf, allRooms }: NotifyParts, event: MachineNews): readonly NotifiedRoom[] {
  switch (event.kind) {
    case 'base.seen':
    case 'outage.met':
    case 'outage.over':
    case 'project.paused':
    case 'project.resumed':
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

interface Notice {
  readonly item: WorkItem;
  readonly body: Document;
  readonly kinds: readonly NotifyKind[];
}

/** What a room is told of an event; null: nothing. */
function noticeOf(parts: NotifyParts, event: NewsEvent & ItemEvent, room: NotifiedRoom, tx: Tx): Notice | null {
  const item = tx.reads.item(event.project, event.item);
  const settings = parts.settingsOf(event.project);
  if (item === null || settings === null || item.removal?.state === 'purged' || goesFurther(event, tx)) return null;
  const kinds = kindsOf(event, item, settings.qa);
  if (!kinds.some((kind) => room.notify.includes(kind))) return null;
  const body = announcement(event, {
    item,
    reads: tx.reads,
    maxRetries: settings.maxRetries,
    qaDefault: settings.qa,
    resolves: settings.agents.some(({ stage }) => stage === 'merge'),
    timezone: parts.timezone,
    nameOf: parts.nameOf,
    label: room.project === event.project ? String(event.item) : `${event.project}#${event.item}`,
    links: settings.links,
    buttons: room.buttons,
  });
  return body === null ? null : { item, body, kinds };
}

/** A command that moves an item twice, because the pipeline has no direct move, is told of once. */
function goesFurther(event: NewsEvent & ItemEvent, tx: Tx): boolean {
  if (event.kind !== 'item.moved' || inboxOf(event) === null) return false;
  const { cause, seq } = event;
  return tx.reads.history(event.project, event.item, 10).some((one) => one.kind === 'item.moved' && one.cause === cause && one.seq > seq);
}

function tellOfItem(parts: NotifyParts, event: NewsEvent & ItemEvent, tx: Tx): void {
  for (const room of parts.roomsOf(event.project)) {
    const told = toldBy(event, room, parts.places, parts.log.threads, tx);
    const notice = told.by === 'answer' ? null : noticeOf(parts, event, room, tx);
    if (notice === null) continue;
    const { item, body, kinds } = notice;
    if (hasCards(room) && isOnCard(event, kinds)) continue;
    const subject = { project: event.project, number: event.item };
    const where = isForAll(event, kinds) ? 'beside' : 'within';
    if (told.by === 'nobody yet') {
      // Its buttons would belong to a number that it does not keep.
      tell(room, withoutActions(body), subject, tx, where, told.inbox);
      continue;
    }
    const sent = tell(room, body, subject, tx, where);
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

function keyOf({ to }: NotifiedRoom): string {
  return JSON.stringify([to.transport, to.room]);
}

/** An account may serve agents of several projects, and all of them stand still with it. */
function usesAccount(settings: ProjectSettings | null, account: string): boolean {
  return settings?.agents.some(({ accounts }) => accounts?.some(({ name }) => name === account)) ?? false;
}

/** One message to one room, after its quiet hours; `where`: in a room that gathers each item's news in a thread; `awaits`: the message whose answer may say the same. */
export function tell(
  room: NotifiedRoom,
  body: Document,
  item: Outgoing['item'],
  tx: Pick<Tx, 'now' | 'outbox'>,
  where: 'within' | 'beside' = 'beside',
  awaits?: number,
): number {
  const notBefore = room.notBefore(tx.now);
  const inThread = room.style !== 'threads' || item === null ? null : where;
  return tx.outbox.add(
    {
      to: room.to,
      kind: 'notice',
      body,
      inbox: null,
      item,
      inThread,
      ...(notBefore > tx.now ? { notBefore } : {}),
      ...(awaits === undefined ? {} : { awaits }),
    },
    tx.now,
  );
}

/** Events that are shown in the room even if the item has a thread: merges, blocks, and anything that waits for a person. */
function isForAll(event: ItemEvent, kinds: readonly NotifyKind[]): boolean {
  if (event.kind === 'item.removed') return true;
  return kinds.includes('merges') || kinds.includes('approvals') || (event.kind === 'item.moved' && event.payload.to.name === 'archived');
}

/** Whether each item has a card in a room: one that asked for no stages has none, and is told of all else by messages. */
export function hasCards({ style, notify }: Pick<NotifiedRoom, 'style' | 'notify'>): boolean {
  return style === 'cards' && notify.includes('stages');
}

/** What an item's card shows already: that it goes on, tries again, or that a request was answered. */
function isOnCard(event: ItemEvent, kinds: readonly NotifyKind[]): boolean {
  if (event.kind === 'item.attempt_failed') return true;
  // Its question says itself who answered what.
  if (event.kind === 'request.closed') return event.payload.end !== 'expired';
  return event.kind === 'item.moved' && !isForAll(event, kinds) && event.payload.to.name !== 'backlog';
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
