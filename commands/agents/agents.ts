import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import type { Project } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import type { Run } from '../../src/log/projections/run.ts';
import { doc, heading, join, list, strong, type Content } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { chooseAccount } from '../../src/pipeline/next/accounts.ts';
import type { AgentFact } from '../../src/pipeline/next/step.ts';
import { pausedLine } from '../../src/words/item/pause.ts';
import { agentLine, type AgentState } from '../../src/words/team/agents.ts';
import { startOfDay } from '../../src/words/time.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';

export const agents = command({
  words: ['agents'],
  aliases: [['team']],
  summary: 'Lists the agents: what each is working on, its model and what it cost today.',
  details: 'An agent that can’t work says why, and until when.',
  examples: ['agents', 'agents all'],
  args: { project: projectOrAll().optional() },
  role: 'viewer',
  run: (context, { project: asked }) => answer(join(...projectsMeant(context, asked).map((one) => team(context, one)))),
});

function team(context: CommandContext, { name, settings }: Project): Document {
  const { reads } = context;
  const reader = readerOf(context);
  const facts = context.facts(name);
  const open = Map.groupBy(reads.openRuns(name), (run) => run.agent);
  const spent = new Map(
    reads.spend.sinceBy(name, 'agent', startOfDay(reader.now, reader.timezone)).map(({ key, usage }) => [key, usage.microUsd]),
  );
  const listed = facts.agents.map((fact) => {
    const agent = settings.agents.find((one) => one.name === fact.name);
    const runs = open.get(fact.name) ?? [];
    return {
      name: fact.name,
      stage: fact.stage,
      model: agent?.model ?? null,
      auto: fact.auto !== false,
      maxParallel: fact.maxParallel ?? 1,
      runs,
      state: stateOf(fact, runs, facts.now),
    };
  });
  // Taken out of the file while they worked.
  const gone = [...open].flatMap(([agent, runs]) =>
    runs[0] === undefined || listed.some((one) => one.name === agent)
      ? []
      : [{ name: agent, stage: runs[0].stage, model: null, auto: true, maxParallel: 1, runs, state: { kind: 'working' } as const }],
  );
  const line = (one: (typeof listed)[number]): Content[] => {
    const tasks = one.runs.map((run) => ({ run, item: reads.item(name, run.item) }));
    const [sign, rest] = agentLine({ ...one, tasks, todayMicroUsd: spent.get(one.name) ?? 0 }, reader);
    return [`${sign} `, strong(one.name), ...rest];
  };
  const paused = facts.pause !== null && pausedLine(facts.pause, name, reader);
  return doc(heading(`Agents of ${name}`), paused, list([...listed, ...gone].map(line)));
}

/** What an agent does, or what keeps it from working. */
function stateOf(fact: AgentFact, runs: readonly Run[], now: number): AgentState {
  if (runs.length > 0) return { kind: 'working' };
  if (fact.outage !== null && fact.outage !== undefined && fact.outage.until > now) return { kind: 'out', outage: fact.outage };
  const account = chooseAccount(fact.accounts ?? [], now);
  return account === null || account.take !== null ? { kind: 'free' } : { kind: 'account', account };
}
