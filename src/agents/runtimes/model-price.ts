/** US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Cache writes that are kept for an hour; missing: as other cache writes. */
  readonly cacheWriteHour?: number;
}
