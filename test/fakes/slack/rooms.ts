import { rendered } from './shown.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A message as a channel keeps it. */
export interface FakeMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly bot: boolean;
  readonly thread: string | null;
  /** An answer in a thread that stands in the channel too. */
  readonly broadcast: boolean;
  /** The one person who sees it. */
  readonly onlyFor: string | null;
  readonly metadata: Json | null;
  /** The response address by which it came; null: none. */
  readonly by: string | null;
  text: string;
  blocks: readonly Json[];
  edited: boolean;
  unfurled: boolean;
  readonly reactions: Set<string>;
}

/** The truth of what each channel shows. */
export class Rooms {
  readonly all: FakeMessage[] = [];
  readonly members = new Set<string>();
  /** People whom nobody can write to. */
  readonly unreachable = new Set<string>();
  /** Everybody whom a message of the bot notified, when it was sent or edited. */
  readonly notified: string[] = [];
  readonly #removed = new Set<string>();
  #last = 0;

  /** A time stamp that no other message has. */
  stamp(): string {
    this.#last = Math.max(this.#last + 1, Date.now() * 1_000);
    const micros = String(this.#last);
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  add(message: Pick<FakeMessage, 'channel' | 'user' | 'text'> & Partial<FakeMessage>): FakeMessage {
    const added: FakeMessage = {
      ts: this.stamp(),
      bot: false,
      thread: null,
      broadcast: false,
      onlyFor: null,
      metadata: null,
      by: null,
      blocks: [],
      edited: false,
      unfurled: false,
      reactions: new Set(),
      ...message,
    };
    this.all.push(added);
    if (added.bot) this.notified.push(...rendered(added.text, added.blocks).notified);
    return added;
  }

  change(message: FakeMessage, text: string, blocks: readonly Json[]): void {
    Object.assign(message, { text, blocks, edited: true });
    if (message.bot) this.notified.push(...rendered(text, blocks).notified);
  }

  remove(message: FakeMessage): void {
    this.all.splice(this.all.indexOf(message), 1);
    this.#removed.add(`${message.channel} ${message.ts}`);
  }

  /** A thread whose first message was deleted is gone, unless something stands in it. */
  isGone(channel: string, thread: string): boolean {
    return this.#removed.has(`${channel} ${thread}`) && !this.all.some((one) => one.channel === channel && one.thread === thread);
  }

  find(channel: string, ts: string): FakeMessage | undefined {
    return this.all.find((one) => one.channel === channel && one.ts === ts && one.onlyFor === null);
  }

  /** What the bot said in a channel, as people read it, oldest first. */
  said(channel: string): string[] {
    return this.all.filter((one) => one.channel === channel && one.bot).map(({ text, blocks }) => rendered(text, blocks).text);
  }

  /** What the bot said in a channel itself, and what in the thread under a message, oldest first. */
  inChannel(channel: string): string[] {
    return this.#read((one) => one.channel === channel && (one.thread === null || one.broadcast));
  }

  inThread(channel: string, thread: string): string[] {
    return this.#read((one) => one.channel === channel && one.thread === thread);
  }

  #read(belongs: (one: FakeMessage) => boolean): string[] {
    return this.all.filter((one) => one.bot && belongs(one)).map(({ text, blocks }) => rendered(text, blocks).text);
  }

  /** A message as `conversations.history` gives it. */
  toJson(message: FakeMessage, withMetadata: boolean): Json {
    const replies = this.all.filter((one) => one.channel === message.channel && one.thread === message.ts);
    return {
      type: 'message',
      ts: message.ts,
      user: message.user,
      team: 'T1',
      text: message.text,
      blocks: message.blocks,
      ...(message.bot ? { bot_id: 'B1', app_id: 'A1' } : {}),
      ...(message.thread === null ? {} : { thread_ts: message.thread }),
      ...(replies.length === 0 ? {} : { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
      ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
      ...(withMetadata && message.metadata !== null ? { metadata: message.metadata } : {}),
    };
  }
}
