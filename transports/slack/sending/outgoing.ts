import type { Clock } from '../../../src/clock.ts';
import type { Address } from '../../../src/message/address.ts';
import { doc, emphasis, join, paragraph } from '../../../src/message/build.ts';
import type { Document } from '../../../src/message/document.ts';
import type { DrawPicture } from '../../../src/message/picture/picture.ts';
import { PERHAPS_SEEN, SendFailure, type MessageRef, type SendKey, type SendOptions } from '../../transport.ts';
import { Answers } from './answers.ts';
import { Editing } from './editing.ts';
import { sendFailure, slackError } from '../failure.ts';
import { decodeHandle, encodeHandle, type AnswerHandle } from '../handle.ts';
import { post, type Place } from './post.ts';
import { readBack } from './read-back.ts';
import { remember } from './remember.ts';
import { uploadImages, withImages } from './images.ts';
import { renderMessages, type SlackBody } from '../render/render.ts';
import { typedIn } from '../render/typed.ts';
import { retire } from './retire.ts';
import { SlowEdits } from './slow-edits.ts';
import type { OpenRequests } from '../open-requests.ts';
import type { CallSlack } from '../web-api.ts';

export interface OutgoingParts {
  readonly call: CallSlack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly responseBase: string;
  readonly requests: OpenRequests;
  /** Set apart from other installations that once wrote into the same channel. */
  readonly installation: string;
  readonly report: (error: unknown) => void;
  readonly draw?: DrawPicture;
  readonly mayUploadTo: (url: URL) => boolean;
}

const ANSWER_REF = 'answer:';

/** One sending, with what is known of it to be shown. */
interface Sending {
  /** Time stamps of the parts that were sent, in order. */
  readonly sent: string[];
  /** The last try may have gone through. */
  unknown: boolean;
  done: boolean;
}

/** Sends and edits, one after the other in each channel, and each key once. */
export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #answers: Answers;
  readonly #edits: SlowEdits;
  readonly #rooms = new Map<string, Promise<unknown>>();
  readonly #sendings = new Map<SendKey, Sending>();
  readonly #editing: Editing;
  /** The channel that was last refused for too many messages. */
  #limited: { readonly room: string; readonly until: number } | null = null;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts);
    this.#editing = new Editing(parts.call, parts.installation);
    this.#edits = new SlowEdits(parts.clock, (id, body) => this.#showAnew(id, body), parts.report);
  }

  /** As the contract says. */
  send(to: Address, body: Document, key: SendKey, options: SendOptions): Promise<MessageRef[]> {
    const url = options.again || this.#rooms.has(to.room) ? null : ownAddress(to);
    if (url === null) return this.#inTurn(to.room, () => this.#send(to, body, key, options));
    // Nothing of the channel is sent before it: the request can wait for it.
    this.#parts.requests.claim(url);
    return this.#inTurn(to.room, () => this.#send(to, body, key, options).finally(() => this.#parts.requests.release(url)));
  }

  /** Replaces a message; an answer to one person, which can't be, is shown anew after a while. */
  edit(ref: MessageRef, body: Document): Promise<void> {
    if (ref.id.startsWith(ANSWER_REF)) return this.#inTurn(ref.room, () => this.#edits.edit(`${ref.room} ${ref.id}`, body));
    return this.#inTurn(ref.room, () => this.#editing.edit(ref, body));
  }

  /** Takes the buttons off a message. */
  retire(ref: MessageRef, body: Document): Promise<void> {
    return retire(this.#parts.call, ref, this.#editing.typed(ref, body), {
      rendered: (typed) => this.#rendered(typed),
      shown: (message, send) => withImages(this.#parts, message, send),
    });
  }

  /** Resolves when everything that was given to it has had its try. */
  async drain(): Promise<void> {
    await Promise.all(this.#rooms.values());
    await this.#edits.flush();
  }

  async #send(to: Address, body: Document, key: SendKey, { again, broadcast = false }: SendOptions): Promise<MessageRef[]> {
    const handle = decodeHandle(to.thread);
    const thread = handle?.kind === 'thread' ? handle.ts : (handle?.thread ?? null);
    const sending = this.#sendings.get(key) ?? remember(this.#sendings, key, { sent: [], unknown: again, done: false });
    if (!sending.done) {
      try {
        if (handle?.kind === 'answer' && !handle.public) await this.#answer(to.room, handle, body, key, sending);
        else await this.#post({ room: to.room, thread, broadcast }, body, key, sending, handle);
        sending.done = true;
      } catch (error) {
        const failure = this.#widened(sendFailure(error), to.room);
        if (failure.outcome === 'unknown') sending.unknown = true;
        // Some of it is there: a process that knows nothing of it has to look before it continues.
        throw failure.outcome !== 'unknown' && sending.sent.length > 0 ? inPart(failure) : failure;
      }
    }
    return sending.sent.map((id) => {
      const ref = { transport: 'slack', room: to.room, id, thread };
      return id.startsWith(ANSWER_REF) ? Object.assign(ref, { unanswerable: true as const }) : ref;
    });
  }

  /** Slack does not say whose limit was reached: where a second channel is refused while the first still waits, it is the workspace's. */
  #widened(failure: SendFailure, room: string): SendFailure {
    const { retryAfterMs, outcome, message, everywhere } = failure;
    if (retryAfterMs === null || everywhere) return failure;
    const now = this.#parts.clock.now();
    const before = this.#limited;
    this.#limited = { room, until: now + retryAfterMs };
    if (before === null || before.room === room || before.until <= now) return failure;
    return new SendFailure(outcome, message, { retryAfterMs, everywhere: true, cause: failure });
  }

  async #post(place: Place, body: Document, key: SendKey, sending: Sending, handle: ReturnType<typeof decodeHandle>): Promise<void> {
    const { call, installation } = this.#parts;
    const { room, thread } = place;
    const mark = `${installation}:${key}`;
    if (sending.unknown) await this.#settle(room, thread, mark, sending);
    const bodies = await this.#rendered(typedIn(room, thread === null ? 'none' : 'within', body));
    for (const message of bodies.slice(sending.sent.length)) {
      try {
        const part = { key: mark, part: sending.sent.length };
        sending.sent.push(await withImages(this.#parts, message, (one) => post(call, place, one, part)));
      } catch (error) {
        const outside = slackError(error) === 'not_in_channel' || slackError(error) === 'channel_not_found';
        if (!outside || handle?.kind !== 'answer') throw error;
        // A slash command also works in channels without the app: there, a public answer is only possible through the response address.
        await withImages(this.#parts, message, (one) => this.#answers.give(room, handle, one, true));
        sending.sent.push(answerId(handle, key, sending.sent.length));
      }
    }
    const [first, ...further] = sending.sent;
    if (first !== undefined) this.#editing.know(room, first, thread, further);
  }

  /** Counts what the channel already shows as sent. If that can't be read, the outcome stays unknown. */
  async #settle(room: string, thread: string | null, mark: string, sending: Sending): Promise<void> {
    const found = await readBack(this.#parts.call, room, thread, mark).catch((error: unknown) => {
      const failure = sendFailure(error);
      throw new SendFailure('unknown', `Cannot check whether a message was sent: ${failure.message}`, {
        ...(failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs }),
        everywhere: failure.everywhere,
        cause: error,
      });
    });
    for (let ts = found.get(sending.sent.length); ts !== undefined; ts = found.get(sending.sent.length)) sending.sent.push(ts);
    sending.unknown = false;
  }

  /** Private messages can't be read back; a repeat says so. */
  async #answer(room: string, handle: AnswerHandle, body: Document, key: SendKey, sending: Sending): Promise<void> {
    const shown = sending.unknown ? join(doc(paragraph(emphasis(PERHAPS_SEEN))), body) : body;
    const bodies = await this.#rendered(typedIn(room, 'own', shown));
    for (const message of bodies.slice(sending.sent.length)) {
      await withImages(this.#parts, message, (one) => this.#answers.give(room, handle, one));
      sending.sent.push(answerId(handle, key, sending.sent.length));
    }
  }

  /** The messages of a text, with its pictures uploaded. */
  async #rendered(body: Document): Promise<SlackBody[]> {
    return renderMessages(body, await uploadImages(this.#parts, body));
  }

  async #showAnew(id: string, body: Document): Promise<void> {
    const [room = '', ...rest] = id.split(' ');
    const handle = decodeHandle(
      rest
        .join(' ')
        .slice(ANSWER_REF.length)
        .replace(/^[^{]*/, ''),
    );
    if (handle?.kind !== 'answer') throw new SendFailure('rejected', 'The reply can no longer be delivered: its interaction has expired.');
    for (const message of renderMessages(typedIn(room, 'own', body))) await this.#answers.give(room, handle, message, handle.public);
  }

  #inTurn<T>(room: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#rooms.get(room) ?? Promise.resolve()).then(work);
    const quiet = turn.catch(() => {});
    this.#rooms.set(room, quiet);
    void quiet.then(() => (this.#rooms.get(room) === quiet ? this.#rooms.delete(room) : false));
    return turn;
  }
}

/** The response address of an answer that one person sees; null for anything else. */
function ownAddress({ thread }: Address): string | null {
  const handle = decodeHandle(thread);
  return handle?.kind === 'answer' && !handle.public ? handle.url : null;
}

function inPart(failure: SendFailure): SendFailure {
  const wait = failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs };
  return new SendFailure(failure.outcome === 'rejected' ? 'rejected' : 'unknown', `Only part of it was sent: ${failure.message}`, {
    ...wait,
    everywhere: failure.everywhere,
    cause: failure,
  });
}

/** An answer has no name in Slack, so our name holds all that is needed to post it again. */
function answerId(handle: AnswerHandle, key: SendKey, part: number): string {
  return `${ANSWER_REF}${key}:${part}:${encodeHandle(handle)}`;
}
