import type { Clock } from '../../../src/clock.ts';
import { pause } from '../../../src/clock.ts';
import type { Document, ImageBlock } from '../../../src/message/document.ts';
import type { DrawPicture } from '../../../src/message/picture/picture.ts';
import { clampText } from '../../../src/message/split.ts';
import { visible } from '../../../src/message/sanitize.ts';
import { drawnImages } from '../../drawn.ts';
import { SendFailure } from '../../transport.ts';
import { slackError } from '../failure.ts';
import { SLACK_LIMITS } from '../limits.ts';
import { textOf } from '../intake/payload.ts';
import type { SlackBody } from '../render/render.ts';
import type { CallSlack } from '../web-api.ts';

export interface ImagesParts {
  readonly call: CallSlack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Missing: no pictures. */
  readonly draw?: DrawPicture;
  /** Where files may be sent to: Slack's own hosts, or the one address of a test. */
  readonly mayUploadTo: (url: URL) => boolean;
  readonly report: (error: unknown) => void;
}

/** The files of a document's pictures, by their block. */
export type Files = ReadonlyMap<ImageBlock, string>;

const UPLOAD_TIMEOUT_MS = 15_000;
/** A file can be shown a moment after it was uploaded; until then Slack refuses the message: 0.5, 1, 2 s. */
const WAITS = [500, 1_000, 2_000] as const;

/**
 * Uploads the pictures of a document. Uploading shows nothing: a picture is seen when a message has it, so that it comes but once
 * with its message. What can't be uploaded is reported and left out.
 */
export async function uploadImages(parts: ImagesParts, document: Document): Promise<Files> {
  const files = new Map<ImageBlock, string>();
  for (const [image, { png }] of await drawnImages(document, parts.draw, SLACK_LIMITS.imageBytes)) {
    try {
      files.set(image, await uploadOne(parts, image, png));
    } catch (error) {
      parts.report(new Error('Slack did not take a picture, so its text stands alone.', { cause: error }));
    }
  }
  return files;
}

async function uploadOne({ call, signal, mayUploadTo }: ImagesParts, image: ImageBlock, png: Buffer): Promise<string> {
  const alternative = clampText(visible(image.alternative), SLACK_LIMITS.fileAlternative, 'utf16');
  const place = await call('files.getUploadURLExternal', { filename: 'picture.png', length: png.length, alt_txt: alternative });
  const [id, address] = [textOf(place, 'file_id'), textOf(place, 'upload_url')];
  if (id === null || address === null || !mayUploadTo(new URL(address))) throw new Error('Slack named no place of its own to upload to.');
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(png),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The upload was answered with ${response.status}.`);
  // Without a conversation: it is not shown by itself.
  await call('files.completeUploadExternal', { files: [{ id, title: 'picture.png' }] });
  return id;
}

/** Sends a message with its pictures, and without them where Slack goes on refusing it. A refusal has shown nothing. */
export async function withImages<T>(
  { clock, signal, report }: ImagesParts,
  body: SlackBody,
  send: (body: SlackBody) => Promise<T>,
): Promise<T> {
  if (!hasImages(body)) return send(body);
  for (const wait of [...WAITS, null]) {
    try {
      return await send(body);
    } catch (error) {
      if (!isAboutBlocks(error)) throw error;
      if (wait === null) report(new Error('Slack did not show a picture, so its text stands alone.', { cause: error }));
      else await pause(clock, wait, signal);
    }
  }
  return send({ ...body, blocks: body.blocks.filter(({ type }) => type !== 'image') });
}

/** Whether a message has a picture. */
export function hasImages({ blocks }: SlackBody): boolean {
  return blocks.some(({ type }) => type === 'image');
}

function isAboutBlocks(error: unknown): boolean {
  return slackError(error) === 'invalid_blocks' || (error instanceof SendFailure && error.outcome === 'rejected');
}
