import { command, type CommandContext } from '../../src/bot/command.ts';
import { doc, heading, list } from '../../src/message/build.ts';
import type { AccountFact } from '../../src/pipeline/next/accounts.ts';
import { accountNames } from '../../src/pipeline/next/accounts.ts';
import { accountLine, type AccountNow } from '../../src/words/team/agents.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';

export const accounts = command({
  words: ['accounts'],
  summary: 'Lists the accounts at model providers: which work, which are limited and until when.',
  details: 'Of the projects that you may see. An account without an entry in bot.toml is named after the first agent that uses it.',
  examples: ['accounts'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const reader = readerOf(context);
    return answer(doc(heading('Accounts'), list(accountsSeen(context).map((one) => accountLine(one, reader)))));
  },
});

/** Each account that agents of the sender's projects may use, in the order of the configuration. */
function accountsSeen(context: CommandContext): AccountNow[] {
  const { reads, projects, project: here } = context;
  const found = new Map<string, { fact: AccountFact; runtime: string; agents: string[] }>();
  for (const { name, settings } of projects) {
    const facts = new Map(context.facts(name).agents.map((agent) => [agent.name, agent.accounts ?? []]));
    for (const agent of settings.agents) {
      for (const account of accountNames(name, settings.agents, agent)) {
        const fact = facts.get(agent.name)?.find((one) => one.name === account);
        if (fact === undefined) continue;
        const known = found.get(account) ?? { fact, runtime: agent.runtime, agents: [] };
        known.agents.push(name === here.name ? agent.name : `${name}/${agent.name}`);
        found.set(account, known);
      }
    }
  }
  const open = reads.allOpenRuns().filter(({ project }) => projects.some(({ name }) => name === project));
  return [...found.values()].map(({ fact, runtime, agents }) => ({
    fact,
    runtime,
    agents,
    signIn: reads.accounts.get(fact.name)?.signIn ?? null,
    runs: open.filter(({ account }) => account === fact.name).length,
  }));
}
