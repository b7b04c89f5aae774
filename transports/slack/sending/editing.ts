import type { Document } from '../../../src/message/document.ts';
import { sendFailure, slackError } from '../failure.ts';
import { post, update } from './post.ts';
import { readBack } from './read-back.ts';
import { remember } from './remember.ts';
import { renderMessages, type SlackBody } from '../render/render.ts';
import { typedIn } from '../render/typed.ts';
import type { MessageRef } from '../../transport.ts';
import type { CallSlack } from '../web-api.ts';

/** A message can't be edited any more. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

interface Further {
  readonly thread: string | null;
  readonly ids: readonly string[];
}

/** Edits of messages in channels, also if a text now needs more messages, or fewer. */
export class Editing {
  readonly #call: CallSlack;
  readonly #installation: string;
  /** The further messages of a text that needs several, by the first one's name; and their thread. */
  readonly #further = new Map<string, Further>();
  /** Messages that were sent anew under another name, by their own. */
  readonly #moved = new Map<string, string>();

  constructor(call: CallSlack, installation: string) {
    this.#call = call;
    this.#installation = installation;
  }

  /** A text was sent: its first message, and those that continue with it. */
  know(room: string, first: string, thread: string | null, ids: readonly string[]): void {
    remember(this.#further, `${room} ${first}`, { thread, ids });
  }

  /** A text with its commands as they are typed at the message's place. Where that is not known, in the form that also works in threads. */
  typed({ room, id, thread: told }: MessageRef, body: Document): Document {
    const known = this.#further.get(`${room} ${id}`);
    const thread = known === undefined ? told : known.thread;
    return typedIn(room, thread === null ? 'none' : 'within', body);
  }

  /** Replaces what a message and those that continue with it show. Throws SendFailure. */
  async edit(ref: MessageRef, body: Document): Promise<void> {
    const { room, id: ts } = ref;
    const [call, installation] = [this.#call, this.#installation];
    const name = `${room} ${ts}`;
    const known = this.#further.get(name) ?? { thread: ref.thread ?? null, ids: [] };
    const [first, ...more] = renderMessages(this.typed(ref, body));
    const ids = [...known.ids];
    try {
      if (first !== undefined) await this.#replace(room, ts, known.thread, first);
      for (const [at, message] of more.entries()) {
        const there = ids[at] ?? (await readBack(call, room, known.thread, `${installation}:more:${ts}`)).get(at);
        if (there !== undefined) await update(call, room, there, message);
        ids[at] =
          there ??
          (await post(call, { room, thread: known.thread, broadcast: false }, message, { key: `${installation}:more:${ts}`, part: at }));
      }
      // What the new text no longer needs would continue showing the old one.
      for (const gone of ids.splice(more.length)) await call('chat.delete', { channel: room, ts: gone });
    } catch (error) {
      throw sendFailure(error);
    } finally {
      remember(this.#further, name, { thread: known.thread, ids });
    }
  }

  /** Replaces a message. One that somebody deleted comes anew, for it may be the only answer to a command. */
  async #replace(room: string, ts: string, thread: string | null, body: SlackBody): Promise<void> {
    const [call, installation] = [this.#call, this.#installation];
    const name = `${room} ${ts}`;
    const mark = `${installation}:anew:${ts}`;
    try {
      return await update(call, room, this.#moved.get(name) ?? ts, body);
    } catch (error) {
      if (!GONE.has(slackError(error) ?? '')) throw error;
    }
    const there = (await readBack(call, room, thread, mark)).get(0);
    if (there !== undefined) await update(call, room, there, body);
    remember(this.#moved, name, there ?? (await post(call, { room, thread, broadcast: false }, body, { key: mark, part: 0 })));
  }
}
