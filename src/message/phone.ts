import type { Block, Column, Document, Inline } from './document.ts';
import { tableFits } from './plain-table.ts';

/** Columns of a fixed-width font that a phone held upright shows without wrapping. */
export const PHONE_COLUMNS = 40;

type Table = Extract<Block, { kind: 'table' }>;
type Cell = readonly Inline[];

/** The document with each table that is wider than a phone as a list. `columns` 0: every table, for clients that draw none well. */
export function onPhone({ blocks }: Document, columns = PHONE_COLUMNS): Document {
  return {
    blocks: blocks.map((block) => (block.kind === 'table' && !tableFits(block.columns, block.rows, columns) ? asList(block) : block)),
  };
}

/** A table as a list: a row is an item that begins with its first cell and has `name: value` for each other one. Empty cells are left out. */
export function asList({ columns, rows }: Table): Block {
  return {
    kind: 'list',
    ordered: false,
    items: rows.map((row) => columns.flatMap((column, index) => shown(column, row[index] ?? [], index))),
  };
}

function shown({ title }: Column, cell: Cell, index: number): Cell {
  const text = cell.map((one) => ('text' in one ? one.text : 'x')).join('');
  if (text.trim() === '') return [];
  // A number alone does not say what it counts: `Run 3`.
  if (index === 0)
    return [...(/^\d+$/.test(text) ? [strong(`${title} `)] : []), ...cell.map((one) => (one.kind === 'text' ? strong(one.text) : one))];
  return [{ kind: 'text', text: ` · ${title}: ` }, ...cell];
}

function strong(text: string): Inline {
  return { kind: 'strong', text };
}
