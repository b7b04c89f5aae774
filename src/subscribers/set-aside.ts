import { MICRO } from '../agents/limits.ts';
import type { AgentSettings, ProjectSettings } from '../config/settings.ts';
import { budgetsOf } from '../log/budgets.ts';
import type { Tx } from '../log/log.ts';
import type { Run } from '../log/projections/run.ts';
import { narrowest, reserve, type Caps, type Reservation } from '../pipeline/budget.ts';
import type { WorkItem } from '../pipeline/types.ts';

/**
 * What a run that begins now may use. Goes into the event that reserves its slot, so that runs which begin at the same
 * time can't together be given more than a budget has.
 */
export function setAside(tx: Tx, item: WorkItem, settings: ProjectSettings, agent: AgentSettings): Reservation {
  const { tokens, costUsd } = agent.limits;
  const own: Caps = { tokens, microUsd: costUsd === null ? null : Math.round(costUsd * MICRO) };
  return reserve(budgetsOf(tx.reads, item, settings, tx.now), narrowest(own, settings.budget.run), item.payer);
}

/** The agent as a run works with it: held to what was set aside, also after a restart with another configuration. */
export function heldTo(agent: AgentSettings, { reserved }: Run): AgentSettings {
  if (reserved === null) return agent;
  const { tokens, microUsd } = reserved;
  return {
    ...agent,
    limits: { ...agent.limits, tokens: tokens?.cap ?? null, costUsd: microUsd === null ? null : microUsd.cap / MICRO },
  };
}
