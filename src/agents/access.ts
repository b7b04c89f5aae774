import { createHash, randomBytes } from 'node:crypto';

/** Where a run reaches Musher while it runs, and the token that speaks for it alone. */
export interface RunAccess {
  readonly url: string;
  readonly token: string;
}

/** A new token: 256 random bits, with a beginning by which it is recognised where it should not be. */
export function newToken(): string {
  return `musher_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a token. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
