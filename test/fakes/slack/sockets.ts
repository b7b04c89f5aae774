import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { SLACK_LIMITS } from '../../../transports/slack/limits.ts';
import type { Json } from './rooms.ts';

interface Waiting {
  readonly done: (answer: Json | null) => void;
  readonly timer: NodeJS.Timeout;
}

/** The server's end of Socket Mode: greets, wants every envelope acknowledged in time, and otherwise delivers it again. */
export class SocketServer {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open = new Set<WebSocket>();
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;
  #envelopes = 0;
  /** How long an envelope may stay without acknowledgement. */
  ackDeadlineMs: number = SLACK_LIMITS.acknowledgeMs;
  /** Envelopes go to all connections in turn; false: always to the first. */
  spread = true;
  /** How often each envelope is delivered. */
  copies = 1;
  /** Tickets that `apps.connections.open` gave out; each is good once. */
  readonly tickets = new Set<string>();
  /** Connections are taken, but not greeted. */
  silent = false;
  /** No connection is made. */
  away = false;
  acknowledged = 0;

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const ticket = new URL(request.url ?? '/', 'ws://x').searchParams.get('ticket') ?? '';
      if (this.away || !this.tickets.delete(ticket)) return void socket.destroy();
      this.#server.handleUpgrade(request, socket, head, (one) => this.#greet(one));
    });
  }

  get connected(): number {
    return this.#open.size;
  }

  /** Delivers until it is acknowledged, at most three times; gives the acknowledgement's payload, or null. */
  async deliver(type: string, payload: Json): Promise<Json | null> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const envelope = `envelope-${++this.#envelopes}`;
      const sockets = [...this.#open];
      const socket = sockets[this.spread ? this.#next++ % sockets.length : 0];
      if (socket === undefined) return null;
      const retry = attempt === 0 ? {} : { retry_attempt: attempt, retry_reason: 'timeout' };
      const frame = JSON.stringify({ type, envelope_id: envelope, payload, accepts_response_payload: type !== 'events_api', ...retry });
      const answered = this.#answer(envelope);
      for (let copy = 0; copy < this.copies; copy++) socket.send(frame);
      const answer = await answered;
      if (answer !== null) return answer;
    }
    return null;
  }

  /** Sends a frame as it is to every connection. */
  raw(frame: string): void {
    for (const socket of this.#open) socket.send(frame);
  }

  /** Asks for a refresh, as Slack does every few hours; the connection is cut soon after. */
  refresh(only?: number): void {
    for (const socket of [...this.#open].slice(0, only)) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  }

  cut(): void {
    for (const socket of this.#open) socket.terminate();
  }

  close(): void {
    for (const { timer, done } of this.#waiting.values()) {
      clearTimeout(timer);
      done(null);
    }
    this.#waiting.clear();
    this.cut();
    this.#server.close();
  }

  #greet(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => this.#acknowledge(data.toString()));
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => this.#open.delete(socket));
    if (this.silent) return;
    this.#open.add(socket);
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.#open.size, connection_info: { app_id: 'A1' } }));
  }

  #answer(envelope: string): Promise<Json | null> {
    return new Promise((resolve) => {
      const done = (answer: Json | null): void => {
        this.#waiting.delete(envelope);
        resolve(answer);
      };
      this.#waiting.set(envelope, { done, timer: setTimeout(() => done(null), this.ackDeadlineMs) });
    });
  }

  #acknowledge(text: string): void {
    const { envelope_id: envelope, payload } = JSON.parse(text) as { envelope_id: string; payload?: Json };
    const waiting = this.#waiting.get(envelope);
    if (waiting === undefined) return;
    this.acknowledged++;
    clearTimeout(waiting.timer);
    waiting.done(payload ?? {});
  }
}
