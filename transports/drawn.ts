import { imagesOf } from '../src/message/build.ts';
import type { Document, ImageBlock } from '../src/message/document.ts';
import type { DrawnPicture, DrawPicture } from '../src/message/picture/picture.ts';

/** Pictures of one message: a screen has no room for more. */
const MOST = 4;

/** The pictures of a document that could be drawn and are no larger than a network takes. */
export async function drawnImages(
  document: Document,
  draw: DrawPicture | undefined,
  mostBytes: number,
): Promise<Map<ImageBlock, DrawnPicture>> {
  const drawn = new Map<ImageBlock, DrawnPicture>();
  if (draw === undefined) return drawn;
  for (const image of imagesOf(document).slice(0, MOST)) {
    const picture = await draw(image.picture);
    if (picture !== null && picture.png.length <= mostBytes) drawn.set(image, picture);
  }
  return drawn;
}
