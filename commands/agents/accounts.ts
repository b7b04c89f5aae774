import { command } from '../../src/bot/command.ts';
import { accountsNow } from '../../src/decide/team.ts';
import { doc, heading, list } from '../../src/message/build.ts';
import { accountLine } from '../../src/words/team/agents.ts';
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
    const projects = context.projects.map(({ name, settings }) => ({ settings, facts: context.facts(name) }));
    const all = accountsNow(context.reads, projects, context.project.name);
    return answer(doc(heading('Accounts'), list(all.map((one) => accountLine(one, reader)))));
  },
});
