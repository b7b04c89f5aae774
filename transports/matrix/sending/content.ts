import { withoutImages } from '../../../src/message/build.ts';
import type { Block, Document } from '../../../src/message/document.ts';
import { onPhone } from '../../../src/message/phone.ts';
import { plainText } from '../../../src/message/plain.ts';
import { clampText, splitDocument } from '../../../src/message/split.ts';
import { documentHtml } from './html.ts';
import type { Json } from '../json.ts';
import { MATRIX_LIMITS } from '../limits.ts';

/** The place of our own name of a sending in an event, so that it can be found again, whichever device sent it. */
export const KEY_FIELD = 'musher.key';

/** Columns of the plain text. Clients that show it break lines themselves; very long lines are slow to make. */
const BODY_WIDTH = 500;

/** The parts of a document that are sent as messages of their own, each within the limit. Phones run the cells of a table together: it is a list here. */
export function partsOf(document: Document): Document[] {
  return splitDocument(onPhone(withoutImages(document), 0), fits);
}

function fits(part: Document): boolean {
  // Cutting tries large pieces: what is far too long is seen from its length. Rendering halves a text at most, by `\r\n`.
  if (rawLength(part) > 2 * MATRIX_LIMITS.text) return false;
  let size = 0;
  for (const block of part.blocks) {
    const html = Buffer.byteLength(documentHtml({ blocks: [block] }));
    // The plain text of prose is no longer than its HTML but for line breaks; breaking lines is too slow to try often.
    const body = PROSE.has(block.kind) ? html * 1.01 + 16 : Buffer.byteLength(plainBody({ blocks: [block] })) + 2;
    size += html + body;
    if (size > MATRIX_LIMITS.text) return false;
  }
  return true;
}

const PROSE: ReadonlySet<Block['kind']> = new Set(['paragraph', 'heading', 'quote']);

/** The length of all text in a value, in UTF-16 units. */
function rawLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + rawLength(one), 0);
}

function plainBody(part: Document): string {
  return plainText(part, { width: BODY_WIDTH });
}

/** A message: a notice, which no bot answers, that mentions nobody and asks for no previews of its links. */
export function messageContent(part: Document, key: string, thread: string | null): Json {
  return placed(textOf(part), key, thread);
}

/** Any content as a message under a name of ours, in its thread. */
export function placed(content: Json, key: string, thread: string | null): Json {
  return { ...content, ...quiet(), [KEY_FIELD]: key, ...(thread === null ? {} : { 'm.relates_to': inThread(thread) }) };
}

/** What takes the place of a message. Clients that know no edits see a shortened text behind an asterisk. */
export function editContent(part: Document, key: string, eventId: string): Json {
  const text = textOf(part);
  return {
    msgtype: text.msgtype,
    body: `* ${clampText(text.body, MATRIX_LIMITS.editFallback, 'bytes')}`,
    ...quiet(),
    'm.new_content': { ...text, ...quiet() },
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
    [KEY_FIELD]: key,
  };
}

function textOf(part: Document) {
  return {
    msgtype: 'm.notice',
    body: plainBody(part),
    format: 'org.matrix.custom.html',
    formatted_body: documentHtml(part),
  } as const;
}

/** Without `m.mentions` clients look for names and `@room` in the text. An empty list of previews (MSC4095) asks for none. */
function quiet(): Json {
  return { 'm.mentions': {}, 'com.beeper.linkpreviews': [] };
}

/** Clients without threads show it as a reply to the thread's first message. */
function inThread(root: string): Json {
  return { rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } };
}
