import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MusherError } from '../../../src/errors.ts';
import { asPayload, textOf, type Payload } from './payload.ts';
import type { OpenRequest } from '../open-requests.ts';
import { INERT } from '../sending/post.ts';
import { signatureCheck } from './signature.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Where all requests of Slack go, `/slack/events` by default. */
  readonly path: string;
  readonly signingSecret: string;
}

export interface HttpParts extends HttpOptions {
  readonly now: () => number;
  readonly isForUs: (body: Payload) => boolean;
  /** Gives what Slack is to be answered, or null if it could not be stored: Slack is to send it again. */
  readonly take: (kind: string, body: Payload) => Promise<Payload | null>;
  /** A slash command whose answer may go into the response. */
  readonly hold: (responseUrl: string) => OpenRequest;
  readonly report: (error: unknown) => void;
}

export interface HttpIntake {
  readonly port: number;
  /** Takes nothing more; what is in progress is answered until then. */
  close(): Promise<void>;
}

/** Slack's requests are some kilobytes; a form with a long description some ten. */
const MOST_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 10_000;
/** Slack gives a request up after three seconds: what is older is acknowledged, and its answer goes to the response address. */
const MOST_AGE_MS = 2_000;
/** How often requests that take too long are looked for. */
const CHECK_TIMEOUTS_MS = 5_000;
/** Connections at once: more must not use up the files that this process may have open. */
const MOST_CONNECTIONS = 500;

/** Takes Slack's signed requests: events, slash commands, buttons and forms, all at one path. Throws for an empty secret. */
export async function serveHttp(parts: HttpParts): Promise<HttpIntake> {
  const check = signatureCheck(parts.signingSecret, parts.now);
  let mistrusted = false;
  const server = createServer({ connectionsCheckingInterval: CHECK_TIMEOUTS_MS }, (request, response) => {
    receive(request, response).catch((error: unknown) => {
      // Whoever sends breaks off when they like; that is no trouble of ours, and must fill no log.
      if (request.destroyed && !request.complete) return;
      parts.report(error);
      answer(response, 500);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  // A proxy in front keeps its connections: an idle one that is closed under it shows as a failed request.
  server.keepAliveTimeout = 75_000;

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Not by `URL`, which throws at what strangers may send.
    if ((request.url ?? '').split('?', 1)[0] !== parts.path) return answer(response, 404);
    if (request.method !== 'POST') return answer(response, 405);
    const body = await readBody(request);
    if (body === null) return answer(response, 413);
    const signed = { timestamp: header(request, 'x-slack-request-timestamp'), signature: header(request, 'x-slack-signature'), body };
    const problem = check.problem(signed);
    // Once in a row: a stranger who finds the address must not be able to fill the log.
    if (problem === 'signature' && !mistrusted) parts.report(wrongSecret());
    mistrusted = problem === 'signature' || (mistrusted && problem !== null);
    if (problem !== null) return answer(response, 401);
    const envelope = parse(header(request, 'content-type'), body.toString('utf8'));
    if (envelope === null) return answer(response, 400);
    // Slack's checks of the address itself name neither workspace nor app.
    if (envelope.kind === 'url_verification') return answer(response, 200, { challenge: textOf(envelope.body, 'challenge') ?? '' });
    if (envelope.kind === 'ssl_check') return answer(response, 200);
    if (!parts.isForUs(envelope.body)) return answer(response, 401);
    const url = envelope.kind === 'slash_commands' ? textOf(envelope.body, 'response_url') : null;
    const isFresh = parts.now() - Number(signed.timestamp) * 1_000 < MOST_AGE_MS;
    const held = url === null || !isFresh ? null : parts.hold(url);
    const taken = await parts.take(envelope.kind, envelope.body).catch((error: unknown) => {
      held?.given('nothing');
      throw error;
    });
    if (taken !== null) check.taken(signed);
    const said = (await held?.answer()) ?? null;
    if (said !== null) return give(response, { response_type: 'ephemeral', ...said, ...INERT }, (extent) => held?.given(extent));
    if (taken === null) return answer(response, 500);
    answer(response, 200, Object.keys(taken).length === 0 ? undefined : taken);
  };

  await listening(server, parts);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // What is in progress takes no longer than a synchronous write to disk; a client that hangs has no claim.
        setImmediate(() => server.closeAllConnections());
      }),
  };
}

function listening(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new MusherError(
          'NETWORK_PORT_IN_USE',
          `Cannot listen for Slack’s requests on ${host}:${port}: ${error.message}.`,
          'Stop the program that uses the port, or choose another one under [slack] port.',
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, () => resolve());
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function wrongSecret(): MusherError {
  const message = 'A request to Slack’s address does not fit the signing secret, and was refused.';
  return new MusherError(
    'NETWORK_SECRET_WRONG',
    message,
    'Where Slack sent it, copy the secret anew from "Basic Information" on the app’s page.',
  );
}

/** A request as the envelope that Socket Mode would have brought; null for what is none. */
function parse(type: string, body: string): { readonly kind: string; readonly body: Payload } | null {
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body);
    if (form.has('ssl_check')) return { kind: 'ssl_check', body: {} };
    const payload = form.get('payload');
    if (payload === null) return { kind: 'slash_commands', body: Object.fromEntries(form) };
    return parsed(payload, () => 'interactive');
  }
  return parsed(body, (one) => (textOf(one, 'type') === 'url_verification' ? 'url_verification' : 'events_api'));
}

function parsed(json: string, kindOf: (body: Payload) => string): { readonly kind: string; readonly body: Payload } | null {
  try {
    const body = asPayload(JSON.parse(json));
    return { kind: kindOf(body), body };
  } catch {
    return null;
  }
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Answers with what its sender is shown, and says what of it was written to the connection. */
function give(response: ServerResponse, body: Payload, given: (extent: 'all' | 'part' | 'nothing') => void): void {
  if (response.destroyed) return given('nothing');
  response.once('close', () => given(response.writableFinished ? 'all' : 'part'));
  answer(response, 200, body);
}

function answer(response: ServerResponse, status: number, body?: Payload): void {
  if (response.headersSent) return;
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
