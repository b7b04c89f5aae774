import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import type { Project } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { agentsNow, type AgentNow } from '../../src/decide/team.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { doc, heading, join, list, strong, type Content } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { pausedLine } from '../../src/words/item/pause.ts';
import { agentLine } from '../../src/words/team/agents.ts';
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
  const reader = readerOf(context);
  const facts = context.facts(name);
  const all = agentsNow(context.reads, settings, facts, startOfDay(reader.now, reader.timezone));
  const paused = facts.pause !== null && pausedLine(facts.pause, name, reader);
  const line = (one: AgentNow): Content[] => {
    const [sign, rest] = agentLine(one, reader);
    return [`${sign} `, strong(one.name), ...rest];
  };
  return doc(heading(`Agents of ${name}`), paused, list(all.map(line)));
}
