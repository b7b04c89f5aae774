import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FileShelf, type DeviceFile } from '../file-shelf.ts';
import { asObject, listAt, objectAt, textAt, type Json } from '../../../transports/matrix/json.ts';

interface FakeRoom {
  readonly id: string;
  /** The truth of what the room shows, oldest first. */
  readonly events: Json[];
  /** Our account is in it. */
  joined: boolean;
  invite: Json[] | null;
  readonly members: Set<string>;
}

/** How the next request to send is met; afterwards all is as before. */
export type Mishap =
  | { readonly kind: 'limit'; readonly header: string | null; readonly ms: number | null }
  | { readonly kind: 'drop-reply' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'refuse' };

/**
 * A small homeserver with one account, `@musher:example.org`, over HTTP on the loopback. It speaks what the transport
 * uses of the client-server API; how a real server behaves is tested against Synapse.
 */
export class FakeHomeserver {
  readonly me = '@musher:example.org';
  accessToken = 'syt_fake_token';
  readonly rooms = new Map<string, FakeRoom>();
  /** Requests that came in, as `METHOD path`. */
  /** What was uploaded, by its address, and the most bytes that are taken. */
  readonly media = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  uploadSize = 50 * 1024 * 1024;
  readonly requests: string[] = [];
  readonly typing = new Map<string, boolean>();
  /** Reasons given with leaving. */
  readonly reasons: string[] = [];
  /** People who can't be invited. */
  readonly unreachable = new Set<string>();
  readonly shelf = new FileShelf();
  mishaps: Mishap[] = [];
  /** Events that a timeline holds at most before it is `limited`. */
  timelineLimit = 100;
  /** Closes no connection that rests: on a loaded machine a client may rest for long, and its next call would have no known end. */
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#handle(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  readonly #transactions = new Map<string, string>();
  #direct: Json = {};
  #port = 0;
  #count = 0;
  /** One number for all rooms: a token is where it stood. */
  readonly #stream: { room: string; event: Json }[] = [];

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Syncs that wait for something to happen. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Takes the network away: all connections break and none is made. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  createRoom(id: string, options: { readonly joined?: boolean; readonly encrypted?: boolean } = {}): FakeRoom {
    const room: FakeRoom = { id, events: [], joined: false, invite: null, members: new Set(['@ada:example.org']) };
    this.rooms.set(id, room);
    if (options.encrypted === true)
      this.add(id, {
        type: 'm.room.encryption',
        state_key: '',
        sender: '@ada:example.org',
        content: { algorithm: 'm.megolm.v1.aes-sha2' },
      });
    if (options.joined !== false) this.#join(room);
    return room;
  }

  invite(id: string, inviter: string, options: { readonly direct?: boolean; readonly encrypted?: boolean } = {}): void {
    const room = this.rooms.get(id) ?? this.createRoom(id, { joined: false });
    const content = { membership: 'invite', ...(options.direct === true ? { is_direct: true } : {}) };
    room.invite = [
      { type: 'm.room.member', state_key: this.me, sender: inviter, content },
      ...(options.encrypted === true ? [{ type: 'm.room.encryption', state_key: '', sender: inviter, content: {} }] : []),
    ];
    this.#wake();
  }

  /** Puts an event into a room, and gives its id. */
  add(id: string, event: Json): string {
    const whole = { event_id: `$event${++this.#count}`, origin_server_ts: Date.now(), ...event };
    this.rooms.get(id)?.events.push(whole);
    this.#stream.push({ room: id, event: whole });
    this.#wake();
    return whole.event_id;
  }

  say(id: string, body: string, content: Json = {}, sender = '@ada:example.org'): string {
    return this.add(id, { type: 'm.room.message', sender, content: { msgtype: 'm.text', body, ...content } });
  }

  /** Somebody sends a file, as Element does: without words its name is the body. `secret`: as in an encrypted room. */
  attach(id: string, file: DeviceFile, words = '', content: Json = {}, options: { readonly secret?: boolean } = {}): string {
    const info = { mimetype: file.type, size: file.bytes.length };
    const named = words === '' ? { body: file.name } : { body: words, filename: file.name };
    const msgtype = file.type.startsWith('image/') ? 'm.image' : 'm.file';
    const where = options.secret === true ? { file: this.#encrypted(file) } : { url: `mxc://example.org/${this.shelf.put(file)}` };
    return this.add(id, { type: 'm.room.message', sender: '@ada:example.org', content: { msgtype, ...named, info, ...where, ...content } });
  }

  #encrypted(file: DeviceFile): Json {
    const [key, iv] = [randomBytes(32), randomBytes(16)];
    const cipher = createCipheriv('aes-256-ctr', key, iv);
    const bytes = Buffer.concat([cipher.update(file.bytes), cipher.final()]);
    const url = `mxc://example.org/${this.shelf.put({ ...file, type: 'application/octet-stream', bytes })}`;
    const unpadded = (text: string): string => text.replace(/=+$/, '');
    return {
      v: 'v2',
      url,
      iv: unpadded(iv.toString('base64')),
      key: { kty: 'oct', alg: 'A256CTR', ext: true, k: key.toString('base64url'), key_ops: ['encrypt', 'decrypt'] },
      hashes: { sha256: unpadded(createHash('sha256').update(bytes).digest('base64')) },
    };
  }

  /** Somebody deletes a message. */
  erase(id: string, event: string, sender = '@ada:example.org'): void {
    this.add(id, { type: 'm.room.redaction', sender, redacts: event, content: {} });
  }

  /** Delivers the room's last event again. */
  redeliver(id: string): void {
    const last = this.rooms.get(id)?.events.at(-1);
    if (last !== undefined) this.#stream.push({ room: id, event: last });
    this.#wake();
  }

  #join(room: FakeRoom): void {
    room.joined = true;
    room.invite = null;
    room.members.add(this.me);
    this.add(room.id, { type: 'm.room.member', state_key: this.me, sender: this.me, content: { membership: 'join' } });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isUpload = url.pathname === '/_matrix/media/v3/upload';
    const body = chunks.length === 0 || isUpload ? {} : asObject(JSON.parse(Buffer.concat(chunks).toString()));
    this.requests.push(`${request.method} ${url.pathname}`);
    const answer = (status: number, json: unknown, headers: Record<string, string> = {}): void => {
      if (response.destroyed) return;
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(JSON.stringify(json));
    };
    if (request.headers.authorization !== `Bearer ${this.accessToken}`)
      return answer(401, { errcode: 'M_UNKNOWN_TOKEN', error: 'Unknown token' });
    const [, media] = /^\/_matrix\/client\/v1\/media\/download\/example\.org\/([^/]+)$/.exec(url.pathname) ?? [];
    if (media !== undefined) return this.shelf.answer(media, true, response);
    if (url.pathname === '/_matrix/client/v1/media/config') return answer(200, { 'm.upload.size': this.uploadSize });
    if (isUpload) {
      const bytes = Buffer.concat(chunks);
      if (bytes.length > this.uploadSize) return answer(413, { errcode: 'M_TOO_LARGE', error: 'That is too large' });
      const address = `mxc://example.org/${this.media.size + 1}`;
      this.media.set(address, { type: request.headers['content-type'] ?? '', bytes });
      return answer(200, { content_uri: address });
    }
    const [kind = '', ...rest] = url.pathname.replace('/_matrix/client/v3/', '').split('/').map(decodeURIComponent);
    const notFound = (): void => answer(404, { errcode: 'M_NOT_FOUND', error: 'Not found' });
    const forbidden = (): void => answer(403, { errcode: 'M_FORBIDDEN', error: 'Not in the room' });
    if (kind === 'account') return answer(200, { user_id: this.me, device_id: 'FAKE' });
    if (kind === 'profile') return answer(200, { displayname: 'Musher' });
    if (kind === 'joined_rooms')
      return answer(200, { joined_rooms: [...this.rooms.values()].filter(({ joined }) => joined).map(({ id }) => id) });
    if (kind === 'user') {
      if (request.method === 'PUT') this.#direct = body;
      return request.method === 'PUT' ? answer(200, {}) : answer(200, this.#direct);
    }
    if (kind === 'sync') return this.#sync(url.searchParams, response, answer);
    if (kind === 'createRoom') return this.#create(body, answer);
    const room = this.rooms.get(rest[0] ?? '');
    if (room === undefined) return notFound();
    if (kind === 'join') {
      if (room.invite === null) return forbidden();
      this.#join(room);
      return answer(200, { room_id: room.id });
    }
    if (kind !== 'rooms') return notFound();
    const [, what = '', third = '', fourth = ''] = rest;
    if (what === 'leave') {
      this.reasons.push(textAt(body, 'reason') ?? '');
      room.invite = null;
      room.joined = false;
      return answer(200, {});
    }
    if (!room.joined) return forbidden();
    if (what === 'joined_members') return answer(200, { joined: Object.fromEntries([...room.members].map((id) => [id, {}])) });
    if (what === 'typing') {
      this.typing.set(room.id, body['typing'] === true);
      return answer(200, {});
    }
    if (what === 'state') {
      const found = room.events.findLast((event) => event['type'] === third && event['state_key'] === fourth);
      return found === undefined ? notFound() : answer(200, found['content']);
    }
    if (what === 'event') {
      const event = room.events.find((one) => one['event_id'] === third);
      const by = room.events.find((one) => one['type'] === 'm.room.redaction' && one['redacts'] === third);
      const unsigned = by === undefined ? {} : { redacted_because: by };
      return event === undefined ? notFound() : answer(200, by === undefined ? event : { ...event, content: {}, unsigned });
    }
    if (what === 'messages') return this.#messages(room, url.searchParams, answer);
    if (what === 'send') return this.#send(room, third, fourth, body, response, answer);
    if (what === 'redact')
      return answer(200, { event_id: this.add(room.id, { type: 'm.room.redaction', sender: this.me, redacts: third, content: {} }) });
    return notFound();
  }

  /** A room with those who are invited; `unreachable` are people of servers that do not answer. */
  #create(body: Json, answer: Answer): void {
    const invited = Array.isArray(body['invite']) ? body['invite'].map(String) : [];
    if (invited.some((id) => this.unreachable.has(id)))
      return answer(403, { errcode: 'M_FORBIDDEN', error: 'Cannot invite so many users' });
    const id = `!made${this.rooms.size}:example.org`;
    const room: FakeRoom = { id, events: [], joined: false, invite: null, members: new Set() };
    this.rooms.set(id, room);
    this.#join(room);
    for (const person of invited)
      this.add(id, {
        type: 'm.room.member',
        state_key: person,
        sender: this.me,
        content: { membership: 'invite', ...(body['is_direct'] === true ? { is_direct: true } : {}) },
      });
    answer(200, { room_id: id });
  }

  #send(room: FakeRoom, type: string, transaction: string, content: Json, response: ServerResponse, answer: Answer): void {
    const mishap = this.mishaps.shift();
    if (mishap?.kind === 'refuse') return answer(413, { errcode: 'M_TOO_LARGE', error: 'That is too large' });
    if (mishap?.kind === 'fail') return answer(502, 'bad gateway');
    if (mishap?.kind === 'limit') {
      const json = {
        errcode: 'M_LIMIT_EXCEEDED',
        error: 'Too Many Requests',
        ...(mishap.ms === null ? {} : { retry_after_ms: mishap.ms }),
      };
      return answer(429, json, mishap.header === null ? {} : { 'Retry-After': mishap.header });
    }
    const known = this.#transactions.get(`${room.id} ${transaction}`);
    const id = known ?? this.add(room.id, { type, sender: this.me, content, unsigned: { transaction_id: transaction } });
    this.#transactions.set(`${room.id} ${transaction}`, id);
    if (mishap?.kind === 'drop-reply') response.destroy();
    else answer(200, { event_id: id });
  }

  /** The account says nothing of conversations, as where nobody noted them. */
  forgetDirect(): void {
    this.#direct = {};
  }

  /** Forgets the transactions, as a server does after some hours or for another device. */
  forgetTransactions(): void {
    this.#transactions.clear();
    for (const { events } of this.rooms.values()) for (const event of events) delete (event as Record<string, unknown>)['unsigned'];
  }

  /** Pages backwards; a token is a place in the room's stream. */
  #messages(room: FakeRoom, query: URLSearchParams, answer: Answer): void {
    const all = this.#stream.flatMap(({ room: id, event }, at) => (id === room.id ? [{ at, event }] : []));
    const from = Number(query.get('from') ?? this.#stream.length);
    const to = Number(query.get('to') ?? 0);
    const filter = asObject(JSON.parse(query.get('filter') ?? '{}'));
    const wanted = (event: Json, field: string, key: string): boolean => {
      const list = filter[key];
      return !Array.isArray(list) || list.includes(event[field]);
    };
    const page = all
      .filter(({ at, event }) => at < from && at >= to && wanted(event, 'type', 'types') && wanted(event, 'sender', 'senders'))
      .toReversed()
      .slice(0, Math.min(3, Number(query.get('limit') ?? 10)));
    const last = page.at(-1);
    answer(200, { chunk: page.map(({ event }) => event), ...(last === undefined ? {} : { end: String(last.at) }) });
  }

  #sync(query: URLSearchParams, response: ServerResponse, answer: Answer): void {
    const since = Number(query.get('since') ?? 0);
    const timeout = Number(query.get('timeout') ?? 0);
    const invites = [...this.rooms.values()].filter(({ invite }) => invite !== null);
    if (this.#stream.length <= since && invites.length === 0 && timeout > 0) {
      const again = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(again);
        if (!response.destroyed) this.#sync(new URLSearchParams({ ...Object.fromEntries(query), timeout: '0' }), response, answer);
      };
      const timer = setTimeout(again, timeout);
      this.#waiting.add(again);
      response.on('close', () => {
        clearTimeout(timer);
        this.#waiting.delete(again);
      });
      return;
    }
    const join: Record<string, unknown> = {};
    for (const { id, joined } of this.rooms.values()) {
      const all = this.#stream.flatMap(({ room, event }, at) => (room === id ? [{ at, event }] : []));
      const cameIn = all.findLast(({ event }) => event['type'] === 'm.room.member' && event['state_key'] === this.me)?.at ?? 0;
      // A room that is new to the account comes with what was said before, as far as the limit reaches.
      const fresh = all.filter(({ at }) => at >= since || cameIn >= since);
      const shown = fresh.slice(-this.timelineLimit);
      if (!joined || shown.length === 0) continue;
      const limited = shown.length < fresh.length;
      join[id] = { timeline: { events: shown.map(({ event }) => event), limited, prev_batch: String(shown[0]?.at ?? since) } };
    }
    const invite = Object.fromEntries(invites.map((room) => [room.id, { invite_state: { events: room.invite } }]));
    answer(200, { next_batch: String(this.#stream.length), rooms: { join, invite } });
  }

  /** What our account has sent to a room, as it stands in the events. */
  sentTo(id: string): Json[] {
    return listAt({ events: this.rooms.get(id)?.events }, 'events').filter(
      (event) => textAt(event, 'sender') === this.me && event['type'] === 'm.room.message',
    );
  }

  contentOf(id: string): Json[] {
    return this.sentTo(id).map((event) => objectAt(event, 'content'));
  }
}

type Answer = (status: number, json: unknown, headers?: Record<string, string>) => void;
