import type { Clock } from '../../src/clock.ts';
import { MATRIX_LIMITS } from './limits.ts';
import { asObject, textAt } from './json.ts';

/** A request that did not succeed. */
export class HomeserverError extends Error {
  /** Null: no answer came. */
  readonly status: number | null;
  /** Matrix's own code, like `M_FORBIDDEN`. */
  readonly errcode: string | null;
  /** What the server said to it, for people. */
  readonly said: string | null;
  readonly retryAfterMs: number | null;
  /** False: the server surely has not acted on it. */
  readonly mayHaveActed: boolean;

  constructor(
    message: string,
    details: {
      readonly status?: number;
      readonly errcode?: string | null;
      readonly said?: string | null;
      readonly retryAfterMs?: number | null;
      readonly mayHaveActed: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.name = 'HomeserverError';
    this.status = details.status ?? null;
    this.errcode = details.errcode ?? null;
    this.said = details.said ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.mayHaveActed = details.mayHaveActed;
  }

  /** The server has understood, and the same request will be refused again. */
  get isFinal(): boolean {
    return this.status === 400 || this.status === 403 || this.status === 404 || this.status === 413;
  }

  /** The access token is not valid, and trying again will not make it so. */
  get isUnknownToken(): boolean {
    return this.errcode === 'M_UNKNOWN_TOKEN' || this.errcode === 'M_MISSING_TOKEN' || this.errcode === 'M_USER_DEACTIVATED';
  }
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** From `/_matrix` on, with its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** A PNG, in place of a body. */
  readonly file?: Buffer;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Sends one request and gives the answer's JSON. Throws HomeserverError, also when aborted. Never retries. */
export type Call = (request: Request) => Promise<unknown>;

/** Codes of a connection that was never made: the request can't have arrived. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** The client-server API of one homeserver, over fetch. */
export function homeserver(options: { readonly url: string; readonly accessToken: string; readonly clock: Clock }): Call {
  const base = options.url.replace(/\/+$/, '');
  return async ({ method, path, query = {}, body, file, timeoutMs = MATRIX_LIMITS.request, signal }) => {
    const url = new URL(base + path);
    for (const [key, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined && one !== null) url.searchParams.append(key, String(one));
      }
    }
    const sent = contentOf(body, file);
    const timeout = new AbortController();
    const cancel = options.clock.at(options.clock.now() + timeoutMs, () => timeout.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const response = await fetch(url, {
        method,
        headers: {
          Authorization: `Bearer ${options.accessToken}`,
          ...(sent === null ? {} : { 'Content-Type': sent.type }),
        },
        ...(sent === null ? {} : { body: sent.content }),
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      const text = await response.text();
      return answerOf(response, text, `${method} ${path}`);
    } catch (error) {
      throw error instanceof HomeserverError ? error : noAnswer(error, base);
    } finally {
      cancel();
    }
  };
}

function contentOf(
  body: unknown,
  file: Buffer | undefined,
): { readonly type: string; readonly content: string | Uint8Array<ArrayBuffer> } | null {
  if (file !== undefined) return { type: 'image/png', content: new Uint8Array(file) };
  return body === undefined || body === null ? null : { type: 'application/json', content: JSON.stringify(body) };
}

function answerOf(response: Response, text: string, what: string): unknown {
  const json = parsed(text);
  if (response.ok) {
    if (json !== undefined) return json;
    throw new HomeserverError(`${what}: the answer is not JSON`, { status: response.status, mayHaveActed: true });
  }
  const errcode = textAt(json, 'errcode');
  const said = textAt(json, 'error') ?? 'no reason given';
  throw new HomeserverError(`${what}: ${response.status}${errcode === null ? '' : ` ${errcode}`}: ${said}`, {
    status: response.status,
    errcode,
    said,
    retryAfterMs: response.status === 429 ? retryAfter(response, json) : null,
    // A refusal of the server itself says that nothing was done; a gateway's error says nothing.
    mayHaveActed: response.status >= 500 || errcode === null,
  });
}

/** Both forms: the header in seconds or as a date, and the older field of the body in ms. */
function retryAfter(response: Response, json: unknown): number | null {
  const header = response.headers.get('Retry-After');
  if (header !== null && header.trim() !== '') {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    const date = Date.parse(header);
    if (!Number.isNaN(date)) return Math.max(0, date - (Date.parse(response.headers.get('Date') ?? '') || Date.now()));
  }
  const ms = asObject(json)['retry_after_ms'];
  return typeof ms === 'number' && ms >= 0 ? ms : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function noAnswer(error: unknown, base: string): HomeserverError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = textAt(cause, 'code');
  const why = cause instanceof Error ? cause.message || code : String(cause);
  return new HomeserverError(`${base} does not answer: ${why}`, {
    mayHaveActed: !(code !== null && NEVER_CONNECTED.has(code)),
    cause: error,
  });
}
