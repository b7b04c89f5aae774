import { command, paragraph, withoutImages } from './build.ts';
import type { Block, Document, Inline } from './document.ts';
import { asList, PHONE_COLUMNS } from './phone.ts';
import { plainText } from './plain.ts';

/**
 * What a document says, without its pictures; where it has none, in paragraphs of text and commands alone: for a network that has
 * refused it in its full form. Null where it is that already.
 */
export function simplified({ blocks }: Document): Document | null {
  if (blocks.every(isSimple)) return null;
  // Perhaps it was the picture: what is said without it keeps its form.
  if (blocks.some(({ kind }) => kind === 'image')) return withoutImages({ blocks });
  return { blocks: blocks.flatMap(paragraphsOf) };
}

function isSimple(block: Block): boolean {
  return block.kind === 'paragraph' && block.content.every(({ kind }) => kind === 'text' || kind === 'command');
}

function paragraphsOf(block: Block): Block[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return [paragraph(...block.content.map(simple))];
    case 'list':
      return block.items.map((item, index) => paragraph(block.ordered ? `${index + 1}. ` : '- ', ...item.map(simple)));
    case 'fields':
      return block.fields.map(({ name, value }) => paragraph(`${name}: `, ...value.map(simple)));
    case 'actions':
      return block.actions.map(({ label, command: run, typed = run }) => paragraph(`${label}: `, command(typed)));
    case 'table':
      return paragraphsOf(asList(block));
    case 'code':
    case 'quote':
    case 'progress':
      return [paragraph(plainText({ blocks: [block] }, { width: PHONE_COLUMNS }))];
    case 'image':
      return [];
  }
}

function simple(inline: Inline): Inline {
  switch (inline.kind) {
    case 'text':
    case 'command':
      return inline;
    case 'strong':
    case 'emphasis':
    case 'code':
    case 'time':
      return { kind: 'text', text: inline.text };
    case 'link':
      return { kind: 'text', text: inline.text === inline.url ? inline.url : `${inline.text} (${inline.url})` };
    case 'mention':
      return { kind: 'text', text: inline.name };
  }
}
