import { createRequire } from 'node:module';
import type * as Gateway from '@discordjs/ws';
import type * as Discord from 'discord.js';
import type { REST } from 'discord.js';
import { SendFailure } from '../transport.ts';
import { CHOSEN } from './limits.ts';

/** What to do if the token is rejected. */
export const TOKEN_HINT = 'Reset it in the developer portal (your application → Bot → Reset Token) and set the new one in bot.toml.';

/** The library as it was loaded, and its part that holds the connection. */
export type Library = typeof Discord;
export type GatewayLibrary = typeof Gateway;

/** Loads the library. That takes a third of a second, so only if Discord is used. */
export async function loadLibrary(): Promise<{ readonly library: Library; readonly gatewayLibrary: GatewayLibrary }> {
  const library = await import('discord.js');
  // discord.js hides its shard behind one of its own that can't continue with a session after a restart: taken from
  // where discord.js itself takes it, so that it is the same version.
  const fromLibrary = createRequire(createRequire(import.meta.url).resolve('discord.js'));
  return { library, gatewayLibrary: fromLibrary('@discordjs/ws') as GatewayLibrary };
}

/** What the library waits longer than Discord says, for the way there. */
const OFFSET_MS = 50;

/** Errors of the network before anything was sent. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * The library's client for REST with its retries off: what is tried again is decided by the outbox. A full bucket that
 * is known before a request is waited for; a 429 never.
 */
export function openRest(library: Library, token: string, api: string | undefined): REST {
  const rest = new library.REST({
    version: '10',
    retries: 0,
    timeout: 15_000,
    offset: OFFSET_MS,
    ...(api === undefined ? {} : { api }),
    // Before a request the library gives one time twice; after a 429 they are of different sources and differ.
    rejectOnRateLimit: ({ retryAfter, timeToReset }) => retryAfter !== timeToReset || timeToReset > CHOSEN.longestWaitMs,
  });
  // After one 401 the library forgets the token for good, but Discord also sends some during its own outages and accepts the same token afterwards.
  const queue = rest.queueRequest.bind(rest);
  rest.queueRequest = (request) => {
    rest.setToken(token);
    return queue(request);
  };
  return rest.setToken(token);
}

/** Discord's own number of an error, like 10003 for an unknown channel; null for any other error. */
export function apiCode(error: unknown): number | null {
  const code = isApiError(error) ? Number(error.code) : Number.NaN;
  return Number.isFinite(code) ? code : null;
}

/** The HTTP status of an answer that was no success; null if there was no answer. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;
}

/** What became of a message, by the error that its request ended with. */
export function sendFailure(error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  if (isRateLimit(error)) {
    const wait = Math.max(1, Math.ceil(error.retryAfter) - OFFSET_MS);
    return new SendFailure('not-sent', `Discord is rate-limiting messages for ${wait} ms.`, {
      retryAfterMs: wait,
      everywhere: error.global,
      cause: error,
    });
  }
  const status = statusOf(error);
  if (isApiError(error) && status !== null) return refusal(error, status);
  if (status !== null) return new SendFailure('unknown', `Discord answered with an error (HTTP ${status}).`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return NEVER_CONNECTED.has(code)
    ? new SendFailure('not-sent', `Discord could not be reached (${code}).`, { cause: error })
    : new SendFailure('unknown', `The connection to Discord was interrupted${code === '' ? '' : ` (${code})`}.`, { cause: error });
}

function refusal(error: Error, status: number): SendFailure {
  if (status === 401) {
    return new SendFailure('not-sent', 'Discord rejected the token: it was reset in the developer portal.', {
      everywhere: true,
      cause: error,
    });
  }
  // A channel that is gone, a thread that is archived and locked: what was meant for a thread can go into its room.
  if (NO_LONGER_TAKES.has(apiCode(error)))
    return new SendFailure('rejected', `Discord rejected the message: ${error.message}.`, { threadGone: true, cause: error });
  // A missing permission can be granted; a person who accepts no direct messages (50007) stays unreachable.
  if (status === 403 && apiCode(error) !== 50007) {
    return new SendFailure('not-sent', `Musher is not allowed to write there: ${error.message}. Check the channel’s permissions.`, {
      cause: error,
    });
  }
  return new SendFailure('rejected', `Discord rejected the message: ${error.message}.`, { cause: error });
}

/** Discord's numbers: unknown channel; the thread is archived; it is locked. */
const NO_LONGER_TAKES: ReadonlySet<number | null> = new Set([10003, 50083, 160005]);

interface RateLimit extends Error {
  readonly retryAfter: number;
  readonly global: boolean;
}

function isRateLimit(error: unknown): error is RateLimit {
  return error instanceof Error && error.name.startsWith('RateLimitError') && 'retryAfter' in error && 'global' in error;
}

function isApiError(error: unknown): error is Error & { readonly code: number | string } {
  return error instanceof Error && 'rawError' in error && 'code' in error;
}
