import type { Clock } from '../../../src/clock.ts';
import { SendFailure } from '../../transport.ts';
import { sendFailure, slackError } from '../failure.ts';
import type { AnswerHandle } from '../handle.ts';
import { SLACK_LIMITS } from '../limits.ts';
import { hasImages } from './images.ts';
import { INERT } from './post.ts';
import type { SlackBody } from '../render/render.ts';
import type { OpenRequests } from '../open-requests.ts';
import type { CallSlack } from '../web-api.ts';

export interface AnswersParts {
  readonly call: CallSlack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Response addresses have to begin like this: no payload makes Musher call anything else. */
  readonly responseBase: string;
  readonly requests: OpenRequests;
}

/** An address is not used shortly before it expires. */
const SPARE_MS = 30_000;
const ANSWER_TIMEOUT_MS = 15_000;
/** Addresses whose uses are counted. */
const MOST_ADDRESSES = 5_000;

/** Answers that one person sees: in the response to their request where it is open, by the response address while it lasts, then as an ephemeral message, then directly. */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #uses = new Map<string, number>();

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Shows one message to the asker, or with `inChannel` to the channel that the app may not be in. Throws SendFailure. */
  async give(room: string, handle: AnswerHandle, body: SlackBody, inChannel = false): Promise<void> {
    // The response to a request says nothing of a picture that can't be shown yet: the answer would be lost with it.
    if (handle.url !== null && !inChannel && !hasImages(body) && (await this.#parts.requests.give(handle.url, body))) return;
    if (handle.url !== null && this.#isOpen(handle.url, handle.at) && (await this.#respond(handle.url, body, inChannel))) return;
    const { call } = this.#parts;
    try {
      await call('chat.postEphemeral', {
        channel: room,
        user: handle.user,
        ...(handle.thread === null ? {} : { thread_ts: handle.thread }),
        ...body,
        ...INERT,
      });
    } catch (error) {
      const code = slackError(error);
      if (code !== 'not_in_channel' && code !== 'channel_not_found' && code !== 'user_not_in_channel') throw sendFailure(error);
      // The app is not in that channel: its direct messages with the asker are the one place left.
      await call('chat.postMessage', { channel: handle.user, ...body, ...INERT }).catch((also: unknown) => {
        throw sendFailure(also);
      });
    }
  }

  #isOpen(url: string, at: number): boolean {
    const { clock, responseBase } = this.#parts;
    return (
      url.startsWith(responseBase) &&
      clock.now() < at + SLACK_LIMITS.responseMs - SPARE_MS &&
      (this.#uses.get(url) ?? 0) < SLACK_LIMITS.responseUses
    );
  }

  /** False if the address is used up, which only Slack knows after a restart. */
  async #respond(url: string, body: SlackBody, inChannel: boolean): Promise<boolean> {
    this.#uses.set(url, (this.#uses.get(url) ?? 0) + 1);
    const oldest = this.#uses.size > MOST_ADDRESSES ? this.#uses.keys().next().value : undefined;
    if (oldest !== undefined) this.#uses.delete(oldest);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: inChannel ? 'in_channel' : 'ephemeral', replace_original: false, ...body, ...INERT }),
      redirect: 'error',
      signal: AbortSignal.any([this.#parts.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    }).catch((error: unknown) => {
      throw sendFailure(error);
    });
    const said = await response.text().catch(() => '');
    if (response.ok) return true;
    if (response.status === 429) {
      const wait = Number(response.headers.get('retry-after') ?? '30');
      throw new SendFailure('not-sent', 'Slack is rate-limiting answers.', {
        retryAfterMs: (Number.isFinite(wait) ? wait : 30) * 1_000,
      });
    }
    if (response.status >= 500) throw new SendFailure('unknown', `Slack did not confirm the answer: ${response.status}.`);
    if (/invalid_blocks|no_text|invalid_payload|too_long/.test(said))
      throw new SendFailure('rejected', `Slack rejected the answer: ${said.slice(0, 100)}.`);
    this.#uses.set(url, SLACK_LIMITS.responseUses);
    return false;
  }
}
