import { usageInOutput } from '../../agents/account.ts';
import type { Signal } from '../../agents/supervision/signals.ts';
import { crashPoint } from '../../crash-point.ts';
import type { ProjectSettings } from '../../config/settings.ts';
import { budgetsOf } from '../../decide/budgets.ts';
import type { Tx } from '../../log/tx.ts';
import type { Run } from '../../log/projections/run.ts';
import { amountOf, crossings, type Budget } from '../../pipeline/budget/budget.ts';
import type { ItemEventKind, ItemEvents } from '../../pipeline/events.ts';
import { eventOf, KINDS } from '../../pipeline/kinds.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { accountWorks } from './accounts.ts';
import { noteRead } from './told/interrupt.ts';
import { extendReservation } from './run-budget.ts';
import { runDir, type EngineParts } from '../parts.ts';
import { NO_USAGE, addUsage, maxUsage, sameUsage, usageBeyond, type Usage } from '../../pipeline/usage.ts';
import { agentActor } from '../../pipeline/actor.ts';

/** A sign of life is written at most this often for a run. */
const HEARTBEAT_MS = 30_000;

/**
 * Turns what an agent says while it runs into events: its session, its usage as differences to what the log holds
 * already (so that output that is read again after a restart counts once), and signs of life.
 */
export function meter(
  parts: EngineParts,
  settings: ProjectSettings | null,
  item: WorkItem,
  run: Run,
  // What was counted for a run before its process started is of an earlier process.
  counted = run.state === 'pending' ? new Map<string, Usage>() : usageInLog(parts, item, run),
): (signal: Signal) => void {
  let session = run.session;
  let lastBeat = 0;
  const write = <K extends ItemEventKind>(kind: K, payload: ItemEvents[K]): void => {
    parts.log.transaction((tx) => append(tx, item, run, kind, payload));
    crashPoint('after-sign-of-life');
  };
  const count = (model: string, usage: Usage, unpriced: boolean): void => {
    parts.log.transaction((tx) => {
      const budgets = countUsage(tx, settings, item, run, { model, usage });
      // Of a project that is no longer configured only the accounts are kept.
      if (budgets === null || settings === null) return;
      const reserved = extendReservation(tx, run, settings, budgets);
      if (reserved !== null) append(tx, item, run, 'run.extended', { run: run.run, reserved });
      const capped = (run.reserved?.microUsd ?? null) !== null;
      if (capped && unpriced && isFirstUse(tx, item.project, model, usage))
        append(tx, item, run, 'run.price_unknown', { run: run.run, model });
    });
    crashPoint('after-metered');
  };
  return (signal) => {
    switch (signal.kind) {
      case 'session':
        if (signal.id === session) return;
        session = signal.id;
        write('run.session', { run: run.run, session: signal.id });
        return;
      case 'usage': {
        const before = counted.get(signal.model);
        const usage = before === undefined ? signal.usage : increase(before, signal.usage);
        if (usage === null) return;
        // The highest of each part: one that goes down and up again is not counted twice.
        counted.set(signal.model, before === undefined ? signal.usage : maxUsage(before, signal.usage));
        count(signal.model, usage, signal.unpriced === true);
        return;
      }
      case 'activity': {
        const now = parts.clock.now();
        if (now - lastBeat < HEARTBEAT_MS) return;
        lastBeat = now;
        write('run.heartbeat', { run: run.run, activity: signal.text });
        return;
      }
      case 'read':
        parts.log.transaction((tx) => noteRead(tx, item, run, signal.id));
        return;
      case 'untold':
      case 'turn':
      case 'call':
      case 'asks':
      case 'rate-limited':
      case 'verdict':
      case 'report':
      case 'session-missing':
      case 'signed-out':
      case 'fatal':
      case 'result':
    }
  };
}

/** Of a deleted item only the accounts are still kept: what does not fit any more is dropped. */
function append<K extends ItemEventKind>(tx: Tx, item: WorkItem, run: Run, kind: K, payload: ItemEvents[K]): boolean {
  return tx.append(eventOf(kind, payload, item, agentActor(run.agent))).ok;
}

/**
 * Counts a usage, and each line of a budget that it crosses: together, so that a line is told of exactly once. Gives the
 * budgets as they stand then; null where nobody holds it to any.
 */
export function countUsage(
  tx: Tx,
  settings: ProjectSettings | null,
  item: WorkItem,
  run: Run,
  counted: Omit<ItemEvents['run.usage'], 'run' | 'agent'>,
): readonly Budget[] | null {
  const { usage } = counted;
  if (!append(tx, item, run, 'run.usage', { run: run.run, agent: run.agent, ...counted })) return null;
  if (usage.outputTokens > 0) accountWorks(tx, run);
  const now = tx.item(item.project, item.number);
  if (now === null || settings === null) return null;
  const charged = { ...now, payer: run.reserved?.person ?? null };
  const budgets = budgetsOf(tx.reads, charged, settings, tx.now);
  const crossed = crossings(budgets, amountOf(usage));
  // One event for all of them: one absurd usage is one piece of news.
  if (crossed.length > 0) append(tx, item, run, 'run.budget_crossed', { run: run.run, crossed });
  return budgets;
}

/** Whether this is all that the project has ever used of the model. */
function isFirstUse(tx: Tx, project: string, model: string, usage: Usage): boolean {
  const total = tx.reads.spend.totals(project, 'model').find(({ key }) => key === model)?.usage;
  return total !== undefined && amountOf(total).tokens === amountOf(usage).tokens;
}

/**
 * Counts what a run printed while nobody watched it, and that ends without being taken up: its agent or project is gone
 * from the configuration, or Musher was killed between the start of the process and the entry of that. Gives the models
 * whose price is not known.
 */
export async function countUnwatched(
  parts: EngineParts,
  settings: ProjectSettings | null,
  item: WorkItem,
  run: Run,
): Promise<readonly string[]> {
  const take = meter(parts, settings, item, run, usageInLog(parts, item, run));
  const { used, unpriced } = await usageInOutput(runDir(parts, run.project, run.item, run.run), parts.pricing);
  for (const signal of used) take(signal);
  return unpriced;
}

/** What the log counts for a run's process, per model. */
function usageInLog(parts: EngineParts, item: WorkItem, run: Run): Map<string, Usage> {
  const counted = new Map<string, Usage>();
  for (const event of parts.log.reads.history(item.project, item.number, Number.MAX_SAFE_INTEGER)) {
    if (event.item === null || !('run' in event.payload) || event.payload.run !== run.run) continue;
    if (KINDS[event.kind].beginsProcess) break;
    if (event.kind !== 'run.usage') continue;
    const { model, usage } = event.payload;
    const before = counted.get(model);
    counted.set(model, before === undefined ? usage : addUsage(before, usage));
  }
  return counted;
}

/** What came on top; null where nothing did. */
function increase(before: Usage, total: Usage): Usage | null {
  const more = usageBeyond(before, total);
  return sameUsage(more, NO_USAGE) ? null : more;
}
