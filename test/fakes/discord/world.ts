import { asRead } from './markdown.ts';

/** Discord's epoch: ids begin with the milliseconds since then. */
const EPOCH = 1_420_070_400_000n;

export interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly bot: boolean;
}

export interface Channel {
  readonly id: string;
  /** 0 text, 1 direct message, 11 public thread. */
  readonly type: 0 | 1 | 11;
  readonly name: string;
  readonly guild_id?: string;
  readonly parent_id?: string;
  last_message_id: string | null;
}

export interface Component {
  readonly type: number;
  readonly custom_id?: string;
  readonly label?: string;
  readonly components?: readonly Component[];
}

export interface Message {
  /** What a reply answers. */
  message_reference?: { readonly message_id: string; readonly channel_id: string };
  readonly id: string;
  readonly channel_id: string;
  readonly author: User;
  readonly type: number;
  readonly timestamp: string;
  edited_timestamp?: string;
  readonly nonce?: string;
  content: string;
  flags: number;
  components: readonly Component[];
  attachments: readonly {
    readonly filename: string;
    readonly text: string;
    readonly url?: string;
    readonly size?: number;
    readonly description?: string;
  }[];
  webhook_id?: string;
}

/** What Discord knows: people, channels, and what each of them shows. The truth that tests hold Musher against. */
export class World {
  readonly guild: string;
  readonly bot: User;
  readonly botRole: string;
  readonly application: string;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly messages: Message[] = [];
  /** Whom messages and edits notified, in order. */
  readonly notified: string[] = [];
  #count = BigInt(Math.floor(Math.random() * 1_000));

  constructor() {
    this.guild = this.newId();
    this.application = this.newId();
    this.botRole = this.newId();
    this.bot = { id: this.application, username: 'musher', global_name: null, bot: true };
    this.users.set(this.bot.id, this.bot);
  }

  /** A new id, later than all before. */
  newId(): string {
    this.#count += 1n;
    return String(((BigInt(Date.now()) - EPOCH) << 22n) + this.#count);
  }

  person(name: string, options: { readonly bot?: boolean } = {}): User {
    const user = { id: this.newId(), username: name.toLowerCase(), global_name: name, bot: options.bot ?? false };
    this.users.set(user.id, user);
    return user;
  }

  room(name = 'general'): Channel {
    return this.#add({ id: this.newId(), type: 0, name, guild_id: this.guild, last_message_id: null });
  }

  direct(): Channel {
    return this.#add({ id: this.newId(), type: 1, name: '', last_message_id: null });
  }

  /** `id`: a thread under a message has that message's id. */
  thread(room: Channel, name: string, id = this.newId()): Channel {
    return this.#add({ id, type: 11, name, guild_id: this.guild, parent_id: room.id, last_message_id: null });
  }

  add(message: Omit<Message, 'id' | 'timestamp'>): Message {
    const added = { ...message, id: this.newId(), timestamp: new Date().toISOString() };
    this.messages.push(added);
    const channel = this.channels.get(message.channel_id);
    if (channel !== undefined) channel.last_message_id = added.id;
    return added;
  }

  in(channel: string): Message[] {
    return this.messages.filter((message) => message.channel_id === channel);
  }

  /** All that a channel shows to its people, as they read it, with the buttons' labels. */
  shown(channel: string): string {
    return this.in(channel)
      .map((message) => this.read(message))
      .join('\n');
  }

  read(message: Message): string {
    const labels = message.components.flatMap((row) => row.components ?? []).map(({ label }) => `[${label}]`);
    // The words of a picture are heard by who does not see it.
    const files = message.attachments
      .filter(({ description }) => description === undefined)
      .map(({ filename, text }) => `${filename}: ${text}`);
    const text = asRead(message.content, (id) => this.users.get(id)?.global_name ?? id);
    return [text, ...(labels.length === 0 ? [] : [labels.join(' ')]), ...files].join('\n');
  }

  #add(channel: Channel): Channel {
    this.channels.set(channel.id, channel);
    return channel;
  }
}
