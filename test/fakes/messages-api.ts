import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model answers to one request. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string; readonly usage?: Partial<AnswerUsage> }
  | { readonly kind: 'tool'; readonly tool: string; readonly input: object; readonly usage?: Partial<AnswerUsage> }
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string; readonly retryAfter?: number }
  /** The connection stays open and nothing comes. */
  | { readonly kind: 'stall' };

export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

/** One request for a message, as the server saw it. */
export interface SeenRequest {
  readonly model: string;
  readonly key: string;
  /** The whole body, for a look at what the model is told. */
  readonly body: string;
}

export interface MessagesApi {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

/**
 * A model service on loopback that speaks the streaming Messages API. Requests are answered from the script, in
 * order; the last answer is given again and again.
 */
export async function startMessagesApi(script: readonly Answer[]): Promise<MessagesApi> {
  const requests: SeenRequest[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (request.method !== 'POST' || !(request.url ?? '').startsWith('/v1/messages') || request.url?.includes('count_tokens') === true) {
      sendJson(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'not here' } });
      return;
    }
    const { model } = JSON.parse(body) as { model: string };
    requests.push({ model, key: String(request.headers['x-api-key'] ?? request.headers.authorization ?? ''), body });
    const answer = script[Math.min(requests.length, script.length) - 1];
    if (answer !== undefined) give(response, answer, model, requests.length);
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

function give(response: ServerResponse, answer: Answer, model: string, number: number): void {
  switch (answer.kind) {
    case 'error':
      sendJson(
        response,
        answer.status,
        { type: 'error', error: { type: answer.type, message: answer.message } },
        answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) },
      );
      return;
    case 'stall':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      return;
    case 'text':
    case 'tool':
      stream(response, answer, model, number);
  }
}

function stream(response: ServerResponse, answer: Extract<Answer, { kind: 'text' | 'tool' }>, model: string, number: number): void {
  const usage = { input: 1000, output: 50, cacheRead: 200, ...answer.usage };
  const event = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const counted = { input_tokens: usage.input, cache_creation_input_tokens: 0, cache_read_input_tokens: usage.cacheRead };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${number}` });
  event('message_start', {
    message: {
      id: `msg_${number}`,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...counted, output_tokens: 1 },
    },
  });
  if (answer.kind === 'text') {
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: answer.text } });
  } else {
    event('content_block_start', { index: 0, content_block: { type: 'tool_use', id: `toolu_${number}`, name: answer.tool, input: {} } });
    event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: JSON.stringify(answer.input) } });
  }
  event('content_block_stop', { index: 0 });
  event('message_delta', {
    delta: { stop_reason: answer.kind === 'tool' ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { ...counted, output_tokens: usage.output },
  });
  event('message_stop', {});
  response.end();
}
