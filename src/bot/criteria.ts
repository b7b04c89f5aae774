import type { Criterion } from '../pipeline/types.ts';

/** A line that is a check box: `- [ ] text`, `* [x] text`, `+ [X] text`, indented or not. */
const CHECKBOX = /^[ \t]*[-*+][ \t]+\[([ xX])\](?:[ \t](.*))?$/;
/** A heading or label for the criteria, which is dropped with them. */
const CRITERIA_LABEL = /^(?:#{1,6}[ \t]*)?(?:acceptance criteria|criteria)(?:[ \t]*:)?$/i;

/**
 * Splits a text into the item's criteria (its check boxes, in order) and the description (the rest). Lines
 * within a code fence stay in the description, and so does a check box without text.
 */
export function splitCriteria(text: string): { readonly description: string; readonly criteria: readonly Criterion[] } {
  const criteria: Criterion[] = [];
  const kept: string[] = [];
  let fence: string | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const mark = /^[ \t]*(```+|~~~+)/.exec(line)?.[1] ?? null;
    if (mark !== null) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    const box = fence === null && mark === null ? CHECKBOX.exec(line) : null;
    const wanted = box?.[2]?.trim() ?? '';
    if (box === null || wanted === '') {
      kept.push(line);
      continue;
    }
    if (CRITERIA_LABEL.test(lastFilled(kept).trimEnd())) dropLabel(kept);
    criteria.push({ text: wanted, checked: box[1] !== ' ' });
  }
  return { description: kept.join('\n').trim(), criteria };
}

function lastFilled(lines: readonly string[]): string {
  return lines.findLast((line) => line.trim() !== '') ?? '';
}

function dropLabel(lines: string[]): void {
  while (lines.at(-1)?.trim() === '') lines.pop();
  lines.pop();
}
