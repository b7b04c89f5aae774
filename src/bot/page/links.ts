import { createHash, randomBytes } from 'node:crypto';

/** How long a link can be used, and how long a session lasts: in all, and without being used. */
export const LINK_MS = 10 * 60_000;
export const SESSION_MS = 30 * 24 * 60 * 60_000;
export const IDLE_MS = 7 * 24 * 60 * 60_000;

/** A secret that nobody can guess, in characters that any address and header takes. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret. It is random, so nothing slower is needed. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Until when a session lasts that was begun then and is used now. */
export function sessionEnd(createdAt: number, now: number): number {
  return Math.min(createdAt + SESSION_MS, now + IDLE_MS);
}
