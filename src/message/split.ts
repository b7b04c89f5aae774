import { emphasis, paragraph } from './build.ts';
import { cutBlock } from './cut-block.ts';
import type { Block, Document } from './document.ts';
import { fittingOffset, textSize, type TextUnit } from './measure.ts';

/** Room that is kept for the mark of a clamp, in the unit of the limit. */
const MARK_ROOM = 64;

/** A text no larger than `limit`, with a mark at its end that says how much was left out where something was. */
export function clampText(text: string, limit: number, unit: TextUnit): string {
  if (textSize(text, unit) <= limit) return text;
  const at = fittingOffset(text, Math.max(1, limit - MARK_ROOM), unit);
  const mark = `… [${text.length - at} characters left out]`;
  const clamped = text.slice(0, at) + mark;
  // A limit that has no room for the mark gets as much of it as there is.
  return textSize(clamped, unit) <= limit ? clamped : mark.slice(0, fittingOffset(mark, limit, unit));
}

/**
 * Cuts a document into parts that each `fit`: between blocks; within a block only if it does not fit on its own,
 * and then between lines, rows or items, with code fences and table heads repeated. Every part of several says which
 * it is. Nothing is left out. `fits` renders a part the way it will be sent and holds it against the limit; what does
 * not fit may be cut to single graphemes, and one of those is sent as it is.
 */
export function splitDocument(document: Document, fits: (part: Document) => boolean): Document[] {
  if (fits(document)) return [document];
  const cuts = cutAll(document.blocks, (blocks) => fits({ blocks: [...blocks, partMark(888, 888)] }));
  return cuts.map((blocks, index) => ({ blocks: [...blocks, partMark(index + 1, cuts.length)] }));
}

function partMark(index: number, of: number): Block {
  return paragraph(emphasis(`(part ${index} of ${of})`));
}

function cutAll(blocks: readonly Block[], fits: (blocks: readonly Block[]) => boolean): Block[][] {
  const parts: Block[][] = [];
  let part: Block[] = [];
  const close = (): void => {
    if (part.length > 0) parts.push(part);
    part = [];
  };
  const waiting = blocks.toReversed();
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (fits([...part, block])) {
      part.push(block);
      continue;
    }
    if (part.length > 0 && fits([block])) {
      // A heading stays with what it heads.
      const head = part.at(-1)?.kind === 'heading' && part.length > 1 ? part.pop() : undefined;
      close();
      waiting.push(block);
      if (head !== undefined) waiting.push(head);
      continue;
    }
    const current = part;
    const cut = cutBlock(block, (piece) => fits([...current, piece]), current.length === 0);
    if (cut === null) {
      close();
      waiting.push(block);
      continue;
    }
    part.push(cut.head);
    close();
    waiting.push(...cut.tail.toReversed());
  }
  close();
  return parts;
}
