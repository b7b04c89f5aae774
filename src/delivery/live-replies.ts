import { crashPoint } from '../crash-point.ts';
import type { Log } from '../log/log.ts';
import type { Address, IncomingMessage } from '../message/address.ts';
import type { Document } from '../message/document.ts';
import type { Returning } from './returning.ts';

interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

/** A network as live replies need it. */
interface Network {
  readonly name: string;
  readonly capabilities: { readonly edits: boolean };
  send(
    to: Address,
    body: Document,
    key: string,
    options: { readonly again: boolean; readonly broadcast: boolean },
  ): Promise<readonly MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
}

interface LiveParts {
  readonly log: Log;
  readonly transports: readonly Network[];
  readonly isOpen: (transport: string) => boolean;
}

/** Replies that change while their command runs: one message each, until the final reply takes its place. */
export class LiveReplies {
  readonly #parts: LiveParts;
  readonly #returning: Returning;
  /** The messages that they stand in, by inbox row. */
  readonly #shown = new Map<number, MessageRef>();
  /** The last message that a Musher before this one took in: what it showed of a live reply may stand there. */
  #lastBefore = 0;

  constructor(parts: LiveParts, returning: Returning) {
    this.#parts = parts;
    this.#returning = returning;
  }

  start(): void {
    this.#lastBefore = this.#parts.log.inbox.lastId();
  }

  /** Shows one document, in place of the one before. Where the network has no edits, only the final reply is sent. */
  async show(message: IncomingMessage, inbox: number, look: Document): Promise<void> {
    const body = this.#parts.log.outbox.redacted(look);
    const transport = this.#parts.transports.find(({ name }) => name === message.at.transport);
    if (transport === undefined || !transport.capabilities.edits) return;
    const again = inbox <= this.#lastBefore;
    if (again) await this.#returning.until(transport.name);
    if (!this.#parts.isOpen(transport.name)) return;
    const ref = this.#shown.get(inbox);
    try {
      if (ref !== undefined) return await transport.edit(ref, body);
      const [first] = await transport.send(message.at, body, `live:${inbox}`, { again, broadcast: false });
      crashPoint('after-live-shown');
      if (first === undefined) return;
      this.#shown.set(inbox, first);
      // It may have been found instead of sent, and then shows an earlier look.
      if (again) await transport.edit(first, body);
    } catch {
      // One look less: the next document, and at last the final reply, take its place.
    }
  }

  /** The message that the final reply to an inbox row takes the place of; null: none is shown. */
  shownFor(inbox: number): MessageRef | null {
    return this.#shown.get(inbox) ?? null;
  }

  replaced(inbox: number): void {
    this.#shown.delete(inbox);
  }
}
