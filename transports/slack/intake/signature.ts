import { createHmac, timingSafeEqual } from 'node:crypto';
import { MusherError } from '../../../src/errors.ts';
import { SLACK_LIMITS } from '../limits.ts';

/** What a request has to prove its origin with. */
export interface SignedRequest {
  /** `x-slack-request-timestamp` and `x-slack-signature`; empty if they are missing. */
  readonly timestamp: string;
  readonly signature: string;
  /** The bytes as they came. */
  readonly body: Buffer;
}

/** Holds requests against the signing secret, and lets each pass once. */
export interface SignatureCheck {
  /** Why the request is not to be believed, or null. */
  problem(request: SignedRequest): 'time' | 'signature' | 'replay' | null;
  /** The request was taken: the same one is a replay from now on. */
  taken(request: SignedRequest): void;
}

/** Requests that are remembered; they leave with their five minutes on either side. */
const MOST_REMEMBERED = 100_000;

/** The check for one secret. Throws for an empty one: it would let in everyone who can compute an HMAC. */
export function signatureCheck(secret: string, now: () => number): SignatureCheck {
  if (secret.trim() === '') throw emptySecret();
  const seen = new Map<string, number>();
  return {
    problem({ timestamp, signature, body }) {
      // The time is signed too, but a request that was intercepted could be sent again forever.
      if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now() - Number(timestamp) * 1_000) > SLACK_LIMITS.signatureAgeMs) return 'time';
      const expected = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`);
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'signature';
      return seen.has(signature) ? 'replay' : null;
    },
    taken({ signature }) {
      const time = now();
      for (const [old, at] of seen) {
        if (time - at <= 2 * SLACK_LIMITS.signatureAgeMs && seen.size < MOST_REMEMBERED) break;
        seen.delete(old);
      }
      seen.set(signature, time);
    },
  };
}

/** Nothing is taken without a secret to hold it against. */
export function emptySecret(): MusherError {
  const hint = 'Copy it from "Basic Information" on the app’s page into signing_secret.';
  return new MusherError('NETWORK_SECRET_WRONG', 'The signing secret of Slack is empty.', hint);
}
