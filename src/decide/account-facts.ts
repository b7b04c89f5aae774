import type { ProjectSettings } from '../config/settings.ts';
import { accountNames, type AccountFact } from '../pipeline/next/accounts.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Facts } from '../pipeline/next/step.ts';

/** The agents of a project, each with how its accounts stand. Costs the limited accounts and, where there are any, the open runs. */
export function agentsWithAccounts(reads: Reads, { name, agents }: ProjectSettings): Facts['agents'] {
  const limited = new Map(reads.accounts.all().map((row) => [row.account, row]));
  const open = limited.size === 0 ? [] : reads.allOpenRuns();
  const fact = (account: string): AccountFact => {
    const row = limited.get(account);
    if (row === undefined) return { name: account, until: null, tried: false };
    // What began before the limit shows nothing.
    const tried = open.some((run) => run.account === account && run.pendingAt >= row.until);
    return { name: account, until: row.until, signedOut: row.signIn !== null, tried };
  };
  const out = new Map(reads.outages.of(name).map((outage) => [outage.agent, outage]));
  return agents.map((agent) => ({
    ...agent,
    accounts: accountNames(name, agents, agent).map(fact),
    outage: out.get(agent.name) ?? null,
  }));
}
