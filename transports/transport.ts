import type { Address, IncomingMessage } from '../src/message/address.ts';
import type { Document } from '../src/message/document.ts';

/** So many ms between two messages of a room, and of the whole network; so many at once after a silence. */
export interface Pace {
  readonly roomMs: number;
  readonly roomBurst: number;
  readonly networkMs: number;
  readonly networkBurst: number;
}

/** What a network can do. Literals, so that code that needs an ability has to ask for it. */
export interface Capabilities {
  /** A sent message can be replaced in place. */
  readonly edits: boolean;
  readonly threads: boolean;
  /** A message of a thread can also appear in the room itself. */
  readonly broadcasts: boolean;
  readonly buttons: boolean;
  readonly reactions: boolean;
  /** A reply that only the asker sees. */
  readonly ephemeral: boolean;
  /** Slash commands with typed options. */
  readonly typedSlash: boolean;
  /** Longest text of one message, counted in `maxTextUnit`. */
  readonly maxText: number;
  readonly maxTextUnit: 'utf16' | 'bytes';
  /** How fast messages are taken; what it says itself with a refusal counts besides. */
  readonly pace: Pace;
}

/**
 * Takes a message durably and synchronously. `duplicate`: it was there already and nothing happened; `ignored`: it was
 * not meant for Musher and left no trace. Throws only when it could not be stored: then the network must not be told
 * that it was taken.
 */
export type Sink = (message: IncomingMessage) => 'accepted' | 'duplicate' | 'ignored';

/** Names one sending: the same key never shows twice. */
export type SendKey = string;

/** The network's name of a message that was sent. */
export interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
  /** The network's name of the thread that it is in, null for none. Kept with it, so that a later process also knows; missing: not told. */
  readonly thread?: string | null;
  /** How its network changes it, where the name alone is not enough; opaque. */
  readonly by?: string;
  /** Nobody can reply to it, such as to an answer that one person sees; it is not looked up by its name. Missing: somebody may. */
  readonly unanswerable?: true;
}

/** A room that Musher can't read or write in, as far as its network has shown, and what to do. */
export interface RoomTrouble {
  readonly room: string;
  readonly why: string;
}

export interface Health {
  readonly state: 'starting' | 'online' | 'reconnecting' | 'offline' | 'stopped';
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly lastEvent: number | null;
  /** What is wrong and what to do, if something is. */
  readonly problem: string | null;
  /** Rooms that can't be reached; missing if the network never knows. */
  readonly rooms?: readonly RoomTrouble[];
}

/** How the network and its people call the bot; known when `start` has resolved. */
export interface BotIdentity {
  /** Stable ids as mentions contain them. */
  readonly ids: readonly string[];
  readonly names: readonly string[];
}

export interface SendOptions {
  /**
   * An earlier try with this key may have gone through, also in an earlier process. The transport settles that first:
   * by a resend that the network takes once only, or by reading back what the room shows.
   */
  readonly again: boolean;
  /** A message into a thread also appears in the room itself; only with that capability. */
  readonly broadcast?: boolean;
}

/** Added to a private message that can't be read back and may have been shown before: better twice than lost. */
export const PERHAPS_SEEN = 'The connection broke, so you may have seen this before.';

/** Why a message has not been sent. Anything else that `send` throws counts as `unknown`. */
export class SendFailure extends Error {
  /** `not-sent`: surely not, try again; `unknown`: perhaps it was; `rejected`: the network will never take it. */
  readonly outcome: 'not-sent' | 'unknown' | 'rejected';
  /** Wait at least so long before anything is sent to this room again (the network said so); null: by our own back-off. */
  readonly retryAfterMs: number | null;
  /** The wait holds for the whole network, not only for this room. */
  readonly everywhere: boolean;
  /** The thread that it should have gone into is gone; it was surely not sent. */
  readonly threadGone: boolean;

  constructor(
    outcome: SendFailure['outcome'],
    message: string,
    options: {
      readonly retryAfterMs?: number;
      readonly everywhere?: boolean;
      readonly threadGone?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'SendFailure';
    this.outcome = outcome;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.everywhere = options.everywhere ?? false;
    this.threadGone = options.threadGone ?? false;
  }
}

/** A transport that can show that Musher is at work on a message: typing, a reaction, a deferred answer. */
export interface ShowsWork {
  showWork(message: IncomingMessage, working: boolean): Promise<void>;
}

/** A transport that can take the buttons off a message. */
export interface Retires {
  /** Shows `body` in place of a message of one part, or changes nothing if it can't; never shows anything anew. Throws SendFailure. */
  retire(ref: MessageRef, body: Document): Promise<void>;
}

/** A transport with threads. */
export interface OpensThreads {
  /**
   * The thread under a message in a room, as its `Address.thread`; asking twice returns the same.
   * Null: there can be none, because the message is gone or threads are not allowed there. Throws SendFailure.
   */
  threadUnder(ref: MessageRef, name: string): Promise<string | null>;
}

/** A transport that can write to one person alone. */
export interface OpensDirect {
  /** The room of the conversation with a person alone, by their id; opened if there is none. Asking twice gives the same. Throws SendFailure. */
  direct(person: string): Promise<string>;
}

/** A transport that can answer at an address of the message's own, which the network counts against no room. */
export interface AnswersApart {
  isApart(to: Address): boolean;
}

/** A transport that serves a page. */
export interface ServesPage {
  /** Where people open it, without a slash at the end; null: it is not there now. */
  address(): string | null;
}

/** An adapter to one chat network. */
export interface Transport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Resolves when connected; reconnects by itself afterwards. */
  start(sink: Sink): Promise<void>;
  /** Null if no address is needed. */
  identity(): BotIdentity | null;
  /** Sends a document, split if it is too long. The same key never shows twice. Throws SendFailure. */
  send(to: Address, body: Document, key: SendKey, options: SendOptions): Promise<MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
  health(): Health;
  /** Stops intake at once, ends what is in progress until `signal` aborts. */
  stop(signal: AbortSignal): Promise<void>;
}
