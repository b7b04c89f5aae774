/** Shorter ones would hide words of everyday language; nothing that protects anything is so short. */
export const SHORTEST_SECRET = 8;

/**
 * Every form in which a secret may turn up: as it is, inside JSON, in an address, as base64 wherever it begins in what
 * was encoded, and as hexadecimal.
 */
export function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    json,
    // JSON inside JSON: what a program prints of its own JSON.
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('hex').toUpperCase(),
    // As a file looks that is read byte by byte.
    Buffer.from(secret).toString('latin1'),
    ...base64Cores(secret),
  ];
  // The longest first: an alternation takes the first that fits.
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length);
}

/**
 * The part of its base64 that does not depend on what stands before and after it, for each of the three places in a
 * group of three bytes where it can begin; in both alphabets.
 */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters that hold bits of the bytes before, and those that would hold bits of the bytes after.
    const from = before === 0 ? 0 : before + 1;
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const core = encoded.slice(from, to);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
