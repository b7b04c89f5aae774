/** What came from a server: nothing about it is known until it is looked at. */
export type Json = Readonly<Record<string, unknown>>;

/** The object at that key, or an empty one. */
export function objectAt(value: unknown, key: string): Json {
  return asObject(asObject(value)[key]);
}

export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The objects of the list at that key; anything else in it is skipped. */
export function listAt(value: unknown, key: string): Json[] {
  const list = asObject(value)[key];
  return Array.isArray(list) ? list.filter((one): one is Json => typeof one === 'object' && one !== null && !Array.isArray(one)) : [];
}

export function textAt(value: unknown, key: string): string | null {
  const text = asObject(value)[key];
  return typeof text === 'string' ? text : null;
}
