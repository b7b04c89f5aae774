import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model answers to one request. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string; readonly usage?: Partial<AnswerUsage> }
  | { readonly kind: 'tool'; readonly tool: string; readonly input: object; readonly usage?: Partial<AnswerUsage> }
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string; readonly retryAfter?: number }
  /** The connection stays open and nothing comes. */
  | { readonly kind: 'stall' };

export type Spoken = Extract<Answer, { kind: 'text' | 'tool' }>;

export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

/** One request for an answer of the model, as the server saw it. */
export interface SeenRequest {
  readonly model: string;
  readonly key: string;
  /** The whole body, for a look at what the model is told. */
  readonly body: string;
}

export interface ModelServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

/** How one vendor's API asks and answers. */
export interface ModelApi {
  /** The model that a request asks for an answer; null where the request is about something else. `path`: with its query. */
  asked(path: string, body: string): string | null;
  readonly keyHeaders: readonly string[];
  errorBody(error: Extract<Answer, { kind: 'error' }>): object;
  /** The data of each server-sent event; one with a `type` is named by it. `number`: of the request, from 1. */
  events(answer: Spoken, usage: AnswerUsage, model: string, number: number): readonly object[];
}

/** A model service on loopback. Requests are answered from the script, in order; the last answer is given again and again. */
export async function startModelServer(script: readonly Answer[], api: ModelApi): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const model = request.method === 'POST' ? api.asked(request.url ?? '', body) : null;
    if (model === null) {
      sendJson(response, 404, api.errorBody({ kind: 'error', status: 404, type: 'not_found_error', message: 'not here' }));
      return;
    }
    const key = api.keyHeaders.map((name) => request.headers[name]).find((value) => value !== undefined);
    requests.push({ model, key: String(key ?? ''), body });
    const answer = script[Math.min(requests.length, script.length) - 1];
    if (answer !== undefined) give(response, answer, api, model, requests.length);
  };
  const server = createServer((request, response) => {
    // A client that goes away in the middle of its request is no matter.
    answerTo(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function give(response: ServerResponse, answer: Answer, api: ModelApi, model: string, number: number): void {
  if (answer.kind === 'error') {
    const headers: Record<string, string> = answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) };
    sendJson(response, answer.status, api.errorBody(answer), headers);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${number}` });
  response.flushHeaders();
  if (answer.kind === 'stall') return;
  const usage = { input: 1000, output: 50, cacheRead: 200, ...answer.usage };
  for (const event of api.events(answer, usage, model, number)) {
    const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}
