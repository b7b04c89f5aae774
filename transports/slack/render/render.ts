import type { types } from '@slack/bolt';
import { withoutImages } from '../../../src/message/build.ts';
import type { Action, Block, Document, ImageBlock } from '../../../src/message/document.ts';
import { onPhone, PHONE_COLUMNS } from '../../../src/message/phone.ts';
import { plainText } from '../../../src/message/plain.ts';
import { visible, visibleLine } from '../../../src/message/sanitize.ts';
import { clampText, splitDocument } from '../../../src/message/split.ts';
import { SLACK_LIMITS } from '../limits.ts';
import { escapeText } from './mrkdwn.ts';
import { richInlines, richText, type RichTextPart } from './rich-text.ts';

/** A message as Slack takes it: the blocks are what people see, the text what notifications and screen readers say. */
export interface SlackBody {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** The fallback text is not wrapped. */
const UNWRAPPED = 10_000;
const BAR_CELLS = 20;

/** A document as the messages it takes: split where one is too small, nothing left out. */
export function renderMessages(document: Document, files: ReadonlyMap<ImageBlock, string> = new Map()): SlackBody[] {
  const all = (part: Document): SlackBody => render(part, files);
  return splitDocument(onPhone(document), (part) => textLength(withoutImages(part)) <= 2 * SLACK_LIMITS.text && fits(all(part))).map(all);
}

/** The characters of all texts in a tree. Laying out what is far too long costs seconds, and cutting tries many lengths. */
function textLength(tree: unknown): number {
  if (typeof tree === 'string') return tree.length;
  if (typeof tree !== 'object' || tree === null) return 0;
  return Object.values(tree).reduce((sum: number, one) => sum + textLength(one), 0);
}

function fits({ text, blocks }: SlackBody): boolean {
  // A picture's words are not shown and must not split the text.
  const shown = blocks.filter(({ type }) => type !== 'image');
  return (
    text.length <= SLACK_LIMITS.text && blocks.length <= SLACK_LIMITS.blocks && JSON.stringify(shown).length <= SLACK_LIMITS.blocksJson
  );
}

function render(document: Document, files: ReadonlyMap<ImageBlock, string>): SlackBody {
  const text = escapeText(plainText(document, { width: UNWRAPPED }));
  const blocks = document.blocks.flatMap((block, index) => blocksOf(block, index, files));
  return { text: text.trim() === '' ? '(an empty message)' : text, blocks };
}

function blocksOf(block: Block, index: number, files: ReadonlyMap<ImageBlock, string>): types.KnownBlock[] {
  switch (block.kind) {
    case 'paragraph':
      return section(richInlines(block.content));
    case 'heading': {
      const text = plainText({ blocks: [{ ...block, kind: 'paragraph' }] }, { width: UNWRAPPED });
      if (text !== '' && text.length <= SLACK_LIMITS.header) return [{ type: 'header', text: { type: 'plain_text', text, emoji: false } }];
      return section(richInlines(block.content.map((inline) => (inline.kind === 'text' ? { kind: 'strong', text: inline.text } : inline))));
    }
    case 'list': {
      const items = block.items.map((item) => ({ type: 'rich_text_section' as const, elements: richInlines(item) }));
      if (items.length === 0) return [];
      return rich({ type: 'rich_text_list', style: block.ordered ? 'ordered' : 'bullet', elements: items });
    }
    case 'table':
      return preformatted(plainText({ blocks: [block] }, { width: PHONE_COLUMNS }));
    case 'code':
      return preformatted(visible(block.text));
    case 'quote':
      return block.text === '' ? [] : rich({ type: 'rich_text_quote', elements: richText(visible(block.text)) });
    case 'fields':
      return section(
        block.fields.flatMap(({ name, value }, at) => [
          ...richText(at === 0 ? '' : '\n'),
          ...richText(visibleLine(name), { bold: true }),
          ...richText('  '),
          ...richInlines(value),
        ]),
      );
    case 'progress': {
      const share = block.of > 0 ? Math.min(1, Math.max(0, block.done / block.of)) : 0;
      const filled = Math.round(share * BAR_CELLS);
      return section([
        ...richText(`${visibleLine(block.label)} `.trimStart()),
        ...richText('█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled), { code: true }),
        ...richText(` ${block.done}/${block.of} (${Math.floor(share * 100)} %)`),
      ]);
    }
    case 'actions':
      return actionBlocks(block.actions, index);
    case 'image': {
      const id = files.get(block);
      if (id === undefined) return [];
      // An empty one is refused.
      const words = clampText(visible(block.alternative), SLACK_LIMITS.imageAlternative, 'utf16').trim() || 'Picture';
      return [{ type: 'image', slack_file: { id }, alt_text: words }];
    }
  }
}

function section(elements: RichTextPart[]): types.KnownBlock[] {
  return elements.length === 0 ? [] : rich({ type: 'rich_text_section', elements });
}

function preformatted(text: string): types.KnownBlock[] {
  if (text === '') return [];
  return rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] });
}

function rich(element: types.RichTextBlockElement): types.KnownBlock[] {
  return [{ type: 'rich_text', elements: [element] }];
}

/** Buttons that carry the command's text and nothing else. A command too long for a button is shown as what to type. */
function actionBlocks(actions: readonly Action[], index: number): types.KnownBlock[] {
  const pressed = actions.filter(isPressable);
  const typed = actions.filter((action) => !isPressable(action));
  const rows = Array.from({ length: Math.ceil(pressed.length / SLACK_LIMITS.actionElements) }, (_, row) =>
    pressed.slice(row * SLACK_LIMITS.actionElements, (row + 1) * SLACK_LIMITS.actionElements),
  );
  return [
    ...rows.map((row, rowIndex) => ({
      type: 'actions' as const,
      block_id: `musher:${index}:${rowIndex}`,
      elements: row.map((action, place) => button(action, place)),
    })),
    ...typed.flatMap((action) =>
      section([...richText(`${visibleLine(action.label)}: `), ...richText(visibleLine(action.typed ?? action.command), { code: true })]),
    ),
  ];
}

function isPressable({ command, asks }: Action): boolean {
  const length = asks === undefined ? command.length : JSON.stringify({ command, ...asks }).length;
  return command !== '' && length <= SLACK_LIMITS.buttonValue && command === visible(command);
}

/** The start of every `action_id` of ours. */
export const ACTION_PREFIX = 'musher:';

/** The start of the `action_id` of a button that asks for a text first. */
export const ASKING_PREFIX = `${ACTION_PREFIX}ask:`;

function button({ label, command, style, asks }: Action, place: number): types.Button {
  const text = clampText(visibleLine(label), SLACK_LIMITS.buttonText, 'utf16');
  return {
    type: 'button',
    action_id: `${asks === undefined ? ACTION_PREFIX : ASKING_PREFIX}${place}`,
    text: { type: 'plain_text', text: text === '' ? command.slice(0, SLACK_LIMITS.buttonText) : text, emoji: false },
    value: asks === undefined ? command : JSON.stringify({ command, ...asks }),
    ...(style === 'plain' ? {} : { style }),
  };
}
