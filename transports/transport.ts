import type { Address, IncomingMessage } from '../src/message/address.ts';
import type { Document } from '../src/message/document.ts';

/** What a network can do. Literals, so that code that needs an ability has to ask for it. */
export interface Capabilities {
  /** A sent message can be replaced in place. */
  readonly edits: boolean;
  readonly threads: boolean;
  readonly buttons: boolean;
  readonly reactions: boolean;
  /** A reply that only the asker sees. */
  readonly ephemeral: boolean;
  /** Slash commands with typed options. */
  readonly typedSlash: boolean;
  /** Longest text of one message, counted in `maxTextUnit`. */
  readonly maxText: number;
  readonly maxTextUnit: 'utf16' | 'bytes';
}

/** Takes a message durably and synchronously. `duplicate`: it was there already and nothing happened. Throws only when it could not be stored. */
export type Sink = (message: IncomingMessage) => 'accepted' | 'duplicate';

/** Names one sending: the same key never shows twice. */
export type SendKey = string;

/** The network's name of a message that was sent. */
export interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

export interface Health {
  readonly state: 'starting' | 'online' | 'reconnecting' | 'offline' | 'stopped';
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly lastEvent: number | null;
  /** What is wrong and what to do, where something is. */
  readonly problem: string | null;
}

/** An adapter to one chat network. */
export interface Transport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Resolves when connected; reconnects by itself afterwards. */
  start(sink: Sink): Promise<void>;
  /** Sends a document, split where it is too long. The same key never shows twice. */
  send(to: Address, body: Document, key: SendKey): Promise<MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
  health(): Health;
  /** Stops intake at once, ends what is under way until `signal` aborts. */
  stop(signal: AbortSignal): Promise<void>;
}
