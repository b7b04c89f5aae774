import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EVENTS, SCOPES } from '../../../transports/slack/manifest.ts';
import { FileShelf, type DeviceFile } from '../file-shelf.ts';
import { Files } from './files.ts';
import { BOT_TOKEN, callMethod, fileRefusal } from './methods.ts';
import { refusalOf } from './refusal.ts';
import { Rooms, type FakeMessage, type Json } from './rooms.ts';
import { EVENT_SCOPES, subscriptionOf } from './scopes.ts';
import { SocketServer } from './sockets.ts';

export interface Call {
  readonly method: string;
  readonly args: URLSearchParams;
}

/** What happens to the next calls of a method. */
type Trouble =
  | { readonly kind: 'limited'; readonly seconds: number }
  | { readonly kind: 'reply lost' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'garbled' }
  | { readonly kind: 'slow'; readonly ms: number };

interface Response {
  readonly channel: string;
  readonly user: string;
  uses: number;
  readonly expires: number;
}

/** How requests are sent over HTTP, instead of over sockets. */
export interface HttpTarget {
  readonly url: string;
  readonly secret: string;
}

/** A Slack on 127.0.0.1 that speaks what the SDK speaks, and knows what each channel shows. */
export class FakeSlack {
  readonly rooms = new Rooms();
  readonly sockets = new SocketServer();
  readonly calls: Call[] = [];
  readonly shelf = new FileShelf();
  readonly views: Json[] = [];
  readonly files = new Files();
  /** What the bot token may do. */
  scopes: string[] = [...SCOPES];
  /** What people call the bot by. */
  botName = 'musher';
  readonly #troubles = new Map<string, Trouble[]>();
  readonly #responses = new Map<string, Response>();
  readonly #triggers = new Map<string, number>();
  readonly #server: Server;
  #port = 0;
  #ahead = 0;
  #last: { readonly kind: string; readonly payload: Json } | null = null;
  /** Where events, slash commands and the rest are sent; null: over sockets. */
  http: HttpTarget | null = null;

  constructor() {
    // Closes no connection that rests: on a loaded machine a client may rest for long, and its next call would have no known end.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#answer(request, response));
    this.sockets.attach(this.#server);
    this.rooms.members.add('C1');
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api/`;
  }

  get responseBase(): string {
    return `http://127.0.0.1:${this.#port}/response/`;
  }

  async close(): Promise<void> {
    this.sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Calls of a method so far. */
  called(method: string): Call[] {
    return this.calls.filter((one) => one.method === method);
  }

  /** The next calls of a method meet this, one after the other. `respond` stands for the response addresses. */
  trouble(method: string, ...troubles: Trouble[]): void {
    this.#troubles.set(method, [...(this.#troubles.get(method) ?? []), ...troubles]);
  }

  /** Calls that are still to meet trouble. */
  get troubles(): number {
    return [...this.#troubles.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes the network away: every connection breaks, and none is made. */
  goAway(): void {
    this.sockets.away = true;
    this.sockets.cut();
  }

  comeBack(): void {
    this.sockets.away = false;
  }

  /** A person writes in a channel. `heard` resolves with whether the event was acknowledged. */
  say(
    text: string,
    more: Partial<FakeMessage> & { readonly event?: Json } = {},
  ): { readonly message: FakeMessage; readonly heard: Promise<boolean> } {
    const { event: further, ...rest } = more;
    const message = this.rooms.add({ channel: 'C1', user: 'U1', text, ...rest });
    const type = message.channel.startsWith('D') ? 'im' : 'channel';
    return {
      message,
      heard: this.event({ ...this.rooms.toJson(message, false), channel: message.channel, channel_type: type, ...further }),
    };
  }

  /** A person shares a file, with or without words. */
  share(file: DeviceFile, text = '', more: Parameters<FakeSlack['say']>[1] = {}): ReturnType<FakeSlack['say']> {
    const id = this.shelf.put(file);
    const url = `http://127.0.0.1:${this.#port}/files-pri/T1-${id}/${encodeURIComponent(file.name)}`;
    const shown = { id, name: file.name, title: file.name, mimetype: file.type, size: file.bytes.length, mode: 'hosted', url_private: url };
    return this.say(text, { ...more, event: { subtype: 'file_share', files: [shown], upload: false, ...more.event } });
  }

  /** Sends an event; true: it was acknowledged. */
  async event(event: Json): Promise<boolean> {
    const subscription = subscriptionOf(event);
    // Anything else is what an attacker makes up.
    if (subscription in EVENT_SCOPES && !EVENTS.some((one) => one === subscription))
      throw new Error(`The app is not subscribed to ${subscription}.`);
    const ids = { team_id: 'T1', api_app_id: 'A1', type: 'event_callback', event_id: `Ev${randomUUID()}` };
    return (
      (await this.deliver('events_api', { ...ids, event, authorizations: [{ team_id: 'T1', user_id: 'UBOT', is_bot: true }] })) !== null
    );
  }

  /** A person types a slash command. */
  slash(text: string, more: Json = {}): Promise<Json | null> {
    const channel = typeof more['channel_id'] === 'string' ? more['channel_id'] : 'C1';
    return this.deliver('slash_commands', {
      command: '/musher',
      text,
      team_id: 'T1',
      api_app_id: 'A1',
      channel_id: channel,
      user_id: 'U1',
      user_name: 'ada',
      trigger_id: this.trigger(),
      response_url: this.respondTo(channel, 'U1'),
      ...more,
    });
  }

  /** A person presses the button with this label in the channel's newest message that has it. */
  press(label: string, user = 'U1', time = this.rooms.stamp()): Promise<Json | null> {
    const buttons = (message: FakeMessage): Json[] => message.blocks.flatMap((block) => (block['elements'] as Json[] | undefined) ?? []);
    const isIt = (one: Json): boolean => (one['text'] as Json | undefined)?.['text'] === label && one['type'] === 'button';
    const message = this.rooms.all.findLast((one) => buttons(one).some(isIt));
    const action = message && buttons(message).find(isIt);
    if (message === undefined || action === undefined) throw new Error(`No message has the button ${label}.`);
    const thread = message.thread === null ? {} : { thread_ts: message.thread };
    return this.deliver('interactive', {
      type: 'block_actions',
      api_app_id: 'A1',
      team: { id: 'T1' },
      user: { id: user, username: user.toLowerCase(), team_id: 'T1' },
      channel: { id: message.channel },
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channel,
        is_ephemeral: message.onlyFor !== null,
        ...thread,
      },
      trigger_id: this.trigger(),
      response_url: this.respondTo(message.channel, user),
      actions: [{ ...action, action_ts: time }],
    });
  }

  /** A person fills in the newest form and sends it. */
  submit(values: Json, user = 'U1'): Promise<Json | null> {
    const view = this.views.at(-1);
    if (view === undefined) throw new Error('No form was opened.');
    return this.deliver('interactive', {
      type: 'view_submission',
      api_app_id: 'A1',
      team: { id: 'T1' },
      user: { id: user, username: user === 'U1' ? 'ada' : user, team_id: 'T1' },
      view: { ...view, state: { values } },
    });
  }

  /** A person writes into the only field of the newest form and sends it. */
  fillIn(text: string, user = 'U1'): Promise<Json | null> {
    const [block] = (this.views.at(-1)?.['blocks'] ?? []) as Json[];
    const [id, action] = [String(block?.['block_id']), String((block?.['element'] as Json | undefined)?.['action_id'])];
    return this.submit({ [id]: { [action]: { type: 'plain_text_input', value: text } } }, user);
  }

  /** Delivers the last envelope once more. */
  async redeliver(): Promise<Json | null> {
    if (this.#last === null) throw new Error('Nothing was delivered yet.');
    // Slack signs a repetition anew, with the time of its sending.
    this.#ahead++;
    return this.deliver(this.#last.kind, this.#last.payload);
  }

  trigger(): string {
    const id = randomUUID();
    this.#triggers.set(id, Date.now());
    return id;
  }

  /** A response address for a person in a channel. */
  respondTo(channel: string, user: string, expires = Date.now() + 30 * 60_000): string {
    const id = randomUUID();
    this.#responses.set(id, { channel, user, uses: 0, expires });
    return `${this.responseBase}${id}`;
  }

  async deliver(kind: string, payload: Json): Promise<Json | null> {
    this.#last = { kind, payload };
    if (this.http === null) return this.sockets.deliver(kind, payload);
    const body =
      kind === 'events_api'
        ? JSON.stringify(payload)
        : new URLSearchParams(
            kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>),
          ).toString();
    const { status, text } = await this.request(body, kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded');
    if (status !== 200) return null;
    const answer = text === '' ? {} : (JSON.parse(text) as Json);
    if (kind === 'slash_commands' && typeof answer['text'] === 'string') this.#shown(payload, answer);
    return answer;
  }

  /** A slash command can be answered in the very response to it. */
  #shown(asked: Json, answer: Json): void {
    const id = typeof asked['response_url'] === 'string' ? asked['response_url'].slice(this.responseBase.length) : '';
    const { status, body } = this.#respond(id, answer);
    if (status !== 200) throw new Error(`Slack would refuse this answer: ${JSON.stringify(body)}`);
    // It is none of the five uses that the address is good for.
    const to = this.#responses.get(id);
    if (to !== undefined) to.uses--;
  }

  /** Sends a signed request, with what may be wrong about it. Aborts after three seconds, as Slack does. */
  async request(
    body: string,
    type = 'application/json',
    wrong: { readonly time?: number; readonly signature?: string; readonly secret?: string } = {},
  ): Promise<{ readonly status: number; readonly text: string }> {
    if (this.http === null) throw new Error('There is no address to send to.');
    const time = String(wrong.time ?? Math.floor(Date.now() / 1_000) + this.#ahead);
    const signature =
      wrong.signature ??
      `v0=${createHmac('sha256', wrong.secret ?? this.http.secret)
        .update(`v0:${time}:${body}`)
        .digest('hex')}`;
    const response = await fetch(this.http.url, {
      method: 'POST',
      headers: { 'content-type': type, 'x-slack-request-timestamp': time, 'x-slack-signature': signature },
      body,
      signal: AbortSignal.timeout(3_000),
    });
    return { status: response.status, text: await response.text() };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.sockets.away) return void request.socket.destroy();
    const bytes = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', 'http://x');
    const [, file] = /^\/files-pri\/T1-([^/]+)\//.exec(url.pathname) ?? [];
    if (file !== undefined) {
      const mayRead = request.headers.authorization === `Bearer ${BOT_TOKEN}` && this.scopes.includes('files:read');
      // A page to log in, for whoever may not.
      if (!mayRead) this.shelf.mishaps.unshift({ redirect: `http://127.0.0.1:${this.#port}/?redir=1` });
      return this.shelf.answer(file, mayRead, response);
    }
    if (url.pathname.startsWith('/upload/')) {
      const isTaken = this.files.take(url.pathname.replace('/upload/', ''), bytes);
      return void response.writeHead(isTaken ? 200 : 404).end();
    }
    const body = bytes.toString();
    const isResponse = url.pathname.startsWith('/response/');
    const method = isResponse ? 'respond' : url.pathname.replace('/api/', '');
    const args = new URLSearchParams(isResponse ? '' : body);
    this.calls.push({ method, args });
    const trouble = this.#troubles.get(method)?.shift();
    if (trouble?.kind === 'limited')
      return end(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(trouble.seconds) });
    if (trouble?.kind === 'broken') return end(response, 503, { ok: false });
    if (trouble?.kind === 'refused') return end(response, 200, { ok: false, error: trouble.error });
    if (trouble?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms).unref());
    const token = (request.headers.authorization ?? '').replace('Bearer ', '') || (args.get('token') ?? '');
    const socketUrl = (): string => {
      const ticket = randomUUID();
      this.sockets.tickets.add(ticket);
      return `ws://127.0.0.1:${this.#port}/link?ticket=${ticket}`;
    };
    const answer = isResponse
      ? this.#respond(url.pathname.replace('/response/', ''), JSON.parse(body) as Json)
      : {
          status: 200,
          body: callMethod(method, token, args, {
            rooms: this.rooms,
            socketUrl,
            views: this.views,
            triggers: this.#triggers,
            scopes: this.scopes,
            botName: this.botName,
            files: this.files,
            uploadUrl: (id) => `http://127.0.0.1:${this.#port}/upload/${id}`,
          }),
        };
    if (trouble?.kind === 'reply lost') return void request.socket.destroy();
    if (trouble?.kind === 'garbled') return void response.writeHead(200).end('<html>');
    end(response, answer.status, answer.body, isResponse ? {} : { 'x-oauth-scopes': this.scopes.join(',') });
  }

  #respond(id: string, body: Json): { readonly status: number; readonly body: Json } {
    const to = this.#responses.get(id);
    if (to === undefined || Date.now() > to.expires) return { status: 404, body: { error: 'expired_url' } };
    if (to.uses >= 5) return { status: 404, body: { error: 'used_url' } };
    const [text, blocks] = [typeof body['text'] === 'string' ? body['text'] : '', (body['blocks'] ?? []) as Json[]];
    const refusal = refusalOf(text, blocks) ?? fileRefusal(blocks, this.files);
    if (refusal !== null) return { status: 400, body: { error: refusal } };
    to.uses++;
    const onlyFor = body['response_type'] === 'in_channel' ? null : to.user;
    const by = `${this.responseBase}${id}`;
    this.rooms.add({ channel: to.channel, user: 'UBOT', bot: true, text, blocks, onlyFor, by, unfurled: body['unfurl_links'] !== false });
    return { status: 200, body: { ok: true } };
  }
}

function end(response: ServerResponse, status: number, body: Json, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
