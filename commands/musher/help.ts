import { commandName } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { helpFor, helpIndex } from '../../src/words/help-text.ts';
import { answer, refused } from '../../src/words/replies.ts';
import { suggestCommands } from '../../src/bot/parse/suggest.ts';
import { command as typed, type Content } from '../../src/message/build.ts';
import { commandName as nameOf } from '../../src/words/described.ts';

export const help = command({
  words: ['help'],
  aliases: [['?']],
  summary: 'Lists the commands, or explains one.',
  details: 'Lists only the commands that you can use. With a command it shows its syntax, what it does and examples.',
  examples: ['help', 'help depends'],
  args: { command: commandName('The command to explain.').optional() },
  role: 'viewer',
  about: 'musher',
  run(context, { command: wanted }) {
    const commands = context.commands();
    // `help me` is what people type first.
    if (wanted === null || wanted === 'me') return answer(helpIndex(commands));
    const found = commands.find((one) => [one.words, ...(one.aliases ?? [])].some((words) => words.join(' ') === wanted));
    if (found !== undefined) return answer(helpFor(found, (word) => commands.some(({ words }) => words[0] === word)));
    const near = suggestCommands(wanted.split(' '), commands.map(nameOf));
    return refused(
      'unknown-command',
      `You have no command “${wanted.slice(0, 40)}” here. `,
      ...meant(near),
      typed('help'),
      ' lists yours.',
    );
  },
});

function meant(near: readonly string[]): Content[] {
  return near.length === 0 ? [] : ['Did you mean ', ...near.flatMap((name, index) => [index === 0 ? '' : ' or ', typed(name)]), '? '];
}
