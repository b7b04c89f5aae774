import type { MessageFile } from '../../src/message/address.ts';
import { download, ownAddress, type FileLimits } from '../files.ts';

/** Where Discord keeps the files of messages. */
const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];

interface Attachment {
  readonly filename: string;
  readonly url: string;
  readonly size: number;
  readonly content_type?: string | null | undefined;
}

/** The files of a message. */
export function filesIn(attachments: readonly Attachment[] | undefined): readonly MessageFile[] {
  return (attachments ?? []).map(({ filename, url, size, content_type: type }) => ({
    name: filename,
    type: type ?? null,
    bytes: size,
    from: url,
  }));
}

/** Fetches a file; its address holds all that is needed, so no token goes there. Throws FileFailure. */
export async function fetchAttachment(api: string | undefined, { from }: MessageFile, limits: FileLimits): Promise<Uint8Array> {
  const { data } = await download(ownAddress(from, { hosts: HOSTS, api: api ?? null }), {}, limits);
  return data;
}
