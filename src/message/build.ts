import type { Action, Block, Column, Document, ImageBlock, Inline } from './document.ts';
import type { Picture } from './picture/picture.ts';

/** Content of a builder: a plain string becomes a text node. */
export type Content = string | Inline;

/** A document of the blocks that are there: null, undefined and false are left out. */
export function doc(...blocks: readonly (Block | null | undefined | false)[]): Document {
  return { blocks: blocks.filter((block): block is Block => Boolean(block)) };
}

/** The blocks of several documents, one after the other. */
export function join(...documents: readonly Document[]): Document {
  return { blocks: documents.flatMap(({ blocks }) => blocks) };
}

/** A document of one paragraph: most replies. */
export function line(...content: readonly Content[]): Document {
  return doc(paragraph(...content));
}

export function text(value: string): Inline {
  return { kind: 'text', text: value };
}

export function strong(value: string): Inline {
  return { kind: 'strong', text: value };
}

export function emphasis(value: string): Inline {
  return { kind: 'emphasis', text: value };
}

/** Literal text within a line: a branch, a SHA, a path. For a block of it see `codeBlock`, for a command `command`. */
export function code(value: string): Inline {
  return { kind: 'code', text: value };
}

/** A command as a value: `command('start 1')`. The network of the room adds what has to be typed there besides. */
export function command(value: string): Inline {
  return { kind: 'command', text: value };
}

export function link(url: string, label = url): Inline {
  return { kind: 'link', url, text: label };
}

export function mention(id: string, name: string): Inline {
  return { kind: 'mention', id, name };
}

export function time(at: number, words: string, show: 'time' | 'day and time'): Inline {
  return { kind: 'time', at, text: words, show };
}

/** A text with values in it that need not be text: phrase`since ${time}`. Text that stands together becomes one node. */
export function phrase(texts: readonly string[], ...values: readonly (Content | number | readonly Content[])[]): Inline[] {
  const parts = texts.flatMap((part, index): Content[] => {
    const value = values[index] ?? '';
    return [part, ...(typeof value === 'number' ? [String(value)] : cell(value))];
  });
  const joined: Inline[] = [];
  for (const one of inlines(parts)) {
    const last = joined.at(-1);
    if (one.kind === 'text' && one.text === '') continue;
    if (one.kind === 'text' && last?.kind === 'text') joined[joined.length - 1] = text(last.text + one.text);
    else joined.push(one);
  }
  return joined;
}

/** Several contents with commas between them. */
export function commas(all: readonly (readonly Content[])[]): Content[] {
  return all.flatMap((one, index) => (index === 0 ? one : [', ', ...one]));
}

export function paragraph(...content: readonly Content[]): Block {
  return { kind: 'paragraph', content: inlines(content) };
}

export function heading(...content: readonly Content[]): Block {
  return { kind: 'heading', content: inlines(content) };
}

/** A list with a bullet for each item; an item is one content or several. */
export function list(items: readonly (Content | readonly Content[])[]): Block {
  return { kind: 'list', ordered: false, items: items.map(cell) };
}

/** A list numbered from 1. */
export function ordered(items: readonly (Content | readonly Content[])[]): Block {
  return { kind: 'list', ordered: true, items: items.map(cell) };
}

/** A table. A column is its title, or `{title, align}`; a cell is one content or several. */
export function table(columns: readonly (string | Column)[], rows: readonly (readonly (Content | readonly Content[])[])[]): Block {
  return {
    kind: 'table',
    columns: columns.map((column) => (typeof column === 'string' ? { title: column, align: 'left' } : column)),
    rows: rows.map((row) => row.map(cell)),
  };
}

/** A column of numbers. */
export function right(title: string): Column {
  return { title, align: 'right' };
}

export function codeBlock(value: string, language: string | null = null): Block {
  return { kind: 'code', language, text: value };
}

/** Names with their values, in order; a null value leaves its line out. */
export function fields(pairs: readonly (readonly [name: string, value: Content | readonly Content[] | null])[]): Block {
  return {
    kind: 'fields',
    fields: pairs.flatMap(([name, value]) => (value === null ? [] : [{ name, value: cell(value) }])),
  };
}

export function quote(value: string): Block {
  return { kind: 'quote', text: value };
}

/** How much is done, `of` the whole. */
export function progress(label: string, done: number, of: number): Block {
  return { kind: 'progress', label, done, of };
}

/** What can be done next, as commands; buttons if the network has them. */
export function actions(...all: readonly Action[]): Block {
  return { kind: 'actions', actions: all };
}

/** A document whose buttons are gone, with a line on how that ended: `✓ Approved by Anna, 14:02`. */
export function closed(plain: Document, words: readonly Content[]): Document {
  return join(
    plain,
    doc(paragraph(...words.map((one) => (typeof one === 'string' ? emphasis(one) : one.kind === 'text' ? emphasis(one.text) : one)))),
  );
}

/** A document without its buttons. */
export function withoutActions(document: Document): Document {
  return { blocks: document.blocks.filter(({ kind }) => kind !== 'actions') };
}

export function action(label: string, typed: string, style: Action['style'] = 'plain'): Action {
  return { label, command: typed, style };
}

/** A picture that stands beside a text which says the same. */
export function image(picture: Picture, alternative: string): ImageBlock {
  return { kind: 'image', picture, alternative };
}

/** The pictures of a document, in order. */
export function imagesOf({ blocks }: Document): ImageBlock[] {
  return blocks.filter((block): block is ImageBlock => block.kind === 'image');
}

/** A document without its pictures. */
export function withoutImages({ blocks }: Document): Document {
  return { blocks: blocks.filter(({ kind }) => kind !== 'image') };
}

function cell(value: Content | readonly Content[]): readonly Inline[] {
  return inlines(isMany(value) ? value : [value]);
}

function isMany(value: Content | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value);
}

function inlines(content: readonly Content[]): readonly Inline[] {
  return content.map((one) => (typeof one === 'string' ? text(one) : one));
}
