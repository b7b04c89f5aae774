import type { IncomingMessage as HttpRequest, ServerResponse } from 'node:http';
import { BOUNDS } from '../../src/bounds.ts';
import { authority, isLoopback, type Listen } from './section.ts';

/** Where the page is: what a browser may call it. */
export interface Place {
  /** Without a slash at the end. */
  readonly url: string;
  readonly isSecure: boolean;
  /** What may stand in `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** What may stand in `Origin`. */
  readonly origins: ReadonlySet<string>;
}

/** The place of a page that listens there, and is known to people by `url`. */
export function placeOf(listen: Listen, url: URL | null): Place {
  const here = [
    authority(listen),
    ...(isLoopback(listen.host) ? ['localhost', '127.0.0.1', '::1'].map((host) => authority({ host, port: listen.port })) : []),
  ];
  const known = url === null ? [] : [url.host];
  return {
    url: url?.origin ?? `http://${authority(listen)}`,
    isSecure: url?.protocol === 'https:',
    hosts: new Set([...here, ...known]),
    origins: new Set([...here.map((host) => `http://${host}`), ...(url === null ? [] : [url.origin])]),
  };
}

/** No script but our own files, nothing from another host, and no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** What stands in every response, also in those to requests that nobody understands. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Of our own pages alone: with `no-referrer` a browser hides where a form comes from, also from us.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-robots-tag': 'noindex, nofollow',
};

/** Puts on a response what every one has. */
export function harden(response: ServerResponse, { isSecure }: Place): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (isSecure) response.setHeader('strict-transport-security', 'max-age=31536000');
  response.setHeader('cache-control', 'no-store');
}

/** Why a request is not looked at any further; null: it is. */
export function unfit(request: HttpRequest, { hosts }: Place): 400 | 405 | 421 | null {
  const { method = '', url = '', headers } = request;
  if (!hosts.has(headers.host?.toLowerCase() ?? '')) return 421;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return 405;
  // An address without a host: `//` would be one in a link that is made of it.
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(url) || url.includes('\\') || url.length > BOUNDS.webUrl) return 400;
  return null;
}

/** Whether a form was sent by one of our own pages, as the browser says. A request that says nothing is no browser's. */
export function isOwnForm({ headers }: Pick<HttpRequest, 'headers'>, { origins }: Place): boolean {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (origin !== undefined && !origins.has(origin.toLowerCase())) return false;
  return site === undefined ? origin !== undefined : site === 'same-origin';
}

/** Who calls, for limits by caller. What a caller says of itself counts only where a proxy has said it. */
export function callerOf({ headers, socket }: HttpRequest, behindProxy: boolean): string {
  const forwarded = headers['x-forwarded-for'];
  // The last one was added by the proxy nearest to us; those before it may be invented.
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim();
  return behindProxy && last !== undefined && last !== '' ? last.slice(0, 64) : (socket.remoteAddress ?? '');
}
