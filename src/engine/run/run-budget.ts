import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import type { AgentSettings, LimitSettings, ProjectSettings } from '../../config/settings.ts';
import { budgetsOf } from '../../decide/budgets.ts';
import type { Tx } from '../../log/tx.ts';
import type { Run } from '../../log/projections/run.ts';
import {
  amountOf,
  budgetPassed,
  extended,
  narrowest,
  reserve,
  UNITS,
  type Budget,
  type Caps,
  type Passed,
  type Reservation,
} from '../../pipeline/budget/budget.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { notStarted } from '../not-started.ts';

/**
 * What a run that begins now may use. Goes into the event that reserves its slot, so that runs which begin at the same
 * time can't together be given more than a budget has.
 */
export function reservationFor(tx: Tx, item: WorkItem, settings: ProjectSettings, agent: AgentSettings): Reservation {
  return reserve(budgetsOf(tx.reads, item, settings, tx.now), ownCaps(settings, agent), item.payer);
}

/** What the run and its agent may use by their own limits, whatever the budgets allow. */
function ownCaps(settings: ProjectSettings, { limits: { tokens, microUsd } }: AgentSettings): Caps {
  return narrowest({ tokens, microUsd }, settings.budget.run);
}

/**
 * What a run may use that has reached its line, where its budgets have more by now; null: nothing else than before. Asked at
 * the line, in the transaction of the usage that reached it: so a top-up counts at once, and two runs never get the same rest.
 */
export function extendReservation(tx: Tx, run: Run, settings: ProjectSettings, budgets: readonly Budget[]): Reservation | null {
  const now = tx.reads.run(run.project, run.item, run.run);
  const agent = settings.agents.find(({ name }) => name === run.agent);
  if (now === null || now.reserved === null || now.state === 'ended' || now.stopRequested !== null || agent === undefined) return null;
  return extended(now.reserved, budgets, ownCaps(settings, agent), amountOf(now.usage));
}

/** Says that a run was ended at the line of a budget that people can top up; null: it met limits of its own. */
export function exhaustedLine({ reserved, given, usage }: Run, turns: number | null, limits: LimitSettings | null): Passed | null {
  const used = amountOf(usage);
  const passed = budgetPassed(reserved, used);
  if (passed !== null) return passed;
  const own = UNITS.some((unit) => reserved?.[unit]?.by === 'run' && used[unit] >= reserved[unit].cap);
  const turned = (turns ?? 0) >= (limits?.turns ?? Number.POSITIVE_INFINITY);
  // Its program held itself to the line that it began with, or was ended there when more was added.
  return own || turned ? null : budgetPassed(given, used);
}

/**
 * The agent as a run works with it: held to what was set aside, also after a restart with another configuration, and
 * without what was used of it by processes whose start Musher did not survive.
 */
export function limitedAgent(agent: AgentSettings, { reserved, usageBefore }: Run): AgentSettings {
  const { limits } = agent;
  const tokens = reserved === null ? limits.tokens : (reserved.tokens?.cap ?? null);
  const microUsd = reserved === null ? limits.microUsd : (reserved.microUsd?.cap ?? null);
  const before = amountOf(usageBefore);
  return {
    ...agent,
    limits: {
      ...limits,
      tokens: tokens === null ? null : tokens - before.tokens,
      microUsd: microUsd === null ? null : microUsd - before.microUsd,
    },
  };
}

/** So often a run's process is started while Musher dies over each start: enough for chance, and an end for what the start itself brings about. */
const MOST_LAUNCHES = 5;

/** Why a run that is not known to have started is not started once more; null: it is. */
export function launchedEnough(agent: AgentSettings, run: Run): RunOutcome | null {
  if (run.launches === 0) return null;
  const { tokens, microUsd } = limitedAgent(agent, run).limits;
  if ((tokens !== null && tokens <= 0) || (microUsd !== null && microUsd <= 0))
    return notStarted('over-budget', { kind: 'used-up-before' });
  if (run.launches < MOST_LAUNCHES) return null;
  return notStarted('lost', { kind: 'died-at-start', times: run.launches });
}
