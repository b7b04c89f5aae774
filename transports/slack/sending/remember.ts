/** What is remembered of sendings and edits; older ones are found in the channel itself. */
const MOST_REMEMBERED = 10_000;

/** Puts a value under a key; the oldest is forgotten when there are too many. */
export function remember<T>(all: Map<string, T>, key: string, value: T): T {
  all.set(key, value);
  const oldest = all.size > MOST_REMEMBERED ? all.keys().next().value : undefined;
  if (oldest !== undefined) all.delete(oldest);
  return value;
}
