/** A small durable store of texts by key. */
export interface SlackState {
  get(key: string): string | null;
  set(key: string, value: string): void;
}
