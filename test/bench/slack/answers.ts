import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const RESPONSE = '/response/';
/** A trigger as `load.ts` makes them. */
const TRIGGER = /\d+\.\d+\.[0-9a-f]{32}/;

/**
 * Where answers arrive: the least that a server can do, so that it slows none of the bots. It stands for the response
 * addresses and for the method that Chat SDK answers by; all else (a start's few calls) goes on to the fake of Slack.
 */
export class Answers {
  readonly #server: Server;
  readonly #waiting = new Map<string, () => void>();

  private constructor(server: Server, api: string) {
    this.#server = server;
    server.on('request', (incoming, response) => {
      const url = incoming.url ?? '';
      if (url.startsWith(RESPONSE)) {
        incoming.resume().once('end', () => {
          ok(response);
          this.came(url.slice(RESPONSE.length));
        });
      } else if (url.endsWith('/chat.postEphemeral')) {
        void this.#ephemeral(incoming, response);
      } else forward(incoming, response, api);
    });
  }

  /** `api`: the address of the fake's Web API. */
  static async open(api: string): Promise<Answers> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Answers(server, api);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The response address of a command. */
  addressOf(trigger: string): string {
    return `${this.origin}${RESPONSE}${trigger}`;
  }

  /** Resolves when the answer to this command has come. */
  to(trigger: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(trigger, resolve);
    });
  }

  /** The answer to this command has come, here or in the response to the command itself. */
  came(trigger: string): void {
    this.#waiting.get(trigger)?.();
    this.#waiting.delete(trigger);
  }

  async #ephemeral(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    ok(response);
    this.came(TRIGGER.exec(decodeURIComponent(body))?.[0] ?? '');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function ok(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
}

function forward(incoming: IncomingMessage, response: ServerResponse, api: string): void {
  const headers = { authorization: incoming.headers.authorization ?? '', 'content-type': incoming.headers['content-type'] ?? '' };
  const forwarded = request(new URL(incoming.url ?? '/', api), { method: incoming.method, headers }, (found) => {
    response.writeHead(found.statusCode ?? 500, { 'content-type': 'application/json' });
    found.pipe(response);
  });
  incoming.pipe(forwarded);
}
