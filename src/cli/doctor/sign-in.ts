import { signedIn, signInWords } from '../../agents/sign-in.ts';
import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import type { AgentSettings } from '../../config/settings.ts';
import { failure, good, type Check, type Finding } from './check.ts';

/** Whether somebody is signed in to each program that agents use, and with each account. A program that can't be asked is left out. */
export const signIns: Check = async ({ settings, env }) => {
  const agents = settings?.projects.flatMap((project) => project.agents.map((agent) => ({ project: project.name, agent }))) ?? [];
  const asked = new Map<string, { readonly agent: AgentSettings; readonly account: Readonly<Record<string, string>> }>();
  for (const { project, agent } of agents) {
    const accounts = agent.accounts ?? [];
    for (const { name, env: account } of accounts) asked.set(`account ${name}`, { agent, account });
    if (accounts.length === 0) asked.set(`agent ${project}/${agent.name}`, { agent, account: {} });
  }
  const findings = await Promise.all(
    [...asked].map(async ([subject, { agent, account }]): Promise<Finding[]> => {
      const { title } = findRuntime(RUNTIMES, agent.runtime);
      // The check of agents reports a program that can't be started at all.
      switch (await signedIn(agent, account, env).catch(() => 'unknown' as const)) {
        case 'in':
          return [good(subject, `signed in to ${title}`)];
        case 'out':
          return [failure(subject, `nobody is signed in to ${title}`, `Run: ${signInWords(agent, account)}`)];
        case 'unknown':
          return [];
      }
    }),
  );
  return findings.flat();
};
