import { project as projectArgument } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import { code, doc, list, paragraph } from '../../src/message/build.ts';

export const project = command({
  words: ['project'],
  aliases: [['projects']],
  summary: 'Lists the projects, or makes this room speak of another.',
  details: 'A bare number names an item of the project that the room speaks of; `shop#42` names one of another without switching.',
  examples: ['project', 'project shop'],
  args: { name: projectArgument('The project to speak of from now on.').optional() },
  role: 'operator',
  run(context, { name }) {
    if (name === null) return listed(context);
    if (name === context.project.name) return refused('unchanged', `This room speaks of ${name} already. `, code('project'), ' lists all.');
    return context.change((tx) => {
      tx.bindRoom(name, context.project.name);
      const { backlog, current, qa, merge } = tx.reads.counts(name);
      return done(
        `This room speaks of ${name} now: ${backlog} in the backlog, ${current + qa + merge} under way. `,
        code('status'),
        ' shows the board.',
      );
    });
  },
});

function listed(context: CommandContext): Reply {
  const lines = context.projects.map(({ name }) => {
    const { backlog, current, qa, merge } = context.reads.counts(name);
    return `${name}: ${backlog} in the backlog, ${current + qa + merge} under way${name === context.project.name ? ' (this room)' : ''}`;
  });
  return answer(doc(list(lines), context.projects.length > 1 && paragraph(code('project <name>'), ' makes this room speak of another.')));
}
