import type { FileTrouble, MessageFile } from '../src/message/address.ts';

export interface FileLimits {
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** A transport whose messages may have files. */
export interface FetchesFiles {
  /** The bytes of a file that came with a message. Throws FileFailure. */
  fetchFile(file: MessageFile, limits: FileLimits): Promise<Uint8Array>;
}

/** Why a file could not be had. */
export class FileFailure extends Error {
  readonly why: FileTrouble;

  constructor(why: FileTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FileFailure';
    this.why = why;
  }
}

/** Places of which a network's files may be fetched: hosts of its own over HTTPS, and the API's address where one was configured. */
export interface FileHosts {
  readonly hosts: readonly string[];
  readonly api: string | null;
}

/**
 * The address of a file, where it is one of the network's own. What a message says of it is anybody's word: from an address of another
 * kind Musher would read for them what only this machine can reach. Throws FileFailure.
 */
export function ownAddress(address: string, { hosts, api }: FileHosts): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const own =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    ((url.protocol === 'https:' && url.port === '' && hosts.includes(url.hostname)) ||
      (api !== null && url.origin === new URL(api).origin));
  if (!own) throw new FileFailure('elsewhere', `a file at ${url?.hostname ?? 'no address'} is not fetched`);
  return url;
}

/** Fetches a file in one request: no redirect is followed, and no more than `bytes` is read. Throws FileFailure. */
export async function download(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { bytes, signal }: FileLimits,
): Promise<Response & Body> {
  let response: Response;
  try {
    response = await fetch(url, { headers, redirect: 'manual', signal });
  } catch (error) {
    throw new FileFailure('no-answer', `${url.hostname} does not answer`, error);
  }
  const refuse = async (why: FileTrouble): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw new FileFailure(why, `${url.hostname} answered ${response.status}`);
  };
  const { status } = response;
  if (status === 401 || status === 403) return refuse('forbidden');
  if (status === 404 || status === 410) return refuse('gone');
  if (status >= 300 && status < 400) return refuse('elsewhere');
  if (!response.ok) return refuse('no-answer');
  if (Number(response.headers.get('content-length') ?? 0) > bytes) return refuse('too-large');
  return Object.assign(response, { data: await read(response, url, bytes) });
}

interface Body {
  readonly data: Uint8Array;
}

async function read(response: Response, url: URL, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      // Leaving the loop ends the request.
      if (length > most) throw new FileFailure('too-large', `${url.hostname} sends more than ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof FileFailure ? error : new FileFailure('no-answer', `${url.hostname} broke off`, error);
  }
  return Buffer.concat(chunks);
}
