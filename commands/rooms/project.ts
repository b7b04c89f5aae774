import { project as projectArgument } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import { command as typed, doc, list, paragraph } from '../../src/message/build.ts';
import type { Reply } from '../../src/words/reply.ts';

export const project = command({
  words: ['project'],
  aliases: [['projects']],
  summary: 'Lists the projects, or switches this room to another.',
  details: 'A plain number such as `42` is an item of the room’s project; `shop#42` is an item of another one, without switching.',
  examples: ['project', 'project shop'],
  args: { name: projectArgument('The project to switch to.').optional() },
  role: 'operator',
  run(context, { name }) {
    if (name === null) return listed(context);
    if (name === context.project.name) return refused('unchanged', `This room is already on ${name}. `, typed('project'), ' lists all.');
    return context.change((tx) => {
      tx.bindRoom(name, context.project.name);
      return done(`This room is now on ${name}: ${boardWords(tx.reads.counts(name))}. `, typed('status'), ' shows the board.');
    });
  },
});

function listed(context: CommandContext): Reply {
  const lines = context.projects.map(({ name }) => {
    return `${name}: ${boardWords(context.reads.counts(name))}${name === context.project.name ? ' (this room)' : ''}`;
  });
  return answer(doc(list(lines), context.projects.length > 1 && paragraph(typed('project <name>'), ' switches this room.')));
}

/** `3 in the backlog, 2 in progress`. */
function boardWords({ backlog, current, qa, merge }: Record<'backlog' | 'current' | 'qa' | 'merge', number>): string {
  return `${backlog} in the backlog, ${current + qa + merge} in progress`;
}
