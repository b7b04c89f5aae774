/** An object of a payload that came over the wire: nothing in it is believed before it was looked at. */
export type Payload = Readonly<Record<string, unknown>>;

/** The object under a name, or an empty one. */
export function objectOf(payload: Payload, name: string): Payload {
  return asPayload(payload[name]);
}

/** The value as an object, or an empty one. */
export function asPayload(value: unknown): Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : {};
}

/** The text under a name, or null. Numbers, which some fields are, are no texts. */
export function textOf(payload: Payload, name: string): string | null {
  const value = payload[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The objects of a list under a name; none if there is no list. */
export function listOf(payload: Payload, name: string): Payload[] {
  const value = payload[name];
  return Array.isArray(value) ? value.map(asPayload) : [];
}
