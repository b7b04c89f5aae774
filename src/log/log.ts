import { join } from 'node:path';
import { crashPoint } from '../crash-point.ts';
import type { Clock } from '../clock.ts';
import { MusherError } from '../errors.ts';
import { NOTHING_SECRET, type Redactor } from '../redaction/redactor.ts';
import { ok, type Result } from '../result.ts';
import type { LoggedEvent, NewEvent } from '../pipeline/events.ts';
import type { TransitionError } from '../pipeline/transition.ts';
import type { ItemNumber } from '../pipeline/values.ts';
import { Confirmations } from './tables/confirmations.ts';
import { assertDurable, isSqliteError, openDatabase, type Db } from './database.ts';
import { EventStore } from './events.ts';
import { GroupCommit } from './group-commit.ts';
import { Inbox } from './tables/inbox.ts';
import { migrate } from './schema/migrations.ts';
import { ButtonMessages } from './tables/button-messages.ts';
import { Outbox } from './tables/outbox.ts';
import { makePrivateFile } from './private-dir.ts';
import { Projector } from './projections/projector.ts';
import { PURGED_NOTICE, purgeItem, withoutWords } from './purge.ts';
import { Reads } from './reads/reads.ts';
import { TransientRetries } from './retry-transient.ts';
import { Refusals } from './tables/refusals.ts';
import { NoticeCooldowns } from './tables/cooldowns.ts';
import { Cards } from './tables/cards.ts';
import { Threads } from './tables/threads.ts';
import { TEXT_INDEXES } from './search/tables.ts';
import { Talk } from './search/talk.ts';
import { TwoPersonQuestions } from './tables/two-person.ts';
import { WindowMessages } from './tables/window-messages.ts';
import { Windows } from './tables/windows.ts';
import { People } from './tables/people.ts';
import type { CommitListener, StateStore, Tx } from './tx.ts';

export const DATABASE_FILE = 'musher.sqlite';
/** Scope of what people have looked for, and not read to its end yet. */
export const SEARCHES = 'searches';
/** What people said to Musher is found for a year. */
const TALK_KEPT_MS = 365 * 24 * 60 * 60_000;
/** This cursor exists while purged text may still be in the file, so that a crash before `scrub` can't leave it there. */
const SCRUB_DUE = 'scrub-due';

/**
 * The log: the only source of truth, in one SQLite file with one writing connection. Appends, projections, inbox and
 * outbox rows go through `transaction` and commit together.
 */
export class Log {
  readonly reads: Reads;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly confirmations: Confirmations;
  readonly twoPerson: TwoPersonQuestions;
  readonly people: People;
  readonly #cooldowns: NoticeCooldowns;
  readonly threads: Threads;
  readonly cards: Cards;
  readonly talk: Talk;
  readonly buttons: ButtonMessages;
  readonly refusals: Refusals;
  readonly windows: Windows;
  readonly windowMessages: WindowMessages;
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #events: EventStore;
  readonly #projector: Projector;
  readonly #listeners = new Set<CommitListener>();
  readonly #outboxListeners = new Set<() => void>();
  readonly #getCursor;
  readonly #setCursor;
  readonly #dropCursor;
  readonly #forgetSearches;
  readonly #redactor: Redactor;
  readonly #commits = new GroupCommit((run, isDurable) => this.#together(run, isDurable));
  /** Made once: the library prepares four functions for each that it makes. */
  readonly #within;
  #inTransaction = false;
  /** While several transactions share a commit: the listeners to call after it. */
  #untold: (() => void)[] | null = null;
  #closed = false;

  /** Opens, or makes, the log of a data directory that the caller owns (`takeOwnership`). What `redactor` knows as secret does not come into it. */
  static open(dataDir: string, clock: Clock, redactor: Redactor = NOTHING_SECRET): Log {
    const file = join(dataDir, DATABASE_FILE);
    // SQLite gives its side files the same mode.
    makePrivateFile(file);
    const db = openDatabase(file);
    try {
      return new Log(db, clock, redactor);
    } catch (cause) {
      db.close();
      if (!isSqliteError(cause)) throw cause;
      throw new MusherError('LOG_DAMAGED', `${file} cannot be used: ${cause.message}.`, 'Check that the disk has space and is writable.', {
        cause,
      });
    }
  }

  /** A log in memory, for a rebuild or a test. */
  static inMemory(clock: Clock, redactor: Redactor = NOTHING_SECRET): Log {
    return new Log(openDatabase(':memory:'), clock, redactor);
  }

  /** The database under a log, for what `src/log` does with all of it. Nobody else may write there: that would not be in the log. */
  static databaseOf(log: Log): Db {
    return log.#db;
  }

  private constructor(db: Db, clock: Clock, redactor: Redactor) {
    this.#db = db;
    this.#clock = clock;
    migrate(db);
    this.#within = db.transaction((run: () => unknown) => run());
    this.#events = new EventStore(db);
    this.#projector = new Projector(db);
    this.reads = new Reads(db, this.#events);
    this.#redactor = redactor;
    this.inbox = new Inbox(db, redactor);
    this.outbox = new Outbox(db, redactor);
    this.confirmations = new Confirmations(db);
    this.twoPerson = new TwoPersonQuestions(db);
    this.people = new People(db);
    this.#cooldowns = new NoticeCooldowns(db);
    this.threads = new Threads(db);
    this.cards = new Cards(db, this.outbox);
    this.talk = new Talk(db, redactor);
    this.buttons = new ButtonMessages(db, redactor);
    this.refusals = new Refusals(db);
    this.windows = new Windows(db);
    this.windowMessages = new WindowMessages(db);
    this.#getCursor = db.prepare<[string], number>('SELECT seq FROM cursors WHERE subscriber = ?').pluck();
    this.#setCursor = db.prepare('INSERT OR REPLACE INTO cursors (subscriber, seq) VALUES (?, ?)');
    this.#dropCursor = db.prepare('DELETE FROM cursors WHERE subscriber = ?');
    this.#forgetSearches = db.prepare(`DELETE FROM state WHERE scope = '${SEARCHES}'`);
    // The level in force shows only after a write.
    db.transaction(() => this.#setCursor.run('durability-check', 0)).immediate();
    assertDurable(db);
    if (this.#getCursor.get(SCRUB_DUE) !== undefined) this.scrub();
  }

  /**
   * Runs a synchronous function in one transaction and returns what it returns; an exception undoes everything.
   * Never pass an async function: it would commit before its awaits run.
   */
  transaction<T>(run: (tx: Tx) => T extends Promise<unknown> ? never : T): T {
    if (this.#inTransaction) throw new Error('a transaction is open already: pass its tx on instead of opening another');
    if (this.#untold !== null && !this.#db.inTransaction) throw new Error('the database has undone the commit that this belongs to');
    this.#inTransaction = true;
    let head = this.#events.head();
    const before = head.seq;
    const queued = this.outbox.added;
    const now = this.#clock.now();
    const projector = this.#projector;
    const reads = this.reads;
    const after: (() => void)[] = [];
    const append = (raw: NewEvent): Result<LoggedEvent, TransitionError> => {
      // Redacted before the projections see it, so that no table holds a secret.
      const payload = this.#redactor.redactAll(raw.payload);
      const given = payload === raw.payload ? raw : ({ ...raw, payload } as NewEvent);
      const event = isPurged(projector, given) ? withoutWords(given) : given;
      const candidate = { ...event, seq: head.seq + 1, at: now, version: 1 } as LoggedEvent;
      const applied = projector.apply(candidate);
      if (!applied.ok) return applied;
      const written = this.#events.insert(event, now, head);
      head = written.head;
      return ok(written.event);
    };
    const tx: Tx = {
      now,
      // Queries see what was appended so far.
      get reads() {
        projector.flush();
        return reads;
      },
      inbox: this.inbox,
      outbox: this.outbox,
      confirmations: this.confirmations,
      twoPerson: this.twoPerson,
      people: this.people,
      buttons: this.buttons,
      cards: this.cards,
      talk: this.talk,
      cooldowns: this.#cooldowns,
      windows: this.windows,
      item: (project, number) => projector.items.get(project, number),
      append,
      record: (event) => {
        const result = append(event);
        if (!result.ok)
          throw new Error(`${event.kind} of item ${event.item} does not fit: ${result.error.code} (${result.error.misfit.kind})`);
        return result.value;
      },
      nextNumber: (project) => {
        projector.flush();
        return (reads.lastNumber(project) + 1) as ItemNumber;
      },
      purge: (event) => {
        const result = append(event);
        if (!result.ok) return result;
        projector.flush();
        purgeItem(this.#events, this, event.project, event.item);
        this.confirmations.forgetItem(event.project, event.item);
        this.twoPerson.forgetItem(event.project, event.item);
        // Whoever still uses Musher is called by name again as soon as their network tells it.
        for (const actor of new Set(this.#events.ofItem(event.project, event.item).map((one) => one.actor))) this.people.forget(actor);
        this.threads.forgetItem(event.project, event.item);
        this.cards.forgetItem(event.project, event.item, PURGED_NOTICE, now);
        // What somebody looked for may be its words.
        this.#forgetSearches.run();
        this.#setCursor.run(SCRUB_DUE, head.seq);
        return result;
      },
      cursor: (subscriber) => this.#getCursor.get(subscriber) ?? null,
      moveCursor: (subscriber, seq) => void this.#setCursor.run(subscriber, seq),
      attempt: (part) => {
        const kept = { head, after: after.length };
        projector.flush();
        try {
          return this.#within(() => {
            const value = part();
            projector.flush();
            return value;
          }) as ReturnType<typeof part>;
        } catch (error) {
          // What the part left in memory is undone with its rows.
          projector.clear();
          head = kept.head;
          after.length = kept.after;
          throw error;
        }
      },
      afterCommit: (one) => void after.push(one),
    };
    try {
      const result = this.#within.immediate(() => {
        const value = run(tx);
        projector.flush();
        crashPoint('before-commit');
        return value;
      }) as T;
      const hasQueued = this.outbox.added > queued;
      const tell = (): void => {
        crashPoint('after-commit');
        if (head.seq > before) this.#announce(() => this.#listeners.forEach((listener) => listener(head.seq)));
        if (hasQueued) this.#announce(() => this.#outboxListeners.forEach((listener) => listener()));
        for (const one of after) one();
      };
      if (this.#untold === null) tell();
      else this.#untold.push(tell);
      return result;
    } finally {
      projector.clear();
      this.#inTransaction = false;
    }
  }

  /**
   * Runs `run`, with the transactions in it, in a commit that it shares with all that wait for one at this moment.
   * Each transaction is still undone alone. Resolves to what it gave when that is on the disk; rejects where it is not kept.
   * `isDurable` false: it survives the end of Musher, and waits for the disk together with the next commit that does; for
   * what a power cut may take back, because then it is found out again.
   */
  inSharedCommit<T>(run: () => T, isDurable = true): Promise<T> {
    return this.#commits.keep(run, isDurable);
  }

  /** Whether what runs now shares its commit with others: it is on the disk only when all of it is. */
  get isShared(): boolean {
    return this.#untold !== null;
  }

  /** Within a shared commit: runs `run`, and undoes all transactions in it where it throws. Listeners don't hear of those. */
  allOrNothing<T>(run: () => T): T {
    const told = this.#untold;
    if (told === null) throw new Error('what is not in a shared commit is one transaction, or several that are each kept');
    const before = told.length;
    try {
      return this.#within(run) as T;
    } catch (error) {
      told.length = before;
      throw error;
    }
  }

  #together(run: () => void, isDurable: boolean): void {
    const untold: (() => void)[] = [];
    this.#untold = untold;
    try {
      if (!isDurable) this.#db.pragma('synchronous = NORMAL');
      this.#within.immediate(run);
    } finally {
      if (!isDurable) this.#db.pragma('synchronous = FULL');
      this.#untold = null;
    }
    for (const tell of untold) tell();
  }

  /** For work that is tried again where the database fails for a reason that may pass, by this log's clock. */
  retries(onStuck: (name: string, error: Error) => void): TransientRetries {
    return new TransientRetries(this.#clock, onStuck);
  }

  /** Calls `listener` soon after each commit that appended events; returns how to stop that. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves with the first value other than null that `look` gives: at once, or soon after a commit that appended events.
   * With null as soon as `signal` aborts, and after `timeoutMs` with what `look` gives then. Rejects with what `look` throws.
   */
  when<T>(look: () => T | null, signal: AbortSignal, timeoutMs: number | null = null): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        unlisten();
        cancel();
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        end();
        resolve(null);
      };
      const attempt = (isLast: boolean): void => {
        try {
          const value = look();
          if (value === null && !isLast) return;
          end();
          resolve(value);
        } catch (error) {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const unlisten = this.onCommit(() => attempt(false));
      const cancel = timeoutMs === null ? (): void => {} : this.#clock.at(this.#clock.now() + timeoutMs, () => attempt(true));
      signal.addEventListener('abort', giveUp, { once: true });
      attempt(signal.aborted);
    });
  }

  /** Calls `listener` soon after each commit that queued messages; returns how to stop that. */
  onOutbox(listener: () => void): () => void {
    this.#outboxListeners.add(listener);
    return () => void this.#outboxListeners.delete(listener);
  }

  /** A small durable memory of one part, apart from all others. Not part of the record: a replay does not give it. */
  stateStore(scope: string): StateStore {
    const get = this.#db.prepare<[string, string], string>('SELECT value FROM state WHERE scope = ? AND key = ?').pluck();
    const put = this.#db.prepare('INSERT OR REPLACE INTO state (scope, key, value) VALUES (?, ?, ?)');
    return { get: (key) => get.get(scope, key) ?? null, set: (key, value) => void put.run(scope, key, value) };
  }

  /** A text without known secrets, for texts that are kept outside the log's own tables. */
  redacted(text: string): string {
    return this.#redactor.redact(text);
  }

  /** Drops messages that were settled before the given time: of the oldest ones only, so that nobody waits for it. */
  prune(before: number): void {
    this.transaction(() => {
      this.outbox.prune(before, this.refusals.seenUpTo());
      this.refusals.prune();
      this.inbox.prune(before);
      this.#cooldowns.prune(before);
      this.talk.prune(this.#clock.now() - TALK_KEPT_MS);
      this.windows.prune(this.#clock.now());
    });
  }

  /**
   * Writes the whole file anew and empties the write-ahead log. `secure_delete` zeroes what is deleted, but not the
   * copies that stay behind in a page when its rows move to another: after a purge only this leaves no byte of them.
   * Takes time with the size of the log, during which nothing else runs; done at the next start where a crash came first.
   */
  scrub(): void {
    crashPoint('before-scrub');
    // An index keeps the words of what was taken out of it until its parts are merged.
    for (const index of TEXT_INDEXES) this.#db.exec(`INSERT INTO ${index} (${index}) VALUES ('rebuild')`);
    this.#db.exec('VACUUM');
    crashPoint('after-scrub-before-mark');
    this.#dropCursor.run(SCRUB_DUE);
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#outboxListeners.clear();
    this.#db.close();
  }

  /** Listeners run outside the transaction's stack, so that one may open a transaction of its own. */
  #announce(tell: () => void): void {
    queueMicrotask(tell);
  }
}

/** What is still told of a purged item (the end of a run that was late to stop) comes in without its words. */
function isPurged(projector: Projector, event: NewEvent): boolean {
  return event.item !== null && projector.items.get(event.project, event.item)?.removal?.state === 'purged';
}
