/** How a bucket of Discord fills: so many requests in so many milliseconds. */
export interface BucketRule {
  readonly limit: number;
  readonly windowMs: number;
}

export interface Verdict {
  readonly headers: Record<string, string>;
  /** Milliseconds to wait; null: let through. */
  readonly retryAfter: number | null;
  readonly global: boolean;
}

/** Discord's rate limits: a bucket for each route and channel, and one for everything. */
export class RateLimits {
  bucket: BucketRule = { limit: 1_000, windowMs: 1_000 };
  global: BucketRule = { limit: 1_000, windowMs: 1_000 };
  /** How many requests were refused. */
  refused = 0;
  readonly #used = new Map<string, number[]>();

  /** `route`: the method, the path without ids, and the major id. */
  take(route: string, counted: boolean): Verdict {
    const now = Date.now();
    const globally = this.#times('global', this.global, now);
    const own = this.#times(route, this.bucket, now);
    const full = (times: number[], rule: BucketRule): boolean => times.length >= rule.limit;
    const isGlobal = counted && full(globally, this.global);
    if (isGlobal || full(own, this.bucket)) {
      this.refused += 1;
      const rule = isGlobal ? this.global : this.bucket;
      const first = (isGlobal ? globally : own)[0] ?? now;
      const retryAfter = Math.max(1, first + rule.windowMs - now);
      return { retryAfter, global: isGlobal, headers: { ...this.#headers(route, own, now), ...refusal(retryAfter, isGlobal) } };
    }
    own.push(now);
    if (counted) globally.push(now);
    return { retryAfter: null, global: false, headers: this.#headers(route, own, now) };
  }

  #times(name: string, rule: BucketRule, now: number): number[] {
    const times = (this.#used.get(name) ?? []).filter((at) => at > now - rule.windowMs);
    this.#used.set(name, times);
    return times;
  }

  #headers(route: string, own: readonly number[], now: number): Record<string, string> {
    const reset = ((own[0] ?? now) + this.bucket.windowMs - now) / 1_000;
    return {
      'X-RateLimit-Limit': String(this.bucket.limit),
      'X-RateLimit-Remaining': String(Math.max(0, this.bucket.limit - own.length)),
      'X-RateLimit-Reset-After': reset.toFixed(3),
      'X-RateLimit-Bucket': Buffer.from(route.replaceAll(/\d{15,}/g, ''))
        .toString('hex')
        .slice(0, 32),
    };
  }
}

/** The headers of a 429. */
export function refusal(retryAfterMs: number, global: boolean): Record<string, string> {
  return {
    'Retry-After': (retryAfterMs / 1_000).toFixed(3),
    'X-RateLimit-Scope': global ? 'global' : 'user',
    ...(global ? { 'X-RateLimit-Global': 'true' } : {}),
  };
}
