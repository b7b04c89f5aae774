import type { ProjectSettings } from '../config/settings.ts';
import type { Run } from '../log/projections/run.ts';
import type { Reads } from '../log/reads/reads.ts';
import { accountNames, chooseAccount, type AccountChoice, type AccountFact } from '../pipeline/next/accounts.ts';
import type { Outage } from '../pipeline/next/outage.ts';
import type { AgentFact } from '../pipeline/next/step.ts';
import type { WorkStage } from '../pipeline/role.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { Millis } from '../pipeline/values.ts';
import type { ProjectFacts } from './facts.ts';

/** What an agent does, or why it can't. */
export type AgentState =
  | { readonly kind: 'working' | 'free' }
  | { readonly kind: 'out'; readonly outage: Outage }
  | { readonly kind: 'account'; readonly account: Extract<AccountChoice, { take: null }> };

/** An agent as it is listed. */
export interface AgentNow {
  readonly name: string;
  readonly stage: WorkStage;
  /** As configured; null: the program's own. */
  readonly model: string | null;
  /** False: only for items that ask for it. */
  readonly auto: boolean;
  /** Items that it works on at the same time. */
  readonly maxParallel: number;
  readonly state: AgentState;
  /** Its open runs. */
  readonly tasks: readonly { readonly run: Run; readonly item: WorkItem | null }[];
  readonly todayMicroUsd: number;
}

/** An account as it is listed. `signIn`: what to type there; empty: nobody knows. */
export interface AccountNow {
  readonly fact: AccountFact;
  readonly signIn: string | null;
  readonly runtime: string;
  readonly agents: readonly string[];
  readonly runs: number;
}

/** The agents of a project as they are now, in the order of the configuration; those that were taken out of it while they worked follow. */
export function agentsNow(
  reads: Reads,
  { name, agents }: Pick<ProjectSettings, 'name' | 'agents'>,
  facts: Pick<ProjectFacts, 'agents' | 'now'>,
  dayStart: Millis,
): AgentNow[] {
  const open = Map.groupBy(reads.openRuns(name), (run) => run.agent);
  const spent = new Map(reads.spend.sinceBy(name, 'agent', dayStart).map(({ key, usage }) => [key, usage.microUsd]));
  const withRuns = (agent: string, runs: readonly Run[]): Pick<AgentNow, 'name' | 'tasks' | 'todayMicroUsd'> => ({
    name: agent,
    tasks: runs.map((run) => ({ run, item: reads.item(name, run.item) })),
    todayMicroUsd: spent.get(agent) ?? 0,
  });
  const listed = facts.agents.map((fact) => {
    const runs = open.get(fact.name) ?? [];
    return {
      ...withRuns(fact.name, runs),
      stage: fact.stage,
      model: agents.find((one) => one.name === fact.name)?.model ?? null,
      auto: fact.auto !== false,
      maxParallel: fact.maxParallel ?? 1,
      state: stateOf(fact, runs, facts.now),
    };
  });
  const gone = [...open].flatMap(([agent, runs]) =>
    runs[0] === undefined || listed.some((one) => one.name === agent)
      ? []
      : [{ ...withRuns(agent, runs), stage: runs[0].stage, model: null, auto: true, maxParallel: 1, state: { kind: 'working' } as const }],
  );
  return [...listed, ...gone];
}

/** What an agent does, or what keeps it from working. */
function stateOf(fact: AgentFact, runs: readonly Run[], now: Millis): AgentState {
  if (runs.length > 0) return { kind: 'working' };
  if (fact.outage !== null && fact.outage !== undefined && fact.outage.until > now) return { kind: 'out', outage: fact.outage };
  const account = chooseAccount(fact.accounts ?? [], now);
  return account === null || account.take !== null ? { kind: 'free' } : { kind: 'account', account };
}

/**
 * Each account that agents of these projects may use, in the order of the configuration. Agents of projects other than
 * `here` are named with theirs.
 */
export function accountsNow(
  reads: Reads,
  projects: readonly { readonly settings: ProjectSettings; readonly facts: Pick<ProjectFacts, 'agents'> }[],
  here: string,
): AccountNow[] {
  const found = new Map<string, { fact: AccountFact; runtime: string; agents: string[] }>();
  for (const { settings, facts } of projects) {
    const known = new Map(facts.agents.map((agent) => [agent.name, agent.accounts ?? []]));
    for (const agent of settings.agents) {
      for (const account of accountNames(settings.name, settings.agents, agent)) {
        const fact = known.get(agent.name)?.find((one) => one.name === account);
        if (fact === undefined) continue;
        const row = found.get(account) ?? { fact, runtime: agent.runtime, agents: [] };
        row.agents.push(settings.name === here ? agent.name : `${settings.name}/${agent.name}`);
        found.set(account, row);
      }
    }
  }
  const open = reads.allOpenRuns().filter(({ project }) => projects.some(({ settings }) => settings.name === project));
  return [...found.values()].map(({ fact, runtime, agents }) => ({
    fact,
    runtime,
    agents,
    signIn: reads.accounts.get(fact.name)?.signIn ?? null,
    runs: open.filter(({ account }) => account === fact.name).length,
  }));
}
