import { isIP } from 'node:net';

/** Ports that a host is reached at where none is named: TLS, and plain HTTP. */
const USUAL_PORTS = new Set([443, 80]);

/** How a host is on the list: as it is written, by a pattern, or not at all. */
export type Match = 'exact' | 'pattern' | null;

/**
 * Whether a list of `host`, `*.host`, either with `:port`, allows a host and port. A pattern stands for any depth of
 * names below it, never for the name itself.
 */
export function allowed(list: readonly string[], host: string, port: number): Match {
  const wanted = host.toLowerCase().replace(/\.$/, '');
  let match: Match = null;
  for (const entry of list) {
    const colon = entry.lastIndexOf(':');
    const name = colon < 0 ? entry : entry.slice(0, colon);
    const fits = colon < 0 ? USUAL_PORTS.has(port) : port === Number(entry.slice(colon + 1));
    if (!fits) continue;
    if (name === wanted) return 'exact';
    if (name.startsWith('*.') && wanted.endsWith(name.slice(1)) && isIP(wanted) === 0) match = 'pattern';
  }
  return match;
}

/** An address that means this machine or its own network: whoever owns a name in the DNS may let it point there. */
export function isInternal(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (isIP(plain) === 4) {
    const [a = 0, b = 0] = plain.split('.').map(Number);
    return (
      a === 0 ||
      a === 10 ||
      a === 127 ||
      a >= 224 ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  return plain === '::' || plain === '::1' || plain.startsWith('::ffff:') || /^(?:f[cdef]|64:ff9b)/.test(plain);
}

/** Addresses of this very machine and of the link: never meant by a name that is not listed as that address. */
export function isLocal(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return (
    /^(?:0\.|127\.|169\.254\.)/.test(plain) || plain === '::' || plain === '::1' || /^fe[89ab]/.test(plain) || plain.startsWith('::ffff:')
  );
}
