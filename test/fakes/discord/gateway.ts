import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { World } from './world.ts';

const OP = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalidSession: 9, hello: 10, heartbeatAck: 11 } as const;
const MESSAGE_CONTENT = 1 << 15;

interface Dispatch {
  readonly op: 0;
  readonly t: string;
  readonly s: number;
  readonly d: unknown;
}

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sent: Dispatch[];
  socket: WebSocket | null;
}

/** The gateway of Discord over real web sockets, without compression. */
export class FakeGateway {
  /** Refuses connections while true. */
  down = false;
  /** Connections are closed with this code at the identify; null: they are let in. */
  refuseIdentify: number | null = null;
  /** Heartbeats go unanswered while false. */
  answersHeartbeats = true;
  heartbeatInterval = 41_250;
  /** The servers' state follows so long after the identify, ms. */
  guildsAfter = 0;
  /** Each dispatch is sent so many times. */
  copies = 1;
  /** What came from the bot, by name. */
  readonly identifies: { readonly intents: number; readonly at: number }[] = [];
  readonly resumes: { readonly session: string; readonly seq: number }[] = [];
  readonly closeCodes: number[] = [];
  readonly #world: World;
  readonly #token: () => string;
  readonly #sessions = new Map<string, Session>();
  readonly #server = new WebSocketServer({ noServer: true });
  url = '';

  constructor(world: World, token: () => string) {
    this.#world = world;
    this.#token = token;
    this.#server.on('connection', (socket) => this.#serve(socket));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.down) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#server.emit('connection', opened, request));
  }

  get connected(): boolean {
    return [...this.#sessions.values()].some(({ socket }) => socket !== null);
  }

  get open(): number {
    return this.#server.clients.size;
  }

  /** Sends an event to every session, or keeps it for when the session is resumed. */
  dispatch(t: string, d: unknown): void {
    for (const session of this.#sessions.values()) this.#send(session, t, d);
  }

  /** Closes all connections; `code` null: as a network that breaks does. */
  disconnect(code: number | null = null): void {
    for (const socket of this.#server.clients) {
      if (code === null) socket.terminate();
      else socket.close(code);
    }
  }

  /** Forgets the sessions: a resume is answered with "invalid session". */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  askToReconnect(): void {
    for (const socket of this.#server.clients) socket.send(JSON.stringify({ op: OP.reconnect, d: null }));
  }

  invalidateSession(resumable: boolean): void {
    if (!resumable) this.#sessions.clear();
    for (const socket of this.#server.clients) socket.send(JSON.stringify({ op: OP.invalidSession, d: resumable }));
  }

  sendRaw(text: string): void {
    for (const socket of this.#server.clients) socket.send(text);
  }

  close(): void {
    this.disconnect();
    this.#server.close();
  }

  #serve(socket: WebSocket): void {
    let session: Session | null = null;
    const leave = (code: number): void => {
      this.closeCodes.push(code);
      if (session?.socket === socket) session.socket = null;
      // A client that leaves in the normal way ends its session.
      if (session !== null && (code === 1000 || code === 1001)) this.#sessions.delete(session.id);
    };
    socket.on('close', leave);
    socket.on('message', (data: Buffer) => {
      const { op, d } = JSON.parse(data.toString()) as {
        op: number;
        d: { token: string; intents: number; session_id: string; seq: number };
      };
      if (op === OP.heartbeat && this.answersHeartbeats) socket.send(JSON.stringify({ op: OP.heartbeatAck }));
      if (op === OP.identify) session = this.#identify(socket, d);
      if (op === OP.resume) session = this.#resume(socket, d);
    });
    socket.send(JSON.stringify({ op: OP.hello, d: { heartbeat_interval: this.heartbeatInterval } }));
  }

  #identify(socket: WebSocket, d: { readonly token: string; readonly intents: number }): Session | null {
    this.identifies.push({ intents: d.intents, at: Date.now() });
    const refusal = d.token === this.#token() ? this.refuseIdentify : 4004;
    if (refusal !== null) {
      socket.close(refusal);
      return null;
    }
    const session: Session = { id: `session-${this.#world.newId()}`, intents: d.intents, sent: [], socket };
    this.#sessions.clear();
    this.#sessions.set(session.id, session);
    const { bot, guild, application, channels, botRole } = this.#world;
    const guilds = [{ id: guild, unavailable: true }];
    this.#send(session, 'READY', {
      v: 10,
      user: bot,
      guilds,
      session_id: session.id,
      resume_gateway_url: this.url,
      application: { id: application, flags: 0 },
    });
    const own = [...channels.values()].filter(({ guild_id }) => guild_id === guild);
    const sendGuild = (): void => {
      this.#send(session, 'GUILD_CREATE', {
        id: guild,
        roles: [{ id: botRole, name: 'musher', tags: { bot_id: bot.id } }],
        channels: own.filter(({ type }) => type === 0),
        threads: own.filter(({ type }) => type === 11),
      });
    };
    if (this.guildsAfter === 0) sendGuild();
    else setTimeout(sendGuild, this.guildsAfter);
    return session;
  }

  #resume(socket: WebSocket, d: { readonly token: string; readonly session_id: string; readonly seq: number }): Session | null {
    this.resumes.push({ session: d.session_id, seq: d.seq });
    const session = this.#sessions.get(d.session_id);
    if (session === undefined || d.token !== this.#token()) {
      socket.send(JSON.stringify({ op: OP.invalidSession, d: false }));
      return null;
    }
    session.socket = socket;
    for (const missed of session.sent.filter(({ s }) => s > d.seq)) socket.send(JSON.stringify(missed));
    this.#send(session, 'RESUMED', {});
    return session;
  }

  #send(session: Session, t: string, d: unknown): void {
    const payload: Dispatch = { op: OP.dispatch, t, s: session.sent.length + 1, d: t === 'MESSAGE_CREATE' ? this.#visible(session, d) : d };
    session.sent.push(payload);
    const copies = t.startsWith('MESSAGE') || t.startsWith('INTERACTION') ? this.copies : 1;
    for (let copy = 0; copy < copies; copy++) session.socket?.send(JSON.stringify(payload));
  }

  /** Without the intent, content is shown only of direct messages and of what mentions the bot. */
  #visible(session: Session, d: unknown): unknown {
    const message = d as { readonly guild_id?: string; readonly content: string; readonly author: { readonly id: string } };
    const shown =
      (session.intents & MESSAGE_CONTENT) !== 0 ||
      message.guild_id === undefined ||
      message.author.id === this.#world.bot.id ||
      message.content.includes(`<@${this.#world.bot.id}>`);
    return shown ? d : { ...message, content: '' };
  }
}
