import type { APIActionRowComponent, APIButtonComponentWithCustomId } from 'discord.js';
import { imagesOf } from '../../../src/message/build.ts';
import type { Action, Block, Document, ImageBlock } from '../../../src/message/document.ts';
import type { DrawnPicture } from '../../../src/message/picture/picture.ts';
import { onPhone } from '../../../src/message/phone.ts';
import { clampText, splitDocument } from '../../../src/message/split.ts';
import { visibleLine } from '../../../src/message/sanitize.ts';
import { PERHAPS_SEEN } from '../../transport.ts';
import { LIMITS } from '../limits.ts';
import { attached, type Attached } from './images.ts';
import { blockMarkdown, codeSpan, escaped } from './markdown.ts';

/** Buttons of a message, of all its rows. */
const MOST_BUTTONS = LIMITS.rows * LIMITS.buttonsInRow;
/** Discord's numbers of the styles. */
const STYLES = { plain: 2, primary: 1, danger: 4 } as const;

/** One message as Discord takes it. */
export interface Rendered {
  readonly content: string;
  readonly components: APIActionRowComponent<APIButtonComponentWithCustomId>[];
  readonly files: readonly Attached[];
}

const AGAIN = `*${PERHAPS_SEEN}*\n\n`;
const late = (user: string): string => `*For* <@${user}>*, too late for a private answer.*\n\n`;
/** What may come before a message: its parts are cut so that there is room for it. An id has 20 digits at most. */
const MOST_BEFORE = AGAIN.length + late('0'.repeat(20)).length;

/** A document as messages, each within Discord's limits, and with room for the words of `perhapsSeen` and `tooLate`. `customId` names a button. */
export function rendered(
  document: Document,
  customId: (action: Action) => string,
  drawn: ReadonlyMap<ImageBlock, DrawnPicture> = new Map(),
): Rendered[] {
  const fits = (part: Document): boolean => content(part).length <= LIMITS.content - MOST_BEFORE;
  return splitDocument(onPhone(document), fits).map((part) => ({
    content: content(part),
    components: rows(buttons(part), customId),
    files: imagesOf(part).flatMap((image, index) => {
      const picture = drawn.get(image);
      return picture === undefined ? [] : [attached(image, picture, index)];
    }),
  }));
}

/** A message that may have been shown already. Its text is the same, so that what comes after it continues where it ends. */
export function perhapsSeen(message: Rendered): Rendered {
  return { ...message, content: `${AGAIN}${message.content}` };
}

/** An answer in the channel, away from its question. */
export function tooLate(message: Rendered, user: string): Rendered {
  return /^\d{1,20}$/.test(user) ? { ...message, content: `${late(user)}${message.content}` } : message;
}

function content(document: Document): string {
  const texts: string[] = [];
  let before: Block | null = null;
  for (const block of document.blocks) {
    const text = blockMarkdown(block);
    if (text === '') continue;
    if (before !== null) texts.push(apart(before, block) ? '\n\n' : '\n');
    texts.push(text);
    before = block;
  }
  const left = all(document).slice(MOST_BUTTONS);
  texts.push(
    ...left.map(({ label, command, typed = command }) => `\ntype: ${codeSpan(visibleLine(typed))}  (${escaped(visibleLine(label))})`),
  );
  const text = texts.join('');
  // Discord rejects a message with only buttons, or an empty one.
  return text.trim() === '' ? (left.length < all(document).length ? 'What next?' : '\u200b') : text;
}

/** The buttons of a document: each command once, for two of one name are refused. */
function all(document: Document): Action[] {
  const byCommand = new Map<string, Action>();
  for (const block of document.blocks) {
    if (block.kind === 'actions') for (const action of block.actions) byCommand.set(action.command, action);
  }
  return [...byCommand.values()];
}

function buttons(document: Document): Action[] {
  return all(document).slice(0, MOST_BUTTONS);
}

function rows(actions: readonly Action[], customId: (action: Action) => string): Rendered['components'] {
  const result: Rendered['components'] = [];
  for (let start = 0; start < actions.length; start += LIMITS.buttonsInRow) {
    const components = actions.slice(start, start + LIMITS.buttonsInRow).map((action) => ({
      type: 2 as const,
      style: STYLES[action.style],
      label: clampText(visibleLine(action.label), LIMITS.buttonLabel, 'utf16').trim() || '…',
      custom_id: customId(action),
    }));
    result.push({ type: 1, components });
  }
  return result;
}

/** Blocks are separated by a blank line, unless markdown or the layout keeps them together. */
function apart(before: Block, block: Block): boolean {
  if (before.kind === 'heading' || before.kind === 'code' || block.kind === 'code') return false;
  if (before.kind === 'table' || block.kind === 'table') return false;
  if (before.kind === 'paragraph' && block.kind === 'list') return false;
  return before.kind !== block.kind || before.kind === 'paragraph';
}
