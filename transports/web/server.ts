import type { IncomingMessage as HttpRequest, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BOUNDS } from '../../src/bounds.ts';
import type { Clock } from '../../src/clock.ts';
import { MusherError } from '../../src/errors.ts';
import { harden, unfit, type Place } from './guard.ts';
import { authority, whyNot, type Listen } from './section.ts';

/** What goes wrong before a page is looked for, in plain words: whoever asks so is no browser of one of our pages. */
const PLAIN = {
  400: 'Bad request.\n',
  405: 'Only GET and POST are supported.\n',
  421: 'No page is served under this name.\n',
} as const;

/** A server whose connections and requests are bounded. It answers what is fit to be looked at by `handle`. */
export function makeServer(place: () => Place, handle: (request: HttpRequest, response: ServerResponse) => void): Server {
  // Not by an import: that asks for all that the module offers, and its WebSocket costs a start 100 ms.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer(
    {
      maxHeaderSize: BOUNDS.webHeaders,
      requestTimeout: BOUNDS.webRequestMs,
      headersTimeout: BOUNDS.webRequestMs,
      keepAliveTimeout: BOUNDS.webRequestMs,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const here = place();
      harden(response, here);
      const status = unfit(request, here);
      if (status === null) return handle(request, response);
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(request.method === 'HEAD' ? undefined : PLAIN[status]);
    },
  );
  server.maxConnections = BOUNDS.webConnections;
  // What is no HTTP at all.
  server.on('clientError', (_, socket: Socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  // Nothing but the pipeline keeps Musher alive.
  server.unref();
  return server;
}

/** Listens; `before` is the port of the last time, which is taken where any will do. Gives where it listens. Throws NETWORK_PORT_IN_USE. */
export async function listen(server: Server, wanted: Listen, before: number): Promise<Listen> {
  const ports = wanted.port === 0 ? [before, 0] : [wanted.port];
  for (const port of ports) {
    const error = await tryPort(server, { host: wanted.host, port });
    if (error === null) return { host: wanted.host, port: (server.address() as AddressInfo).port };
    if (port === ports.at(-1)) throw unusable(wanted, error);
  }
  throw new Error('there is a port to try');
}

function tryPort(server: Server, { host, port }: Listen): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once('error', failed);
    server.listen(port, host, () => {
      server.removeListener('error', failed);
      resolve(null);
    });
  });
}

function unusable(wanted: Listen, cause: NodeJS.ErrnoException): MusherError {
  return new MusherError(
    'NETWORK_PORT_IN_USE',
    `The page cannot be served on ${authority(wanted)}: ${whyNot(cause)}.`,
    'Choose another port in `listen` under [web], or remove the section.',
    { cause },
  );
}

/** Ends a server with everything that is open. */
export function shut(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // What was just answered gets a moment to be read.
    clock.at(clock.now() + 200, () => server.closeAllConnections());
  });
}
