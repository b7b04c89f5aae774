import type { Reads } from '../log/reads/reads.ts';
import type { Actor } from '../pipeline/actor.ts';
import type { ItemEvents } from '../pipeline/events.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';

/** One change of a text of an item. */
export interface TextEdit {
  readonly seq: number;
  readonly actor: Actor;
  readonly at: Millis;
  readonly value: string;
  readonly prior: string;
}

/** Events that are looked through: whoever edits for longer than these took is told nothing, and what they replace stays in the history. */
const LOOKED_AT = 500;

/** The changes of one text of an item after an event, the newest first. */
export function editsSince(
  reads: Reads,
  { project, number }: Pick<WorkItem, 'project' | 'number'>,
  field: 'title' | 'description' | 'criteria',
  seen: number,
): TextEdit[] {
  return reads.history(project, number, LOOKED_AT).flatMap((event): TextEdit[] => {
    if (event.seq <= seen || event.kind !== 'item.edited' || event.payload.field !== field) return [];
    const { value, prior } = event.payload;
    return [{ seq: event.seq, actor: event.actor, at: event.at, value: asText(value), prior: asText(prior) }];
  });
}

type Edited = ItemEvents['item.edited'];

function asText(value: Edited['value']): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return value.map((one) => (typeof one === 'string' ? one : one.text)).join('\n');
}
