import { actorName } from '../../src/pipeline/actor.ts';
import { Delivery, type SendingNetwork } from '../../src/delivery/delivery.ts';
import { Log } from '../../src/log/log.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { keepCards } from '../../src/notices/cards.ts';
import { startNotify, type NotifiedRoom, type Notifying } from '../../src/notices/notify.ts';
import type { Actor } from '../../src/pipeline/actor.ts';
import type { ItemEventKind, ItemEvents, NewEvent } from '../../src/pipeline/events.ts';
import { numbered, projectSettings, SHA, testClock, type TestClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const PLACES = {
  isPrivate: ({ thread }: { readonly thread: string | null }) => thread === 'private',
  inPublic: <T extends { readonly thread: string | null }>(to: T): T => ({ ...to, thread: null }),
  threadOf: ({ thread }: { readonly thread: string | null }) => thread,
};
const ENDED = { reason: 'finished', exitCode: 0, resumeAt: null, turns: 3 } as const;

/** What a call to the network comes to: it is done, fails before or after it was done, or its process dies over it, before or after. */
export type Fate = 'done' | Error | { readonly after: Error } | 'dies before' | 'dies after';

/** A room on a network that edits, with Musher's cards, notices and delivery over a log in memory: the test is the engine, and can kill Musher. */
export class CardRoom {
  readonly clock: TestClock = testClock();
  readonly log = Log.inMemory(this.clock);
  /** What the room shows, by the network's name of each message. */
  readonly shown = new Map<string, string>();
  edits = 0;
  kills = 0;
  problems: string[] = [];
  isOpen = true;
  fate: () => Fate = () => 'done';
  readonly room: NotifiedRoom;
  #life = 0;
  #notify: Notifying | null = null;
  #cards: ReturnType<typeof keepCards> | null = null;
  #delivery: Delivery | null = null;

  readonly #network: SendingNetwork;

  /** `network`: another one than that of this room's own, which knows fates. */
  constructor(more: Partial<NotifiedRoom> = {}, network?: SendingNetwork) {
    this.#network = network ?? this.#own();
    this.room = {
      to: { transport: 'net', room: 'here', thread: null },
      project: 'shop',
      notify: ['stages', 'failures', 'approvals', 'merges', 'limits'],
      style: 'cards',
      buttons: true,
      pressable: true,
      notBefore: (now) => now,
      ...more,
    };
    this.start();
  }

  start(): void {
    const { log, clock, room } = this;
    const life = ++this.#life;
    const shared = {
      log,
      settingsOf: (name: string) => ({ ...projectSettings(name, '/shop'), qa: 'server' as const }),
      places: PLACES,
      timezone: 'UTC',
      nameOf: actorName,
    };
    this.#notify = startNotify({
      ...shared,
      roomsOf: () => [room],
      allRooms: () => [room],
      onError: (error) => {
        throw error;
      },
    });
    this.#cards = keepCards({
      ...shared,
      clock,
      roomsOf: () => [room],
      onProblem: (_what, error) => {
        throw error;
      },
    });
    this.#delivery = new Delivery({
      log,
      clock,
      random: () => 1,
      transports: [this.#network],
      isOpen: () => this.isOpen && life === this.#life,
      onSent: () => undefined,
      onProblem: (row, error) => void this.problems.push(`${row.kind} ${String(error)}`),
    });
    this.#delivery.start();
  }

  #own(): SendingNetwork {
    const call = (does: () => string): Promise<string> => {
      const fate = this.fate();
      // What a dead process did not hear of the network it never acts on.
      if (fate === 'dies before') return this.#die();
      if (fate instanceof Error) return Promise.reject(fate);
      const came = does();
      if (fate === 'dies after') return this.#die();
      return fate === 'done' ? Promise.resolve(came) : Promise.reject(fate.after);
    };
    const pace = { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 };
    return {
      name: 'net',
      capabilities: { edits: true, threads: false, broadcasts: false, pace },
      send: async (to, body, key) => {
        const id = await call(() => {
          // The same key never shows twice.
          if (!this.shown.has(key)) this.shown.set(key, plainText(body, { width: 40 }));
          return key;
        });
        return [{ transport: to.transport, room: to.room, id }];
      },
      edit: async ({ id }, body) => {
        await call(() => {
          if (!this.shown.has(id)) throw new Error(`an edit of ${id}, which is not there`);
          this.shown.set(id, plainText(body, { width: 40 }));
          this.edits += 1;
          return id;
        });
      },
    };
  }

  /** As if it had lost its power: nothing of what was under way goes on. */
  #die(): Promise<never> {
    this.kills += 1;
    this.#end();
    return new Promise(() => undefined);
  }

  #end(): void {
    this.#life += 1;
    this.#notify?.stop();
    this.#cards?.stop();
    const over = new AbortController();
    over.abort();
    void this.#delivery?.stop(over.signal);
    this.#delivery = null;
  }

  get isAlive(): boolean {
    return this.#delivery !== null;
  }

  close(): void {
    this.#end();
    this.log.close();
  }

  open(): void {
    this.isOpen = true;
    this.#delivery?.wake();
  }

  /** Lets cards be looked at, as much later. */
  async look(ms = 600): Promise<void> {
    await eventually(() => {
      if (this.#notify?.position !== this.log.reads.lastSeq()) throw new Error('not told yet');
    });
    this.clock.move(ms);
  }

  /** The same, and waits until all is sent. */
  async settle(ms = 600): Promise<void> {
    await this.look(ms);
    await eventually(() => {
      if (this.waiting > 0) throw new Error('not sent yet');
    });
  }

  /** The same where sendings fail and Musher dies: it is started again, and the clock goes on. */
  async survive(ms = 600): Promise<void> {
    if (!this.isAlive) this.start();
    await this.look(ms);
    await eventually(async () => {
      if (!this.isAlive) this.start();
      await this.look(1_000);
      await new Promise(setImmediate);
      if (!this.isAlive || this.waiting > 0) throw new Error('not sent yet');
    });
  }

  get waiting(): number {
    return this.log.outbox.open(this.room.to.transport, this.room.to.room, 10).length;
  }

  record<K extends ItemEventKind>(
    item: number,
    kind: K,
    payload: ItemEvents[K],
    actor: Actor = 'musher',
    cause: string | null = null,
  ): void {
    const event = { project: 'shop', item: numbered(item), actor, cause, kind, payload } as NewEvent;
    this.log.transaction((tx) => {
      if (event.kind === 'item.purged') tx.purge(event);
      else tx.record(event);
    });
  }

  make(item: number, title = 'Fix the login'): void {
    const criteria = ['one', 'two'].map((text) => ({ text, checked: false }));
    this.record(item, 'item.created', { type: 'story', title, description: '', criteria, dependsOn: [], qaMode: null });
  }

  /** Somebody typed a command about one item and was answered; gives what caused what follows from it. */
  answer(text: string, item: number, { thread = null as string | null, several = false } = {}): string {
    const at = { ...this.room.to, thread };
    const sender = { transport: 'net', id: 'a', name: 'Anna' };
    const about = { project: 'shop', number: item };
    return this.log.transaction((tx) => {
      const message = { id: `m${tx.reads.lastSeq()}`, at, sender, ingress: 'message' as const, text: `start ${item}` };
      const inbox = tx.inbox.receive(message, tx.now) ?? 0;
      tx.inbox.finish(inbox, 'ok');
      tx.outbox.add({ to: at, kind: 'reply', inbox, item: about, several, body: line(text) }, tx.now);
      return `inbox:${inbox}`;
    });
  }

  toCurrent(item: number, cause: string | null = null): void {
    const why = { kind: 'person', did: 'started' } as const;
    this.record(item, 'item.moved', { to: { name: 'current' }, why, failure: null }, 'person:anna', cause);
  }

  begin(item: number, run = 1, agent = 'coder-1'): void {
    this.record(item, 'run.pending', { run, agent, role: 'coder', stage: 'current', attempt: 1 });
    this.record(item, 'run.started', { run, pid: 99, pidStart: null, model: 'small', runtime: 'command', base: SHA });
  }

  finish(item: number, run = 1, closing = 'Added the tax column.'): void {
    const payload = { run, ...ENDED, summary: closing, verdict: null, closing };
    this.record(item, 'run.ended', payload, 'agent:coder-1');
    this.record(item, 'item.work_seen', { work: { branch: 'b', head: SHA, commitsAhead: 1 } });
  }

  fail(item: number, run = 1): void {
    const summary = 'no luck';
    this.record(item, 'run.ended', { run, ...ENDED, reason: 'failed', summary, verdict: null }, 'agent:coder-1');
    this.record(item, 'item.attempt_failed', { failure: { cause: 'run', summary, evidence: '' }, stage: 'current', attempt: run });
  }

  toMerge(item: number): void {
    this.record(item, 'item.moved', {
      to: { name: 'merge', branch: 'b', commitsAhead: 1 as never },
      why: { kind: 'gates-passed', gates: ['test'], commit: SHA },
      failure: null,
    });
  }

  merged(item: number): void {
    const to = { name: 'done', mergedAt: this.clock.now(), mergeCommit: SHA } as const;
    this.record(item, 'item.moved', { to, why: { kind: 'squashed', branch: 'main', afterRestart: false, checkout: null }, failure: null });
  }

  blocked(item: number): void {
    const to = { name: 'archived', archivedAt: this.clock.now(), reason: { kind: 'blocked', reason: 'no luck' } } as const;
    this.record(item, 'item.moved', { to, why: 'no luck', failure: null });
  }

  /** The messages that the room shows, in order. */
  get texts(): string[] {
    return [...this.shown.values()];
  }
}
