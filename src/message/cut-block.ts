import type { Block, Inline } from './document.ts';
import { graphemeStart } from './width.ts';

export interface Cut {
  readonly head: Block;
  /** What is left of the block, in order; empty if the head is all of it. */
  readonly tail: readonly Block[];
}

type Fits = (head: Block) => boolean;

/** A field whose name leaves less room than this is written out: one code point, made visible, takes up to ten bytes. */
const NARROWEST_VALUE = '0'.repeat(16);

/**
 * Cuts a block in two so that the head `fits` and is as large as can be. Null if no head fits. `force`: the smallest
 * possible head is taken even when it does not fit, so that cutting always gets on. A row, field or link that is too
 * large on its own is written out as text first, which can be cut anywhere.
 */
export function cutBlock(block: Block, fits: Fits, force: boolean): Cut | null {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return cutInlines(block.content, (content) => ({ kind: block.kind, content }), fits, force);
    case 'list':
      return cutMany(
        block.items,
        (items) => ({ ...block, items }),
        fits,
        force,
        (item) => cutInlines(item, (content) => ({ ...block, items: [content] }), fits, force),
      );
    case 'table':
      return cutMany(
        block.rows,
        (rows) => ({ ...block, rows }),
        fits,
        force,
        (row) =>
          cutWrittenOut(
            { kind: 'fields', fields: block.columns.map(({ title }, index) => ({ name: title, value: row[index] ?? [] })) },
            fits,
          ),
      );
    case 'fields':
      return cutMany(
        block.fields,
        (fields) => ({ ...block, fields }),
        fits,
        force,
        ({ name, value }) =>
          fits({ ...block, fields: [{ name, value: [{ kind: 'text', text: NARROWEST_VALUE }] }] })
            ? cutInlines(value, (content) => ({ ...block, fields: [{ name, value: content }] }), fits, force)
            : cutWrittenOut({ kind: 'paragraph', content: [{ kind: 'strong', text: name }, { kind: 'text', text: ' ' }, ...value] }, fits),
      );
    case 'actions':
      return cutMany(
        block.actions,
        (actions) => ({ ...block, actions }),
        fits,
        force,
        ({ label, command, typed }) =>
          cutWrittenOut(
            {
              kind: 'paragraph',
              content: [
                { kind: 'text', text: `${label}: ` },
                typed === undefined ? { kind: 'command', text: command } : { kind: 'code', text: typed },
              ],
            },
            fits,
          ),
      );
    case 'code':
    case 'quote':
      return cutText(block.text, (text) => ({ ...block, text }), fits, force);
    case 'progress':
      return force ? cutWrittenOut(plainParagraph(`${block.label} ${block.done}/${block.of}`), fits) : null;
    case 'image':
      // It takes no room of the text: a part that it does not fit with is one that nothing fits with.
      return force ? { head: block, tail: [] } : null;
  }
}

function plainParagraph(text: string): Block {
  return { kind: 'paragraph', content: [{ kind: 'text', text }] };
}

/** The written-out form may fit as a whole; otherwise it is cut. */
function cutWrittenOut(block: Block, fits: Fits): Cut | null {
  return fits(block) ? { head: block, tail: [] } : cutBlock(block, fits, true);
}

/** Cuts between members; a single member that is too large itself is cut by `cutOne`. */
function cutMany<T>(
  all: readonly T[],
  make: (some: readonly T[]) => Block,
  fits: Fits,
  force: boolean,
  cutOne: (one: T) => Cut | null,
): Cut | null {
  const count = most(all.length, (some) => fits(make(all.slice(0, some))));
  const first = all[0];
  if (count === 0 && first !== undefined) {
    const cut = force ? cutOne(first) : null;
    return cut === null ? null : { head: cut.head, tail: [...cut.tail, ...made(all.slice(1), make)] };
  }
  return { head: make(all.slice(0, count)), tail: made(all.slice(count), make) };
}

function made<T>(some: readonly T[], make: (some: readonly T[]) => Block): Block[] {
  return some.length > 0 ? [make(some)] : [];
}

function cutInlines(content: readonly Inline[], make: (content: readonly Inline[]) => Block, fits: Fits, force: boolean): Cut | null {
  const whole = most(content.length, (count) => fits(make(content.slice(0, count))));
  const before = content.slice(0, whole);
  const next = content[whole];
  if (next === undefined) return { head: make(content), tail: [] };
  const cut = cutInline(next, (head) => fits(make([...before, head])), force && whole === 0);
  if (cut === null) return whole === 0 ? null : { head: make(before), tail: [make(content.slice(whole))] };
  const tail = [...(cut.tail === null ? [] : [cut.tail]), ...content.slice(whole + 1)];
  return { head: make([...before, cut.head]), tail: made(tail, make) };
}

function cutInline(
  inline: Inline,
  fits: (head: Inline) => boolean,
  force: boolean,
): { readonly head: Inline; readonly tail: Inline | null } | null {
  // A link, a mention or a time cut in two is neither: one that is too large on its own becomes text.
  if (inline.kind === 'link' || inline.kind === 'mention' || inline.kind === 'time') {
    if (fits(inline)) return { head: inline, tail: null };
    if (inline.kind === 'time') return force ? cutInline({ kind: 'text', text: inline.text }, fits, true) : null;
    const text = inline.kind === 'mention' ? `@${inline.name}` : inline.text === inline.url ? inline.url : `${inline.text} <${inline.url}>`;
    return force ? cutInline({ kind: 'text', text }, fits, true) : null;
  }
  const at = cutOffset(inline.text, (text) => fits({ ...inline, text }), force);
  if (at === 0) return null;
  const tail = inline.text.slice(at);
  return { head: { ...inline, text: inline.text.slice(0, at) }, tail: tail === '' ? null : { ...inline, text: tail } };
}

/** Cuts between lines and drops the line break there; cuts within a line only if the line doesn't fit alone. */
function cutText(text: string, make: (text: string) => Block, fits: Fits, force: boolean): Cut | null {
  const lines = text.split('\n');
  const count = most(lines.length, (some) => fits(make(lines.slice(0, some).join('\n'))));
  if (count > 0) {
    return { head: make(lines.slice(0, count).join('\n')), tail: made(lines.slice(count), (rest) => make(rest.join('\n'))) };
  }
  const at = force ? cutOffset(text, (part) => fits(make(part)), true) : 0;
  if (at === 0) return null;
  return { head: make(text.slice(0, at)), tail: at < text.length ? [make(text.slice(at))] : [] };
}

/** How much of a text fits, in UTF-16 units: up to white space near the end if there is some, else to a grapheme. */
function cutOffset(text: string, fits: (text: string) => boolean, force: boolean): number {
  const raw = most(text.length, (length) => fits(text.slice(0, length)));
  const at = graphemeStart(text, raw);
  const space = /\s(?=\S*$)/.exec(text.slice(Math.max(0, at - 100), at));
  const afterSpace = space === null ? 0 : Math.max(0, at - 100) + space.index + 1;
  if (at < text.length && afterSpace > at / 2) return afterSpace;
  if (at > 0 || !force) return at;
  // Not even one grapheme fits: as many code points as do, and one in any case.
  const first = text.codePointAt(0) ?? 0;
  const pair = raw > 0 && /[\ud800-\udbff]$/.test(text.slice(0, raw)) ? raw - 1 : raw;
  return Math.max(pair, first > 0xffff ? 2 : 1);
}

/** The largest count up to `all` that still fits, given that fewer of what fits fit too; 0 where none does. */
function most(all: number, fits: (count: number) => boolean): number {
  let low = 0;
  let high = all;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
