import type { ImageBlock } from '../../../src/message/document.ts';
import type { DrawnPicture } from '../../../src/message/picture/picture.ts';
import { visible } from '../../../src/message/sanitize.ts';
import { clampText } from '../../../src/message/split.ts';
import type { Call } from '../homeserver.ts';
import { asObject, textAt, type Json } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';

/** Uploads a picture and gives its address; null where it is too large for this server. Throws HomeserverError. */
export async function upload(call: Call, { png }: DrawnPicture): Promise<string | null> {
  // A server that doesn't say its limit refuses what is too large.
  const config = asObject(await call({ method: 'GET', path: '/_matrix/client/v1/media/config' }).catch(() => ({})));
  const most = config['m.upload.size'];
  if (typeof most === 'number' && png.length > most) return null;
  const answer = await call({ method: 'POST', path: '/_matrix/media/v3/upload', query: { filename: 'picture.png' }, file: png });
  return textAt(answer, 'content_uri');
}

/** A message with a picture. Its text is what clients show to who does not see it. */
export function imageContent(image: ImageBlock, { png, width, height }: DrawnPicture, url: string): Json {
  return {
    msgtype: 'm.image',
    body: clampText(visible(image.alternative), MATRIX_LIMITS.alternative, 'bytes'),
    url,
    info: { mimetype: 'image/png', w: width, h: height, size: png.length },
  };
}
