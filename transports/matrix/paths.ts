const CLIENT = '/_matrix/client/v3';

/** A path of the client-server API; each `${}` is encoded, so no id can become another path. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return CLIENT + parts.map((part, index) => part + (index < values.length ? encodeURIComponent(values[index] ?? '') : '')).join('');
}
