import { Backoff, type BackoffRule } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { crashPoint } from '../crash-point.ts';
import { untilAborted } from '../until-aborted.ts';
import type { Address } from '../message/address.ts';
import type { Document } from '../message/document.ts';
import { simplified } from '../message/simplified.ts';
import type { Log } from '../log/log.ts';
import type { OutboxRow } from '../log/tables/outbox.ts';
import { tellOfLostAnswer, type LostAnswers } from './lost-answers.ts';
import { Away } from './awaiting-network.ts';
import { ItemThreads, type Threading } from './item-threads.ts';
import { LiveReplies } from './live-replies.ts';
import { RoomTurns } from './room-turns.ts';
import type { SendRateRule } from './send-rate.ts';
import { Returning } from './returning.ts';
import { isItsOwn, sendFailure } from './send-failure.ts';

/** What delivery needs of a transport: the part of the contract that sends. */
export interface SendingNetwork extends Threading {
  readonly name: string;
  readonly capabilities: Threading['capabilities'] & { readonly edits: boolean; readonly pace: SendRateRule };
  send(
    to: Address,
    body: Document,
    key: string,
    options: { readonly again: boolean; readonly broadcast: boolean },
  ): Promise<readonly MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
  /** Whether the network is there now. */
  health?(): { readonly state: string };
  /** Whether the network counts a message to this address against no room: an answer at an address of its own. */
  isApart?(to: Address): boolean;
}

interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

/**
 * Waits between tries of one message: 1, 2, 4 … seconds, at most a minute, for what a person writes meanwhile waits behind
 * it, and half to all of each; after 210 tries (about 3.5 hours at most) it is given up, loudly. Tries that say nothing of the
 * message itself do not count.
 */
const RETRIES: BackoffRule = { first: 1_000, longest: 60_000, jitter: 0.5 };
const MOST_TRIES = 210;
/** Such tries count up to here, for the waits grow by the same number. */
const MOST_UNCOUNTED = 10;

export interface DeliveryParts {
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to 1, for spreading retries. */
  readonly random: () => number;
  readonly transports: readonly SendingNetwork[];
  /** Whether a network has been connected since the start. Until then its messages wait: they have not even been tried. */
  readonly isOpen: (transport: string) => boolean;
  /** Told after each message that has left. */
  readonly onSent: (row: OutboxRow) => void;
  readonly onProblem: (row: OutboxRow, error: unknown, dead: boolean) => void;
  /** How whoever asked hears of an answer that no form of it could bring to them; without it nothing is said. */
  readonly lostAnswers?: LostAnswers;
}

/** Sends what is in the outbox: in order in each room, rooms and networks independent of each other. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #busy = new Map<string, Promise<void>>();
  /** What is shown of live replies. */
  readonly live: LiveReplies;
  /** Messages that were stored as begun and had no try yet, by number. */
  readonly #begun = new Set<number>();
  /** Networks that take nothing before a time: they said so. */
  readonly #paused = new Map<string, number>();
  readonly #wakes = new Set<() => void>();
  readonly #turns: RoomTurns;
  readonly #threads: ItemThreads;
  readonly #away: Away;
  readonly #returning: Returning;
  readonly #backoff: Backoff;
  #unlisten: (() => void) | null = null;
  #stopping = false;
  #stopped = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(RETRIES, parts.random);
    this.#threads = new ItemThreads(parts.log);
    this.#away = new Away({ clock: parts.clock, isThere: (name) => this.#isThere(name), onBack: () => this.#wake() });
    this.#returning = new Returning(parts);
    this.live = new LiveReplies(parts, this.#returning);
    this.#turns = new RoomTurns(parts.clock, parts.transports);
  }

  /** Sends queued messages; called when a network is connected. */
  wake(): void {
    this.#returning.look();
    this.#wake();
  }

  /** No live reply waits for its network any more: Musher is about to end, and the router waits for its commands first. */
  giveUpReturns(): void {
    this.#returning.stop();
  }

  start(): void {
    this.live.start();
    this.#returning.start();
    this.#unlisten = this.#parts.log.onOutbox(() => this.#wake());
    this.#wake();
  }

  /** Sends what can be sent now; then, or when `signal` aborts, stops. What is left waits in the outbox. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#stopping = true;
    this.giveUpReturns();
    this.#turns.hurry();
    this.#wake();
    while (this.#busy.size > 0 && !signal.aborted) {
      await Promise.race([Promise.all(this.#busy.values()), untilAborted(signal)]);
    }
    this.#stopped = true;
    this.#unlisten?.();
    for (const cancel of this.#wakes) cancel();
    this.#away.stop();
    this.#turns.stop();
  }

  /**
   * Whether a message to this address would be sent now, before anything else of its room: it needs no turn, and its network
   * is there. Such a message can be stored as begun (`Outbox.addBegun`).
   */
  maySendAtOnce(to: Address): boolean {
    const { isOpen, clock, log } = this.#parts;
    const transport = this.#transport(to.transport);
    if (transport === undefined || this.#stopping || transport.isApart?.(to) !== true || !isOpen(transport.name)) return false;
    if ((this.#paused.get(transport.name) ?? 0) > clock.now() || this.#busy.has(roomKey(transport, to.room))) return false;
    return log.outbox.isEmpty(transport.name, to.room) && this.#isThere(transport.name);
  }

  /** Sends a message that is stored as begun. */
  sendBegun(row: OutboxRow): void {
    const transport = this.#transport(row.to.transport);
    if (transport === undefined) return;
    this.#begun.add(row.id);
    const { room } = row.to;
    const key = roomKey(transport, room);
    // One that is at work in the room finds it.
    if (this.#busy.has(key) || this.#stopped) return;
    const leave = (): void => void this.#busy.delete(key);
    const further = (): Promise<void> | void =>
      this.#parts.log.outbox.isEmpty(transport.name, room) ? leave() : this.#sendRoom(transport, room, leave);
    this.#busy.set(key, this.#sendRow(transport, row).then(further));
  }

  #transport(name: string): SendingNetwork | undefined {
    return this.#parts.transports.find((transport) => transport.name === name);
  }

  /** One that says nothing of itself is. */
  #isThere(name: string): boolean {
    return (this.#transport(name)?.health?.().state ?? 'online') === 'online';
  }

  #wake(): void {
    if (this.#stopped) return;
    for (const transport of this.#parts.transports.filter(({ name }) => this.#parts.isOpen(name))) {
      for (const room of this.#parts.log.outbox.roomsWaiting(transport.name)) this.#pump(transport, room);
    }
  }

  #pump(transport: SendingNetwork, room: string): void {
    const key = roomKey(transport, room);
    if (this.#busy.has(key)) return;
    // It begins after it was put in, and takes itself out at the very moment it finds nothing to do: so that neither a
    // message that comes in then is overlooked, nor a room stays busy that nobody works for.
    this.#busy.set(
      key,
      Promise.resolve().then(() => this.#sendRoom(transport, room, () => this.#busy.delete(key))),
    );
  }

  async #sendRoom(transport: SendingNetwork, room: string, leave: () => void): Promise<void> {
    const { log, clock } = this.#parts;
    let hasTurn = false;
    for (;;) {
      const row = this.#untried(log.outbox.next(transport.name, room, clock.now()));
      if (row === null || this.#stopped) {
        const later = row === null ? log.outbox.scheduled(transport.name, room) : null;
        if (later !== null) this.#wakeAt(later);
        return leave();
      }
      const notBefore = Math.max(row.nextTry, this.#paused.get(transport.name) ?? 0, this.#away.until(transport.name, row.id));
      if (notBefore > clock.now()) {
        this.#wakeAt(notBefore);
        return leave();
      }
      if (!hasTurn && !isApart(transport, row)) {
        // Messages that were purged or rescheduled meanwhile are read again when their turn comes.
        hasTurn = await this.#turns.take(transport.name, room);
        if (!hasTurn) return leave();
        continue;
      }
      hasTurn = false;
      // Its first message was given up: there is nothing to edit.
      if (row.card !== null && log.cards.refOf(row.card) === null) this.#dropEdit(row.card, row.id);
      else await this.#sendRow(transport, row);
    }
  }

  #dropEdit(card: number, edit: number): void {
    const { log } = this.#parts;
    log.transaction((tx) => {
      tx.cards.lost(card);
      tx.outbox.drop(edit);
    });
  }

  /** A message that was stored as begun had no try yet. */
  #untried(row: OutboxRow | null): OutboxRow | null {
    return row !== null && this.#begun.has(row.id) ? { ...row, state: 'pending', attempts: 0 } : row;
  }

  async #sendRow(transport: SendingNetwork, row: OutboxRow): Promise<void> {
    const { log } = this.#parts;
    let thread = row.to.thread;
    let tried = row.state === 'sending';
    try {
      // An answer at an address of its own belongs to no thread, and nothing is waited for before it leaves.
      if (!this.#begun.has(row.id)) thread = await this.#threads.threadOf(transport, row);
      tried = true;
      const { id, attempts } = row;
      let { body } = row;
      // Read again, because a purge may have changed it while it waited for its turn.
      if (!this.#begun.delete(id)) body = await log.inSharedCommit(() => log.outbox.begin(id, attempts + 1, thread));
      crashPoint('after-outbox-sending');
      const refs = await this.#send(transport, { ...row, body, to: { ...row.to, thread } });
      crashPoint('after-send-before-mark');
      // Not worth a wait for the disk: where a power cut takes it back, the message was perhaps sent, and that is settled.
      await log.inSharedCommit(
        () =>
          log.transaction(() => {
            log.outbox.sent(id, refs);
            this.#threads.sent(row, refs[0]);
            if (row.inbox !== null) log.refusals.reached(row.inbox);
            // Of several messages it is not known which one has the buttons.
            if (refs.length === 1) log.buttons.shown(row.id, refs[0]);
            if (row.card !== null) log.cards.edited(row.card);
            else if (refs[0] !== undefined) log.cards.shown(row.id, refs[0]);
          }),
        false,
      );
      crashPoint('after-mark-sent');
      if (!isApart(transport, row)) this.#turns.sent(transport.name, row.to.room, refs.length);
      this.#parts.onSent(row);
    } catch (error) {
      if (thread !== null && sendFailure(error).threadGone) {
        log.transaction(() => {
          this.#threads.gone(row);
          log.outbox.redirect(row.id);
        });
        return;
      }
      this.#failed(row, error, tried);
    }
  }

  async #send(transport: SendingNetwork, row: OutboxRow): Promise<readonly MessageRef[]> {
    const { log } = this.#parts;
    if (row.card !== null) {
      // However often it arrives it shows the same: what an edit before came to need not be known. Written by `sent`.
      const ref = log.cards.refOf(row.card) as MessageRef;
      await transport.edit(ref, row.body);
      return [ref];
    }
    const live = row.inbox === null ? null : this.live.shownFor(row.inbox);
    if (live === null || row.inbox === null) {
      const broadcast = row.inThread === 'beside' && row.to.thread !== null;
      return transport.send(row.to, row.body, `outbox:${row.id}`, { again: row.state === 'sending', broadcast });
    }
    try {
      await transport.edit(live, row.body);
    } catch (error) {
      // Somebody has deleted what was shown, say: the answer is worth a message of its own.
      if (sendFailure(error).outcome !== 'rejected') throw error;
      this.live.replaced(row.inbox);
      return transport.send(row.to, row.body, `outbox:${row.id}`, { again: row.state === 'sending', broadcast: false });
    }
    this.live.replaced(row.inbox);
    return [live];
  }

  /** `tried`: it may have been sent, also by a try before. */
  #failed(row: OutboxRow, error: unknown, tried: boolean): void {
    const { clock, log } = this.#parts;
    const failure = sendFailure(error);
    const { outcome, retryAfterMs, everywhere } = failure;
    const isThere = this.#isThere(row.to.transport);
    const counts = isItsOwn(failure, isThere);
    const tries = counts ? row.attempts + 1 : Math.max(row.attempts, Math.min(row.attempts + 1, MOST_UNCOUNTED));
    const simple = outcome === 'rejected' ? simplified(row.body) : null;
    if (simple !== null) {
      // It may be its form that the network does not take; what it says is worth another try.
      log.outbox.simplify(row.id, simple);
      return this.#parts.onProblem(row, error, false);
    }
    const dead = outcome === 'rejected' || tries >= MOST_TRIES;
    if (dead && row.card !== null) {
      this.#dropEdit(row.card, row.id);
      return this.#parts.onProblem(row, error, false);
    }
    const until = clock.now() + (retryAfterMs ?? this.#backoff.after(row.attempts + 1));
    const isAway = !isThere && retryAfterMs === null;
    if (isAway) this.#away.wait(row.to.transport, row.id, until);
    else if (everywhere) this.#paused.set(row.to.transport, until);
    if (retryAfterMs !== null) this.#turns.refused(row.to.transport, row.to.room, until, everywhere);
    // What was perhaps sent stays `sending`: the next try settles that first.
    log.outbox.mark(
      row.id,
      dead ? 'dead' : outcome === 'unknown' && tried && row.card === null ? 'sending' : 'pending',
      tries,
      isAway ? 0 : until,
    );
    const { lostAnswers } = this.#parts;
    if (dead && lostAnswers !== undefined) tellOfLostAnswer(log, row, outcome === 'rejected', lostAnswers);
    this.#parts.onProblem(row, error, dead);
  }

  #wakeAt(time: number): void {
    const cancel = this.#parts.clock.at(time, () => {
      this.#wakes.delete(cancel);
      this.#wake();
    });
    this.#wakes.add(cancel);
  }
}

function roomKey(transport: SendingNetwork, room: string): string {
  return `${transport.name}\0${room}`;
}

function isApart(transport: SendingNetwork, row: OutboxRow): boolean {
  return transport.isApart?.(row.to) ?? false;
}
