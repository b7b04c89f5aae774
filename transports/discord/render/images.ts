import type { ImageBlock } from '../../../src/message/document.ts';
import type { DrawnPicture } from '../../../src/message/picture/picture.ts';
import { visible } from '../../../src/message/sanitize.ts';
import { clampText } from '../../../src/message/split.ts';
import { LIMITS } from '../limits.ts';

/** A file of a message, with its words for who does not see it. */
export interface Attached {
  readonly name: string;
  readonly data: Buffer;
  readonly description: string;
}

/** A picture as a file of a message. */
export function attached(image: ImageBlock, { png }: DrawnPicture, index: number): Attached {
  return {
    name: `picture-${index + 1}.png`,
    data: png,
    description: clampText(visible(image.alternative), LIMITS.fileDescription, 'utf16'),
  };
}
