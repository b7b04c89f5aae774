import type { Field } from '../../../src/message/document.ts';
import { LIMITS } from '../limits.ts';

/** Discord's numbers of components: a label around a field, and a field; and of its style of several lines. */
const LABEL = 18;
const TEXT_INPUT = 4;
const PARAGRAPH = 2;
const FIELD = 'text';

/** The form in which the text of a command is asked for. `customId`: names the command when it is sent. */
export function modal(customId: string, { title, label }: Field): object {
  const component = { type: TEXT_INPUT, custom_id: FIELD, style: PARAGRAPH, min_length: 1, max_length: LIMITS.modalInput, required: true };
  return {
    custom_id: customId,
    title: title.slice(0, LIMITS.modalTitle),
    components: [{ type: LABEL, label: label.slice(0, LIMITS.modalTitle), component }],
  };
}

/** What was written into the field. Older clients send it in a row of its own. */
export function writtenIn(components: unknown): string {
  for (const one of Array.isArray(components) ? components : []) {
    const { component, components: row } = one as { readonly component?: unknown; readonly components?: unknown };
    for (const input of [component, ...(Array.isArray(row) ? row : [])]) {
      const { custom_id: id, value } = (input ?? {}) as { readonly custom_id?: unknown; readonly value?: unknown };
      if (id === FIELD && typeof value === 'string') return value;
    }
  }
  return '';
}
