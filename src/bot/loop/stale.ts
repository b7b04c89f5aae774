import type { AskedItem } from '../../log/tables/confirmations.ts';
import type { Tx } from '../../log/tx.ts';
import { KINDS } from '../../pipeline/kinds.ts';

/** Whether the item has changed since the question, apart from what its runs do. */
export function hasChanged(tx: Tx, { project, number, version, seq }: AskedItem): boolean {
  const now = tx.item(project, number);
  if (now === null || now.version === version) return now === null;
  if (seq === null) return true;
  const since = tx.reads.history(project, number, 10_000).filter((event) => event.seq > seq);
  return since.some((event) => event.item !== null && KINDS[event.kind].changes === 'item');
}
