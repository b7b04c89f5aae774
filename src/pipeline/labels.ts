import { BOUNDS } from '../bounds.ts';
import { isResumable } from './moves.ts';
import type { WorkItem } from './types.ts';

/** Labels of one item, and UTF-16 units of one label. */
export const MOST_LABELS = BOUNDS.labels;
export const LONGEST_LABEL = BOUNDS.label;

/** What people type as labels: `ui, phone`, `#ui phone`, `good first task, ui`. With commas, a space within a label becomes a dash. Lower case, each once. */
export function labelsIn(text: string): string[] {
  const parts = /[,;\n]/.test(text) ? text.split(/[,;\n]/) : text.split(/\s+/);
  const labels = parts.map((part) => part.trim().replace(/^#+/, '').trim().toLowerCase().replaceAll(/\s+/g, '-'));
  return [...new Set(labels.filter((label) => label !== ''))];
}

/** Whether a text can be a label: one word, which a command, a list and a link can hold. */
export function isLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._/+&-]*$/u.test(text);
}

/** Whether something is still to be done about an item. */
export function isOpen({ stage, deletedAt }: Pick<WorkItem, 'stage' | 'deletedAt'>): boolean {
  return deletedAt === null && stage.name !== 'done' && (stage.name !== 'archived' || isResumable(stage));
}
