import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import type { Asset } from '../views.ts';

const zip = promisify(gzip);
/** Shorter than this, a text grows by being packed, or saves no packet. */
const WORTH_PACKING = 1_200;
/** A year, in seconds. */
const FOR_EVER = 31_536_000;

/** What a browser has said of what it takes and knows. */
export interface Asked {
  readonly encodings: string;
  readonly known: string;
}

/** A page, unless the browser has this very one. `version`: what changes with it; null: what it says. */
export async function pageResponse(html: string, version: string | null, { encodings, known }: Asked, status = 200): Promise<Response> {
  const tag = `W/"${version === null ? digest(html) : digest(version)}"`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    // Kept by this browser alone, and asked for each time.
    'cache-control': 'private, no-cache',
    etag: tag,
    vary: 'Cookie, Accept-Encoding',
  };
  if (status === 200 && known.split(',').some((one) => one.trim() === tag)) return new Response(null, { status: 304, headers });
  if (html.length < WORTH_PACKING || !takesGzip(encodings)) return new Response(html, { status, headers });
  return new Response(await zip(html), { status, headers: { ...headers, 'content-encoding': 'gzip' } });
}

/** Files of the page, packed once. */
export class Files {
  readonly #packed = new Map<string, Uint8Array<ArrayBuffer>>();

  /** A file whose name carries a digest of its content. */
  response(name: string, { type, bytes }: Asset, { encodings }: Asked): Response {
    const headers = { 'content-type': type, 'cache-control': `public, max-age=${FOR_EVER}, immutable`, vary: 'Accept-Encoding' };
    if (bytes.length < WORTH_PACKING || !takesGzip(encodings)) return new Response(new Uint8Array(bytes), { headers });
    const packed = this.#packed.get(name) ?? new Uint8Array(gzipSync(bytes, { level: 9 }));
    this.#packed.set(name, packed);
    return new Response(packed, { headers: { ...headers, 'content-encoding': 'gzip' } });
  }
}

function takesGzip(encodings: string): boolean {
  return /(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[,\s]|$))/i.test(encodings);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
