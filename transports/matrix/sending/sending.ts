import { randomUUID } from 'node:crypto';
import { crashPoint } from '../../../src/crash-point.ts';
import type { Address } from '../../../src/message/address.ts';
import type { Document } from '../../../src/message/document.ts';
import { imagesOf } from '../../../src/message/build.ts';
import type { DrawPicture } from '../../../src/message/picture/picture.ts';
import { drawnImages } from '../../drawn.ts';
import { SendFailure, type MessageRef, type SendOptions } from '../../transport.ts';
import { asTyped } from '../../../src/message/as-typed.ts';
import { commandForm } from '../command-form.ts';
import { editContent, KEY_FIELD, messageContent, partsOf, placed } from './content.ts';
import { imageContent, upload } from './images.ts';
import type { Encryption } from '../encryption.ts';
import { HomeserverError, type Call } from '../homeserver.ts';
import { asObject, listAt, objectAt, textAt, type Json } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';
import type { ReactionCommands } from '../reaction-commands.ts';
import { path } from '../paths.ts';
import type { Rooms } from '../rooms.ts';
import { HOW_TO_INSTALL_CRYPTO } from '../sdk.ts';
import { BoundedMap } from '../state.ts';

export interface SendingParts {
  readonly call: Call;
  readonly me: string;
  readonly rooms: Rooms;
  readonly encryption: Encryption | null;
  readonly reactionCommands: ReactionCommands;
  /** Missing: no pictures. */
  readonly draw?: DrawPicture;
  readonly report: (error: unknown) => void;
  /** Begins each transaction id. */
  readonly prefix: string;
}

export interface Sending {
  send(to: Address, body: Document, key: string, options: SendOptions): Promise<MessageRef[]>;
  edit(ref: MessageRef, body: Document): Promise<void>;
  /** Resolves when nothing is in progress. */
  idle(): Promise<void>;
}

/** The events that show a message now, and how often the first was edited. */
interface Standing {
  readonly thread: string | null;
  events: string[];
  edits: number;
}

/**
 * Sends and edits, one after the other in each room. The server remembers a transaction id for each device, and only for
 * some hours; so an earlier try is first looked for among our own last messages, of any device.
 */
export function sending(parts: SendingParts): Sending {
  const { call, me, rooms, encryption, reactionCommands } = parts;
  const sent = new BoundedMap<Promise<MessageRef[]>>(MATRIX_LIMITS.remembered);
  const standing = new BoundedMap<Standing>(MATRIX_LIMITS.remembered);
  const queues = new Map<string, Promise<unknown>>();

  const inTurn = <T>(room: string, work: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(room) ?? Promise.resolve()).then(work);
    // The next one does not care how this one ended.
    const done = Promise.allSettled([turn]);
    queues.set(room, done);
    void done.then(() => (queues.get(room) === done ? queues.delete(room) : false));
    return turn;
  };

  /** DANGEROUS: the one place that puts a message into a room. Into an encrypted one nothing may go unencrypted. */
  const put = async (room: string, content: Json, transaction: string): Promise<string> => {
    try {
      const isEncrypted = await rooms.isEncrypted(room);
      if (isEncrypted && encryption === null) throw new SendFailure('rejected', `${room} is encrypted. ${HOW_TO_INSTALL_CRYPTO}`);
      const type = isEncrypted ? 'm.room.encrypted' : 'm.room.message';
      const body = isEncrypted && encryption !== null ? await encryption.encrypt(room, 'm.room.message', content) : content;
      const answer = await call({ method: 'PUT', path: path`/rooms/${room}/send/${type}/${transaction}`, body });
      crashPoint('network/matrix/after-put');
      const id = textAt(answer, 'event_id');
      if (id === null) throw new SendFailure('unknown', 'The homeserver accepted a message without giving it an id.');
      return id;
    } catch (error) {
      throw failureOf(error);
    }
  };

  /** Commands as they are typed in the room. If the server does not say whether it is direct, the form that works anywhere. */
  const typed = async (room: string, body: Document): Promise<Document> => {
    const direct = await rooms.isDirect(room).catch(() => false);
    return asTyped(body, (command) => commandForm(command, { direct }));
  };

  const post = async (to: Address, body: Document, key: string, again: boolean): Promise<MessageRef[]> => {
    const documents = partsOf(await typed(to.room, body));
    const transactions = documents.map((_, index) => `${parts.prefix}.${key}.${index}`);
    const images = imagesOf(body).map((_, index) => `${parts.prefix}.${key}.picture${index}`);
    const earlier = again ? await readBack(to.room, new Set([...transactions, ...images])) : new Map<string, string>();
    const events: string[] = [];
    for (const [index, part] of documents.entries()) {
      const transaction = transactions[index] ?? key;
      reactionCommands.expect(transaction, to.thread, part);
      const event = earlier.get(transaction) ?? (await put(to.room, messageContent(part, transaction, to.thread), transaction));
      reactionCommands.settle(transaction, event);
      events.push(event);
    }
    await putImages(to, body, images, earlier);
    const [first] = events;
    if (first !== undefined) standing.set(first, { thread: to.thread, events, edits: 0 });
    return events.map((id) => ({ transport: 'matrix', room: to.room, id }));
  };

  /**
   * Pictures are messages of their own below the text, each under its own transaction. They are no parts of the message that is edited
   * and has the buttons. One that the server does not take is left out: the text says the same.
   */
  const putImages = async (to: Address, body: Document, names: readonly string[], earlier: ReadonlyMap<string, string>): Promise<void> => {
    const wanted = names.filter((name) => !earlier.has(name));
    // Files of an encrypted room have to be encrypted themselves, and Musher does not do that.
    if (wanted.length === 0 || (await rooms.isEncrypted(to.room))) return;
    const drawn = await drawnImages(body, parts.draw, MATRIX_LIMITS.imageBytes);
    for (const [index, image] of imagesOf(body).entries()) {
      const [name, picture] = [names[index], drawn.get(image)];
      if (name === undefined || picture === undefined || earlier.has(name)) continue;
      try {
        const url = await upload(call, picture);
        if (url !== null) await put(to.room, placed(imageContent(image, picture, url), name, to.thread), name);
      } catch (error) {
        const failure = failureOf(error);
        // Where nobody knows, or the server wants it later, the message is sent again: its text is there, and the picture comes.
        if (failure.outcome === 'unknown' || failure.retryAfterMs !== null) throw failure;
        parts.report(new Error('The homeserver did not take a picture, so its text stands alone.', { cause: error }));
      }
    }
  };

  /** Which of these transactions are among our last messages in the room, with their events. */
  const readBack = async (room: string, wanted: ReadonlySet<string>): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    const filter = JSON.stringify({ senders: [me], types: ['m.room.message', 'm.room.encrypted'] });
    let from: string | null = null;
    try {
      for (let page = 0; page < MATRIX_LIMITS.readBackPages && found.size < wanted.size; page++) {
        const query = { dir: 'b', from, limit: MATRIX_LIMITS.page, filter };
        const answer = asObject(await call({ method: 'GET', path: path`/rooms/${room}/messages`, query }));
        for (const event of listAt(answer, 'chunk')) {
          const id = textAt(event, 'event_id');
          for (const name of [await keyOf(room, event), textAt(event['unsigned'], 'transaction_id')]) {
            if (id !== null && name !== null && wanted.has(name)) found.set(name, id);
          }
        }
        from = textAt(answer, 'end');
        if (from === null) break;
      }
    } catch (error) {
      const failure = failureOf(error);
      // Looking has sent nothing, but what was sent before stays unknown.
      throw new SendFailure(failure.outcome === 'rejected' ? 'rejected' : 'unknown', failure.message, {
        ...(failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs }),
        everywhere: failure.everywhere,
        cause: error,
      });
    }
    return found;
  };

  const keyOf = async (room: string, event: Json): Promise<string | null> => {
    if (event['type'] !== 'm.room.encrypted') return textAt(event['content'], KEY_FIELD);
    try {
      return textAt(objectAt(await encryption?.decrypt(room, event), 'content'), KEY_FIELD);
    } catch {
      // Sent by a device whose keys are gone: only the transaction id can tell.
      return null;
    }
  };

  const replace = async (ref: MessageRef, body: Document): Promise<void> => {
    const message = standing.get(ref.id) ?? { thread: null, events: [ref.id], edits: 0 };
    const documents = partsOf(await typed(ref.room, body));
    const anew = message.edits >= MATRIX_LIMITS.edits;
    if (anew) {
      await withdraw(ref.room, message.events);
      message.events = [];
      message.edits = 0;
    }
    for (const [index, part] of documents.entries()) {
      // An edit shows the same text however often it arrives, so each may have its own transaction.
      const transaction = `${parts.prefix}.edit.${randomUUID()}`;
      const event = message.events[index];
      const id =
        event === undefined
          ? await put(ref.room, messageContent(part, transaction, message.thread), transaction)
          : (await put(ref.room, editContent(part, transaction, event), transaction), event);
      message.events[index] = id;
      reactionCommands.put(id, message.thread, part);
    }
    await withdraw(ref.room, message.events.splice(documents.length));
    message.edits += 1;
    standing.set(ref.id, message);
  };

  /** Takes messages back that the new text has no use for. */
  const withdraw = async (room: string, events: readonly string[]): Promise<void> => {
    for (const event of events) {
      try {
        await call({ method: 'PUT', path: path`/rooms/${room}/redact/${event}/${`${parts.prefix}.redact.${event}`}`, body: {} });
      } catch (error) {
        throw failureOf(error);
      }
    }
  };

  return {
    send(to, body, key, { again }) {
      const name = `${to.room}\0${key}`;
      const before = sent.get(name);
      if (before !== undefined) return before;
      const attempt = inTurn(to.room, () => post(to, body, key, again));
      sent.set(name, attempt);
      // A failed try is no answer for the next one.
      attempt.catch(() => sent.delete(name));
      return attempt;
    },
    edit: (ref, body) => inTurn(ref.room, () => replace(ref, body)),
    async idle() {
      await Promise.all(queues.values());
    },
  };
}

/** What a failed request means for a message. */
export function failureOf(error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  if (!(error instanceof HomeserverError))
    return new SendFailure('not-sent', error instanceof Error ? error.message : String(error), { cause: error });
  const { status, retryAfterMs, message } = error;
  // The limit counts messages of a user, not of a room.
  if (status === 429) return new SendFailure('not-sent', message, { retryAfterMs: retryAfterMs ?? 1_000, everywhere: true, cause: error });
  if (error.isUnknownToken) return new SendFailure('not-sent', message, { everywhere: true, cause: error });
  // Put out of the room, or not let speak there: people can undo both, and then nothing is missing.
  if (error.errcode === 'M_FORBIDDEN') {
    const what = `Musher is not allowed to write there: ${error.said ?? 'no reason given'}. Invite it to the room, or let it post there.`;
    return new SendFailure('not-sent', what, { cause: error });
  }
  if (error.isFinal) return new SendFailure('rejected', message, { cause: error });
  return new SendFailure(error.mayHaveActed ? 'unknown' : 'not-sent', message, { cause: error });
}
