import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { BOUNDS } from '../bounds.ts';

/** The largest body: an edit of a whole file that an agent asks leave for. */
export const MOST_BODY_BYTES = BOUNDS.mcpBody;

/**
 * Whether a request may come from a program on this machine that was given the address. A page in a browser whose name
 * was made to point at the loopback address brings that name as `Host`, and any page brings an `Origin`.
 */
export function isFromHere(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return hosts.includes(request.headers.host ?? '') && request.headers.origin === undefined;
}

/** The token of a request, or null. */
export function bearerOf(request: IncomingMessage): string | null {
  return /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** The body of a request as JSON; `too-large` or `broken` where it is none that is taken. */
export async function bodyOf(request: IncomingMessage): Promise<{ readonly json: unknown } | 'too-large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return 'too-large';
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) return 'too-large';
      chunks.push(chunk);
    }
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return 'broken';
  }
}

/** So many calls at once, and so many in a second after that; more than any agent that does its work needs. */
const BURST = 60;
const PER_SECOND = 5;
/** Callers that are remembered; more than run at the same time. */
const MOST_CALLERS = BOUNDS.mcpCallers;

/** Slows whoever calls without end. A caller that is forgotten starts with a full allowance. */
export class Allowance {
  readonly #clock: Clock;
  readonly #left = new Map<string, { calls: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this caller may make one more call now. */
  take(caller: string): boolean {
    const now = this.#clock.now();
    const before = this.#left.get(caller) ?? { calls: BURST, at: now };
    const calls = Math.min(BURST, before.calls + (Math.max(0, now - before.at) / 1000) * PER_SECOND);
    this.#left.delete(caller);
    this.#left.set(caller, { calls: Math.max(0, calls - 1), at: now });
    const [oldest] = this.#left.keys();
    if (this.#left.size > MOST_CALLERS && oldest !== undefined) this.#left.delete(oldest);
    return calls >= 1;
  }
}
