import type { Answer, Interactions } from './interactions.ts';
import { notifiedBy } from './markdown.ts';
import type { Channel, Message, World } from './world.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly files: Message['attachments'];
}

export interface Body extends Partial<Message> {
  readonly enforce_nonce?: boolean;
  readonly recipient_id?: string;
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
  readonly data?: Partial<Message>;
  readonly name?: string;
}

export interface RestHost {
  readonly world: World;
  readonly interactions: Interactions;
  readonly announce: (message: Message) => void;
  readonly changed: (message: Message) => void;
  readonly erase: (message: Message) => void;
  readonly opened: (thread: Channel) => void;
  readonly gatewayUrl: () => string;
}

/** What Discord answers to requests that it lets through. */
export class FakeRest {
  nonceWindowMs = 180_000;
  /** False: the bot may not attach files. */
  takesFiles = true;
  /** False: the history leaves nonces out. */
  historyHasNonces = true;
  /** The channels that this bot may not see into. */
  readonly hidden = new Set<string>();
  /** Each publishing of the commands. */
  readonly published: unknown[][] = [];
  /** People who take no direct messages. */
  readonly closed = new Set<string>();
  readonly #directs = new Map<string, Channel>();
  /** The channels in which typing was shown, in order. */
  readonly typing: string[] = [];
  /** Of the application: 1 << 19 is the message content intent of a bot in few servers. */
  applicationFlags = 1 << 19;
  readonly #nonces = new Map<string, { readonly at: number; readonly message: Message }>();
  readonly #host: RestHost;

  constructor(host: RestHost) {
    this.#host = host;
  }

  answer({ method, path, query, body, files }: Request): Answer {
    const [, first = '', id = '', third = '', fourth = '', fifth = ''] = path.split('/');
    if (path === '/users/@me/channels') return this.#direct(body.recipient_id ?? '');
    if (path === '/users/@me') return { status: 200, body: this.#host.world.bot };
    if (path === '/applications/@me')
      return { status: 200, body: { id: this.#host.world.application, name: 'Musher', flags: this.applicationFlags } };
    if (path === '/gateway/bot') {
      const limit = { total: 1_000, remaining: 1_000, reset_after: 86_400_000, max_concurrency: 1 };
      return { status: 200, body: { url: this.#host.gatewayUrl(), shards: 1, session_start_limit: limit } };
    }
    if (first === 'applications' && third === 'commands' && method === 'PUT') {
      this.published.push(body as unknown as unknown[]);
      return { status: 200, body };
    }
    if (first === 'interactions' && fourth === 'callback')
      return this.#host.interactions.callback(third, Number(body.type), body.data ?? {}, files);
    if (first === 'webhooks' && method === 'POST') return this.#checked(body) ?? this.#host.interactions.followUp(third, body, files);
    if (first === 'webhooks' && method === 'PATCH') return this.#checked(body) ?? this.#host.interactions.edit(third, fifth, body, files);
    if (first === 'webhooks' && method === 'DELETE') return this.#host.interactions.remove(third, fifth);
    const channel = this.#host.world.channels.get(id);
    if (first !== 'channels' || channel === undefined) return { status: 404, body: { code: 10003, message: 'Unknown Channel' } };
    if (files.length > 0 && !this.takesFiles) return { status: 403, body: { code: 50013, message: 'Missing Permissions' } };
    if (this.hidden.has(id)) return { status: 403, body: { code: 50001, message: 'Missing Access' } };
    return this.#inChannel(channel, { method, path, query, body, files }, third, fourth, fifth);
  }

  /** The conversation with a person, the same each time. */
  #direct(person: string): Answer {
    if (!this.#host.world.users.has(person)) return { status: 400, body: { code: 50033, message: 'Invalid Recipient(s)' } };
    const channel = this.#directs.get(person) ?? this.#host.world.direct();
    this.#directs.set(person, channel);
    return { status: 200, body: channel };
  }

  #inChannel(channel: Channel, { method, query, body, files }: Request, what: string, id: string, more: string): Answer {
    if (what === '') return { status: 200, body: channel };
    if (what === 'typing') {
      this.typing.push(channel.id);
      return { status: 204, body: null };
    }
    if (method === 'GET') return { status: 200, body: this.#history(channel, query) };
    if (more === 'threads') {
      if (this.#host.world.channels.has(id))
        return { status: 400, body: { code: 160004, message: 'A thread has already been created for this message' } };
      const thread = this.#host.world.thread(channel, body.name ?? '', id);
      this.#host.opened(thread);
      return { status: 201, body: thread };
    }
    if (id === '') return this.#checked(body) ?? this.#create(channel, body, files);
    const message = this.#host.world.in(channel.id).find((one) => one.id === id);
    if (message === undefined) return { status: 404, body: { code: 10008, message: 'Unknown Message' } };
    if (message.author.id !== this.#host.world.bot.id)
      return { status: 403, body: { code: 50005, message: 'Cannot edit a message authored by another user' } };
    if (method === 'DELETE') {
      this.#host.erase(message);
      return { status: 204, body: null };
    }
    const wrong = this.#checked(body);
    if (wrong !== null) return wrong;
    this.#host.world.notified.push(...notifiedBy(body.content ?? '', body.allowed_mentions));
    message.content = body.content?.trim() ?? message.content;
    message.flags = body.flags ?? message.flags;
    message.components = body.components ?? message.components;
    this.#host.changed(message);
    return { status: 200, body: message };
  }

  #create(channel: Channel, body: Body, files: Message['attachments']): Answer {
    if ([...this.#directs].some(([person, one]) => one === channel && this.closed.has(person)))
      return { status: 403, body: { code: 50007, message: 'Cannot send messages to this user' } };
    const nonce = body.nonce;
    const before = nonce === undefined ? undefined : this.#nonces.get(nonce);
    if (body.enforce_nonce === true && before !== undefined && Date.now() - before.at < this.nonceWindowMs)
      return { status: 200, body: before.message };
    this.#host.world.notified.push(...notifiedBy(body.content ?? '', body.allowed_mentions));
    const message = this.#host.world.add({
      channel_id: channel.id,
      author: this.#host.world.bot,
      type: 0,
      content: body.content?.trim() ?? '',
      flags: body.flags ?? 0,
      components: body.components ?? [],
      attachments: files,
      ...(nonce === undefined ? {} : { nonce }),
    });
    if (nonce !== undefined) this.#nonces.set(nonce, { at: Date.now(), message });
    this.#host.announce(message);
    return { status: 200, body: message };
  }

  #history(channel: Channel, query: URLSearchParams): object[] {
    const limit = Number(query.get('limit') ?? 50);
    const after = query.get('after');
    const before = query.get('before');
    const all = this.#host.world.in(channel.id);
    const shown =
      after === null
        ? all.filter(({ id }) => before === null || BigInt(id) < BigInt(before)).slice(-limit)
        : all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
    return shown
      .toReversed()
      .map(({ nonce, ...message }) => Object.assign(message, this.historyHasNonces && nonce !== undefined ? { nonce } : {}));
  }

  /** What Discord refuses in a message's body. */
  #checked(body: Body): Answer | null {
    const refuse = (message: string): Answer => ({ status: 400, body: { code: 50035, message: `Invalid Form Body: ${message}` } });
    const content = body.content ?? '';
    if (content.trim() === '') return { status: 400, body: { code: 50006, message: 'Cannot send an empty message' } };
    if (Array.from(content).length > 2_000) return refuse('content: Must be 2000 or fewer in length.');
    if (/\p{Cs}|\0/u.test(content)) return refuse('content: not a valid string.');
    if ((body.nonce ?? '').length > 25) return refuse('nonce: Must be 25 or fewer in length.');
    const rows = body.components ?? [];
    const buttons = rows.flatMap((row) => row.components ?? []);
    const ids = buttons.map(({ custom_id }) => custom_id ?? '');
    if (rows.length > 5 || rows.some((row) => (row.components ?? []).length > 5)) return refuse('components: too many.');
    if (ids.some((one) => one === '' || one.length > 100) || new Set(ids).size < ids.length) return refuse('custom_id.');
    return buttons.some(({ label = '' }) => label === '' || label.length > 80) ? refuse('label.') : null;
  }
}
