import { phrase } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { ArchiveReason, Done, Failure, Stage, WorkItem } from '../../pipeline/types.ts';

/** What names an item. */
export type Named = Pick<WorkItem, 'project' | 'number' | 'title'>;

/** How an item is typed in a room that speaks of the project `current`: `42`, or `shop#42` for another project's. */
export function itemName(item: Pick<WorkItem, 'project' | 'number'>, current: string): string {
  return item.project === current ? String(item.number) : `${item.project}#${item.number}`;
}

/** An item as people read it: `#42`, or `shop#42` in a room of another project. */
export function itemLabel(item: Pick<WorkItem, 'project' | 'number'>, current: string): string {
  return labelOf(itemName(item, current));
}

/** As `itemLabel`, from what a person would type: `42` becomes `#42`. */
export function labelOf(name: string): string {
  return name.includes('#') ? name : `#${name}`;
}

/** An item in a sentence: `#42 Fix the login`. The title is what people wrote: only ever a text node. */
export function itemTitle(item: Named, current: string): string {
  const label = itemLabel(item, current);
  return item.title === '' ? label : `${label} ${item.title}`;
}

/** What people chose for an item and a line about it should show, each after a dot: ` · high priority`. */
export function marksOf({ priority }: Pick<WorkItem, 'priority'>): string {
  return priority === undefined || priority === 'normal' ? '' : ` · ${priority} priority`;
}

/** ` · ui, phone`; empty where an item has no labels. */
export function labelMarks({ labels = [] }: Pick<WorkItem, 'labels'>): string {
  return labels.length === 0 ? '' : ` · ${labels.join(', ')}`;
}

/** The stage of an item, in one or two words: `qa`, `archived (blocked)`. */
export function stageWords(stage: Stage): string {
  return stage.name === 'archived' ? `archived (${archivedAs(stage.reason.kind)})` : stage.name;
}

/** The stage as the end of a sentence about an item: `in qa`, `done`, `archived (blocked)`. */
export function inStage(stage: Stage): string {
  return stage.name === 'done' || stage.name === 'archived' ? stageWords(stage) : `in ${stage.name}`;
}

/** How an item was merged, also where it was archived since; null where it was not. */
export function mergedAs(stage: Stage): Done | null {
  if (stage.name === 'done') return stage;
  return stage.name === 'archived' && stage.from.name === 'done' ? stage.from : null;
}

const ARCHIVED_AS: { readonly [K in ArchiveReason['kind']]: string } = {
  completed: 'completed',
  abandoned: 'abandoned',
  superseded: 'superseded',
  blocked: 'blocked',
  mergeFailed: 'merge failed',
  reviewHeld: 'held by review',
};

/** Why something is archived, in one or two words: `blocked`, `held by review`. */
export function archivedAs(reason: ArchiveReason['kind']): string {
  return ARCHIVED_AS[reason];
}

/** What kind of failure it was, before its summary. */
export const FAILURE_WORDS: { readonly [C in Failure['cause']]: string } = {
  run: 'Run failed',
  gate: 'Gate failed',
  conflict: 'Merge conflict',
  rejected: 'Rejected',
  setup: 'Setup failed',
  musher: 'Musher failed',
};

/** A commit as people read it: 8 digits are enough to find it, and no more than a room should see. */
export function shortCommit(sha: string): string {
  return sha.slice(0, 8);
}

/** A text as a sentence: starts with a capital, unless it starts with a name like `coder-1`, and ends with a full stop if it has no other end. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = /^\S*\d/.test(trimmed) ? trimmed : trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…:]$/.test(trimmed) ? capital : `${capital}.`;
}

/** The same for a text with other values in it. */
export function sentenceOf(content: readonly Inline[]): Inline[] {
  const capital = content.map((one, at) => {
    if (at > 0 || one.kind !== 'text' || /^\S*\d/.test(one.text)) return one;
    return { ...one, text: one.text.charAt(0).toUpperCase() + one.text.slice(1) };
  });
  const last = content.at(-1);
  return last === undefined || (last.kind === 'text' && /[.!?…:]$/.test(last.text)) ? capital : phrase`${capital}.`;
}

/** The first line of a text, cut visibly at `limit` UTF-16 units. */
export function firstLine(text: string, limit = 160): string {
  const line = (text.trim().split(/[\r\n\u2028\u2029]/, 1)[0] ?? '').trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit - 1);
  // A pair of surrogates cut in two leaves half a character.
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
