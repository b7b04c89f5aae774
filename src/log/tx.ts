import type { LoggedEvent, NewEvent, NewItemEvent } from '../pipeline/events.ts';
import type { TransitionError } from '../pipeline/transition.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { ItemNumber } from '../pipeline/values.ts';
import type { Result } from '../result.ts';
import type { Confirmations } from './tables/confirmations.ts';
import type { TwoPersonQuestions } from './tables/two-person.ts';
import type { People } from './tables/people.ts';
import type { Inbox } from './tables/inbox.ts';
import type { Cards } from './tables/cards.ts';
import type { Talk } from './search/talk.ts';
import type { ButtonMessages } from './tables/button-messages.ts';
import type { Outbox } from './tables/outbox.ts';
import type { Reads } from './reads/reads.ts';
import type { NoticeCooldowns } from './tables/cooldowns.ts';
import type { Windows } from './tables/windows.ts';

/** What can be done inside one transaction: all of it is kept, or none. Valid only until the transaction's function returns. */
export interface Tx {
  readonly now: number;
  readonly reads: Reads;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly confirmations: Confirmations;
  readonly twoPerson: TwoPersonQuestions;
  readonly people: People;
  readonly buttons: ButtonMessages;
  readonly cards: Cards;
  readonly talk: Talk;
  readonly cooldowns: NoticeCooldowns;
  readonly windows: Windows;
  /** The item including everything this transaction has appended so far. */
  item(project: string, number: number): WorkItem | null;
  /** Appends an event and updates the projections; an error means that the event does not fit and nothing was done. */
  append(event: NewEvent): Result<LoggedEvent, TransitionError>;
  /** As `append`, for events that must fit: anything else is a bug and undoes the transaction. */
  record(event: NewEvent): LoggedEvent;
  /** The number for a new item of the project. */
  nextNumber(project: string): ItemNumber;
  /** Takes an item's content out of the whole log; only of a deleted item. */
  purge(event: Extract<NewItemEvent, { kind: 'item.purged' }>): Result<LoggedEvent, TransitionError>;
  cursor(subscriber: string): number | null;
  moveCursor(subscriber: string, seq: number): void;
  /** Runs a part of the transaction; an exception undoes that part alone, and goes on to the caller. */
  attempt<T>(part: () => T): T;
  /** Runs when all of it is on the disk, never where it is undone. It must not throw. */
  afterCommit(run: () => void): void;
}

/** Text by key, kept across restarts. */
export interface StateStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** Told of a commit that appended events: the number of the last. */
export type CommitListener = (lastSeq: number) => void;
