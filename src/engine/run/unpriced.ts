import { outstanding, amountOf } from '../../pipeline/budget/budget.ts';
import type { Run } from '../../log/projections/run.ts';
import { NO_USAGE } from '../../pipeline/usage.ts';
import type { Tx } from '../../log/tx.ts';
import type { ProjectSettings } from '../../config/settings.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { countUsage } from './meter.ts';

/**
 * A run that used models whose price nobody knows has spent what was set aside for it: an unknown price is never $0.
 * In the transaction of its end, because with that the reservation goes. `models`: those without a price.
 */
export function spendReservation(tx: Tx, settings: ProjectSettings | null, item: WorkItem, run: Run, models: readonly string[]): void {
  const [model] = models;
  const now = tx.reads.run(run.project, run.item, run.run) ?? run;
  const { microUsd } = outstanding(now.reserved, amountOf(now.usage));
  if (model === undefined || microUsd === 0) return;
  countUsage(tx, settings, item, run, { model, usage: { ...NO_USAGE, microUsd }, reservation: true });
}
