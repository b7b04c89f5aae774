import { chosenFor, NO_CHOICE } from './choice.ts';
import { takersOf } from './model.ts';
import type { WaitReason } from './reason.ts';
import { err, ok, type Result } from '../../result.ts';
import type { AgentFact, Facts } from './step.ts';
import type { WorkStage } from '../role.ts';
import type { WorkItem } from '../types.ts';
import type { ItemNumber } from '../values.ts';

/** Agents that may work on an item in a stage, whether they are free or not, and the model for its run. */
export interface Candidates {
  readonly agents: readonly AgentFact[];
  /** Null: the agent's own. */
  readonly model: string | null;
}

/** Who may be taken for an item; the error says why nobody can be. */
export function candidatesFor(item: WorkItem, stage: WorkStage, facts: Pick<Facts, 'agents' | 'defaults'>): Result<Candidates, WaitReason> {
  const fitting = facts.agents.filter((agent) => agent.stage === stage);
  const { agent: wanted, model } = stage === 'current' ? chosenFor(item, facts.defaults) : NO_CHOICE;
  if (wanted !== null) {
    const agents = fitting.filter(({ name }) => name === wanted);
    return agents.length === 0 ? err({ kind: 'assigned-agent-missing', agent: wanted, stage }) : ok({ agents, model });
  }
  const able = takersOf(fitting, model);
  const agents = able.filter(({ auto }) => auto !== false);
  if (agents.length > 0) return ok({ agents, model });
  const [first] = able;
  return err(first === undefined ? { kind: 'no-agent', stage } : { kind: 'only-when-asked', agents: able.map(({ name }) => name), model });
}

/** Whether an agent works on as many items as it may at the same time. */
export function isBusy({ name, maxParallel = 1 }: AgentFact, { busy }: Pick<Facts, 'busy'>): boolean {
  return (busy.get(name)?.length ?? 0) >= maxParallel;
}

/** The items that agents work on, from their open runs. */
export function busyAgents(open: readonly { readonly agent: string; readonly item: ItemNumber }[]): Facts['busy'] {
  return new Map([...Map.groupBy(open, ({ agent }) => agent)].map(([agent, runs]) => [agent, runs.map(({ item }) => item)]));
}
