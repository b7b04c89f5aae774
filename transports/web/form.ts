import type { IncomingMessage as HttpRequest } from 'node:http';
import { BOUNDS } from '../../src/bounds.ts';

/** What a form says; a number is the status of one that is not read. */
export type Form = URLSearchParams | 400 | 413;

/** Reads the form of a request, as far as it may go. */
export async function readForm(request: HttpRequest): Promise<Form> {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return 400;
  if (Number(request.headers['content-length'] ?? 0) > BOUNDS.webBody) return 413;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > BOUNDS.webBody) return 413;
      chunks.push(chunk);
    }
  } catch {
    // The browser went away in the middle.
    return 400;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
