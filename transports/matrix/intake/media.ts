import { createDecipheriv, createHash } from 'node:crypto';
import type { MessageFile } from '../../../src/message/address.ts';
import { download, FileFailure, type FileLimits } from '../../files.ts';
import { asObject, objectAt, textAt, type Json } from '../json.ts';

/** Kinds of messages that are a file, with or without words. */
const FILE_TYPES: ReadonlySet<string | null> = new Set(['m.image', 'm.file', 'm.video', 'm.audio']);

/** What a message that is a file says: its words, by themselves, and the file. Null: it is none, or has no address. */
export function mediaIn(content: Json): { readonly words: string; readonly file: MessageFile } | null {
  if (!FILE_TYPES.has(textAt(content, 'msgtype'))) return null;
  const body = textAt(content, 'body') ?? '';
  const filename = textAt(content, 'filename');
  const info = objectAt(content, 'info');
  const encrypted = objectAt(content, 'file');
  const url = textAt(encrypted, 'url') ?? textAt(content, 'url');
  if (url === null) return null;
  const size = info['size'];
  const source: Source = {
    url,
    key: textAt(encrypted, 'url') === null ? null : keyOf(encrypted),
  };
  return {
    // Without a name of its own, the body is the name, and nobody said anything.
    words: filename === null || filename === body ? '' : body,
    file: {
      name: filename ?? body,
      type: textAt(info, 'mimetype'),
      bytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
      from: JSON.stringify(source),
    },
  };
}

interface Source {
  readonly url: string;
  readonly key: Key | null;
}

/** How a file of an encrypted room is encrypted: all three in base64, as the event has them. */
interface Key {
  readonly k: string;
  readonly iv: string;
  readonly sha256: string;
}

function keyOf(file: Json): Key {
  return { k: textAt(file['key'], 'k') ?? '', iv: textAt(file, 'iv') ?? '', sha256: textAt(file['hashes'], 'sha256') ?? '' };
}

/** Fetches a file from our own homeserver, which fetches it from others, and decrypts it. Throws FileFailure. */
export async function fetchMedia(homeserver: string, accessToken: string, { from }: MessageFile, limits: FileLimits): Promise<Uint8Array> {
  const { url, key } = asObject(JSON.parse(from)) as unknown as Source;
  const [, server, media] = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/.exec(url) ?? [];
  if (server === undefined || media === undefined) throw new FileFailure('elsewhere', 'a file without an address of Matrix');
  const path = `/_matrix/client/v1/media/download/${encodeURIComponent(server)}/${media}`;
  const { data } = await download(new URL(homeserver.replace(/\/+$/, '') + path), { Authorization: `Bearer ${accessToken}` }, limits);
  return key === null ? data : decrypted(data, key);
}

/** Version 2 of encrypted attachments: AES-CTR, with the digest of what is encrypted, which is checked first. */
function decrypted(data: Uint8Array, { k, iv, sha256 }: Key): Uint8Array {
  const [secret, counter] = [Buffer.from(k, 'base64url'), Buffer.from(iv, 'base64')];
  const digest = createHash('sha256').update(data).digest();
  if (secret.length !== 32 || counter.length !== 16 || !digest.equals(Buffer.from(sha256, 'base64')))
    throw new FileFailure('unreadable', 'an encrypted file does not fit its key');
  const cipher = createDecipheriv('aes-256-ctr', secret, counter);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}
