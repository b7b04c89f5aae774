import type { Block, Document, Inline } from './document.ts';

/**
 * The document as it reads where commands are typed as `form` writes them: `start 1` becomes `!start 1`, say. Buttons keep
 * the command that they stand for; only what is typed instead of them changes.
 */
export function asTyped(document: Document, form: (command: string) => string): Document {
  const inline = (one: Inline): Inline => (one.kind === 'command' ? { kind: 'code', text: form(one.text) } : one);
  const inlines = (all: readonly Inline[]): readonly Inline[] => all.map(inline);
  const block = (one: Block): Block => {
    switch (one.kind) {
      case 'paragraph':
      case 'heading':
        return { ...one, content: inlines(one.content) };
      case 'list':
        return { ...one, items: one.items.map(inlines) };
      case 'table':
        return { ...one, rows: one.rows.map((row) => row.map(inlines)) };
      case 'fields':
        return { ...one, fields: one.fields.map(({ name, value }) => ({ name, value: inlines(value) })) };
      case 'actions':
        return { ...one, actions: one.actions.map((action) => ({ ...action, typed: form(action.typed ?? action.command) })) };
      case 'code':
      case 'quote':
      case 'progress':
      case 'image':
        return one;
    }
  };
  return { blocks: document.blocks.map(block) };
}
