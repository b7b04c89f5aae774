import type { ArchiveReason, Done, Failure, Stage, WorkItem } from '../pipeline/types.ts';

/** What names an item. */
export type Named = Pick<WorkItem, 'project' | 'number' | 'title'>;

/** How an item is typed in a room that speaks of the project `current`: `42`, or `shop#42` for another project's. */
export function itemName(item: Pick<WorkItem, 'project' | 'number'>, current: string): string {
  return item.project === current ? String(item.number) : `${item.project}#${item.number}`;
}

/** An item in a sentence: `42 “Fix the login”`. The title is what people wrote: only ever a text node. */
export function itemTitle(item: Named, current: string): string {
  const name = itemName(item, current);
  return item.title === '' ? name : `${name} “${item.title}”`;
}

/** Where an item stands, in one or two words: `qa`, `archived (blocked)`. */
export function stageWords(stage: Stage): string {
  return stage.name === 'archived' ? `archived (${ARCHIVED_AS[stage.reason.kind]})` : stage.name;
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

/** What kind of failure it was, before its summary. */
export const FAILURE_WORDS: { readonly [C in Failure['cause']]: string } = {
  run: 'The run did not count',
  gate: 'A gate failed',
  conflict: 'It conflicts with the base branch',
  rejected: 'It was rejected',
  setup: 'The worktree could not be made ready',
  musher: 'Musher itself could not go on with it',
};

/** A text as a sentence: a capital first, and a full stop where it has no end of its own. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…:]$/.test(trimmed) ? capital : `${capital}.`;
}

/** The first line of a text, cut visibly at `limit` UTF-16 units. */
export function firstLine(text: string, limit = 160): string {
  const line = (text.trim().split(/[\r\n\u2028\u2029]/, 1)[0] ?? '').trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit - 1);
  // A pair of surrogates cut in two leaves half a character.
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
