import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FileShelf, type DeviceFile } from '../file-shelf.ts';
import { FakeGateway } from './gateway.ts';
import { interactionEvent, Interactions, type Interaction } from './interactions.ts';
import { RateLimits, refusal } from './limits.ts';
import { FakeRest, type Body, type Request } from './rest.ts';
import { World, type Channel, type Message, type User } from './world.ts';

/** What happens to the next request whose method and path match. */
interface Fault {
  readonly match: RegExp;
  readonly kind: 'refuse' | 'drop-reply' | 'reset' | 'malformed' | 'unavailable' | '429' | '429-global' | 'slow';
  readonly ms: number;
}

/** All of Discord that Musher talks to, on loopback: REST with its limits, the gateway, interactions with their deadlines. */
export class FakeDiscord {
  readonly world = new World();
  readonly limits = new RateLimits();
  readonly gateway: FakeGateway;
  readonly interactions: Interactions;
  token = 'the-token';
  readonly rest: FakeRest;
  readonly requests: string[] = [];
  readonly shelf = new FileShelf();
  readonly #faults: Fault[] = [];
  readonly #server: Server;
  #last: (() => void) | null = null;

  constructor() {
    this.gateway = new FakeGateway(this.world, () => this.token);
    this.interactions = new Interactions(this.world, (message) => this.#announce(message));
    this.rest = new FakeRest({
      world: this.world,
      interactions: this.interactions,
      announce: (message) => this.#announce(message),
      changed: (message) => this.gateway.dispatch('MESSAGE_UPDATE', this.#event(message)),
      erase: (message) => this.erase(message),
      opened: (thread) => this.gateway.dispatch('THREAD_CREATE', thread),
      gatewayUrl: () => this.gateway.url,
    });
    // Closes no connection that rests: on a loaded machine a client may rest for long, and its next call would have no known end.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on('upgrade', (request, socket, head: Buffer) => this.gateway.upgrade(request, socket, head));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.gateway.url = `ws://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    this.gateway.close();
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  get api(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets the next matching request go wrong; `match` is held against `POST /channels/1/messages`. */
  next(match: RegExp, kind: Fault['kind'], ms = 0): void {
    this.#faults.push({ match, kind, ms });
  }

  /** Requests that are still to go wrong. */
  get faults(): number {
    return this.#faults.length;
  }

  // What people do.

  write(user: User, channel: Channel, content: string, extra: Partial<Message> = {}): Message {
    const message = this.world.add({
      channel_id: channel.id,
      author: user,
      type: 0,
      content,
      flags: 0,
      components: [],
      attachments: [],
      ...extra,
    });
    this.#announce(message);
    return message;
  }

  /** Somebody writes with a file. */
  attach(user: User, channel: Channel, file: DeviceFile, content = '', extra: Partial<Message> = {}): Message {
    const id = this.shelf.put(file);
    const url = `http://127.0.0.1:${this.#port}/attachments/${channel.id}/${id}/${encodeURIComponent(file.name)}?ex=1&is=2&hm=3`;
    const attachment = { id, filename: file.name, text: '', url, proxy_url: url, size: file.bytes.length, content_type: file.type };
    return this.write(user, channel, content, { attachments: [attachment], ...extra });
  }

  rewrite(message: Message, content: string): void {
    message.content = content;
    message.edited_timestamp = new Date().toISOString();
    this.gateway.dispatch('MESSAGE_UPDATE', this.#event(message));
  }

  erase(message: Message): void {
    this.world.messages.splice(this.world.messages.indexOf(message), 1);
    this.gateway.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: message.channel_id });
  }

  slash(user: User, channel: Channel, name: string, values: Record<string, string | number | boolean> = {}): Interaction {
    const options = Object.entries(values).map(([option, value]) => ({
      name: option,
      type: typeof value === 'string' ? 3 : typeof value === 'number' ? 4 : 5,
      value,
    }));
    return this.#interact(user, channel, 2, { id: this.world.newId(), name, type: 1, options });
  }

  /** Fills in the last of the values. */
  fillIn(user: User, channel: Channel, name: string, values: Record<string, string>): Interaction {
    const options = Object.entries(values).map(([option, value], index, all) => ({
      name: option,
      type: 3,
      value,
      focused: index === all.length - 1,
    }));
    return this.#interact(user, channel, 4, { id: this.world.newId(), name, type: 1, options });
  }

  /** Presses the button of that label under a message. */
  press(user: User, message: Message, label: string): Interaction {
    const button = message.components.flatMap((row) => row.components ?? []).find((one) => one.label === label);
    const channel = this.world.channels.get(message.channel_id);
    if (button === undefined || channel === undefined) throw new Error(`There is no button ${label}.`);
    return this.#interact(user, channel, 3, { component_type: 2, custom_id: button.custom_id }, message);
  }

  /** Writes into the first field of the form that a press has opened, and sends it. */
  submit(user: User, { modal, channel }: Interaction, text: string, message?: Message): Interaction {
    const [first] = modal?.components ?? [];
    if (modal === null || first === undefined) throw new Error('No form was opened.');
    const component = { type: 4, id: 2, custom_id: first.component?.custom_id, value: text };
    return this.#interact(user, channel, 5, { custom_id: modal.custom_id, components: [{ type: 18, id: 1, component }] }, message);
  }

  /** Delivers the last message or interaction again. */
  redeliver(): void {
    this.#last?.();
  }

  #interact(user: User, channel: Channel, type: number, data: object, message?: Message): Interaction {
    const interaction = this.interactions.create(channel);
    this.#deliver('INTERACTION_CREATE', interactionEvent(this.world, interaction, user, type, data, message));
    return interaction;
  }

  #announce(message: Message): void {
    this.#deliver('MESSAGE_CREATE', this.#event(message));
  }

  #event(message: Message): object {
    const guild = this.world.channels.get(message.channel_id)?.guild_id;
    const ids = Array.from(message.content.matchAll(/<@!?(\d+)>/g), ([, id = '']) => id);
    const mentions = [...new Set(ids)].flatMap((id) => this.world.users.get(id) ?? []);
    return { ...message, mentions, embeds: [], ...(guild === undefined ? {} : { guild_id: guild }) };
  }

  #deliver(t: string, d: object): void {
    const deliver = (): void => this.gateway.dispatch(t, d);
    if (t !== 'MESSAGE_CREATE' || (d as Message).author.id !== this.world.bot.id) this.#last = deliver;
    deliver();
  }

  // REST.

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, file] = /^\/attachments\/\d+\/([^/]+)\//.exec(incoming.url ?? '') ?? [];
    // The address alone opens it; a token has no business there.
    if (file !== undefined) return this.shelf.answer(file, incoming.headers.authorization === undefined, response);
    const request = await read(incoming);
    const name = `${request.method} ${request.path}`;
    this.requests.push(name);
    const at = this.#faults.findIndex(({ match }) => match.test(name));
    const fault = at === -1 ? undefined : this.#faults.splice(at, 1)[0];
    if (fault?.kind === 'reset') return void incoming.socket.destroy();
    if (fault?.kind === '429' || fault?.kind === '429-global') {
      const global = fault.kind === '429-global';
      return reply(
        response,
        429,
        { message: 'You are being rate limited.', retry_after: fault.ms / 1_000, global },
        refusal(fault.ms, global),
      );
    }
    if (fault?.kind === 'refuse') return reply(response, 400, { code: 50035, message: 'Invalid Form Body' });
    if (fault?.kind === 'unavailable') return reply(response, 503, { message: 'Service Unavailable' });
    const byToken = /^\/(?:webhooks|interactions)\//.test(request.path);
    if (!byToken && incoming.headers.authorization !== `Bot ${this.token}`)
      return reply(response, 401, { code: 0, message: '401: Unauthorized' });
    const verdict = this.limits.take(`${request.method} ${route(request.path)}`, !byToken);
    if (verdict.retryAfter !== null) {
      const body = { message: 'You are being rate limited.', retry_after: verdict.retryAfter / 1_000, global: verdict.global };
      return reply(response, 429, body, verdict.headers);
    }
    const { status, body } = this.rest.answer(request);
    if (fault?.kind === 'drop-reply') return void incoming.socket.destroy();
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'malformed') {
      response.writeHead(status, { 'Content-Type': 'application/json', ...verdict.headers });
      return void response.end('{"id": ');
    }
    reply(response, status, body, verdict.headers);
  }
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const raw = Buffer.concat(chunks);
  const type = incoming.headers['content-type'] ?? '';
  let body: Body = {};
  const files: { filename: string; text: string; description?: string }[] = [];
  if (type.startsWith('multipart/')) {
    const form = await new Response(raw, { headers: { 'Content-Type': type } }).formData();
    const payload = form.get('payload_json');
    if (typeof payload === 'string') body = JSON.parse(payload) as Body;
    const described = (body.attachments ?? body.data?.attachments ?? []) as readonly {
      readonly filename: string;
      readonly description?: string;
    }[];
    for (const value of form.values()) {
      if (typeof value === 'string') continue;
      const words = described.find(({ filename }) => filename === value.name)?.description;
      files.push({ filename: value.name, text: await value.text(), ...(words === undefined ? {} : { description: words }) });
    }
  } else if (raw.length > 0) body = JSON.parse(raw.toString()) as Body;
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname.replace(/^\/api\/v10/, '')),
    query: url.searchParams,
    body,
    files,
  };
}

/** The route that a bucket counts for: only the first id tells buckets apart. */
function route(path: string): string {
  const [, first = '', id = '', ...rest] = path.split('/');
  return [first, id, ...rest.map((part) => part.replace(/^(?:\d{15,}|token_.*)$/, ':id'))].join('/');
}

function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, ...(body === null ? {} : { 'Content-Type': 'application/json' }) });
  response.end(body === null ? '' : JSON.stringify(body));
}
