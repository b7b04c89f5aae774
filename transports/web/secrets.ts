import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Place } from './guard.ts';

/** How long a browser keeps the cookie, in seconds: a session never lasts longer. */
const COOKIE_S = 30 * 24 * 60 * 60;

/**
 * The name of the session's cookie. A browser sends cookies to all ports of a host, so two Mushers on one machine have two names;
 * over https it is bound to this very host.
 */
export function cookieName({ url, isSecure }: Place): string {
  return isSecure ? '__Host-musher' : `musher-${new URL(url).port || '80'}`;
}

/** Gives a browser the secret of its session. No script reads it, and no form of another site sends it. */
export function cookieFor(place: Place, secret: string | null): string {
  const secure = place.isSecure ? '; Secure' : '';
  const age = secret === null ? 0 : COOKIE_S;
  return `${cookieName(place)}=${secret ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** The secret that a browser has sent; null: none that could be one. */
export function secretIn(header: string | undefined, place: Place): string | null {
  const name = cookieName(place);
  const found = (header ?? '').split(';').flatMap((one) => {
    const [key = '', ...value] = one.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
  // Two of one name: somebody has put one there. Neither is believed.
  const [secret] = found;
  return found.length === 1 && secret !== undefined && isSecret(secret) ? secret : null;
}

/** Whether a text has the form of a secret. */
export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** What has to come with each form of a session: known to our own pages alone. */
export function csrfOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url');
}

/** Whether a form has it; takes as long for a wrong one. */
export function isCsrf(given: string, secret: string): boolean {
  const wanted = Buffer.from(csrfOf(secret));
  const told = Buffer.from(given);
  return told.length === wanted.length && timingSafeEqual(told, wanted);
}
