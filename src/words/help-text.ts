import { ACCESS_ROLES, type AccessRole } from '../config/choices.ts';
import { code, codeBlock, command as typed, doc, fields, heading, join, line, list, paragraph, type Content } from '../message/build.ts';
import type { Block, Document } from '../message/document.ts';
import { commandName, type Described } from './described.ts';

const GROUP_TITLES: { readonly [R in AccessRole]: string } = {
  viewer: 'View',
  operator: 'Steer',
  admin: 'Administer',
};
const ROLES: { readonly [R in AccessRole]: string } = {
  viewer: 'viewers, operators and admins',
  operator: 'operators and admins',
  admin: 'admins',
};

/** A command's syntax: `depends <item> on <items…>`. Flags come before a text, otherwise at the end. */
export function usage(command: Pick<Described, 'words' | 'args'>): string {
  const all = Object.entries(command.args);
  const rest = all.filter(([, argument]) => argument.kind === 'rest');
  const flags = all.filter(([, argument]) => argument.kind === 'flag');
  const others = all.filter(([, argument]) => argument.kind !== 'rest' && argument.kind !== 'flag');
  return [...command.words, ...[...others, ...flags, ...rest].map(([name, argument]) => argument.usage(name))].join(' ');
}

/** All commands, one line each, grouped by role. */
export function helpIndex(commands: readonly Described[]): Document {
  const groups = ACCESS_ROLES.map((role) => commands.filter((command) => command.role === role))
    .filter((group) => group.length > 0)
    .map((group) =>
      doc(
        heading(GROUP_TITLES[group[0]?.role ?? 'viewer']),
        fields(group.map((command): [string, Content[]] => [commandName(command), ticked(command.summary)])),
      ),
    );
  return join(...groups, line(typed('help <command>'), ' explains one of them.'));
}

/** Everything about one command. `isCommand`: whether a word in its texts is the name of a command. */
export function helpFor(command: Described, isCommand: (word: string) => boolean = () => false): Document {
  const prose = (text: string): Block =>
    paragraph(...ticked(text, (part) => (isCommand(part.split(' ', 1)[0] ?? '') ? typed(part) : code(part))));
  const described = Object.entries(command.args).filter(
    ([, argument]) => argument.usage('').startsWith('<') || argument.usage('').startsWith('['),
  );
  const aliases = (command.aliases ?? []).map((words) => words.join(' '));
  return doc(
    heading(usage(command)),
    prose(command.summary),
    command.details !== undefined && prose(command.details),
    described.length > 0 &&
      fields(described.map(([name, argument]): [string, Content[]] => [argument.usage(name), ticked(argument.description)])),
    paragraph('Examples:'),
    list(command.examples.filter((example) => !example.includes('\n')).map((example) => typed(example))),
    ...command.examples.filter((example) => example.includes('\n')).map((example) => codeBlock(example)),
    paragraph(whoMay(command, aliases)),
  );
}

/** The text of `docs/commands.md`. */
export function commandsMarkdown(commands: readonly Described[]): string {
  const parts = [
    '# Commands',
    'Generated from the declarations in `commands/`; edit those instead.',
    [
      'Case does not matter. Put an argument of several words in quotes, straight or curly. A number is an item of the room’s project, `shop#42`',
      'is item 42 of project `shop`. `<…>` is required, `[…]` is optional, `…` may repeat. The last text of a command is taken as typed, line',
      'breaks included.',
    ].join('\n'),
    commands.map((command) => `- [\`${commandName(command)}\`](#${anchor(command)}): ${command.summary}`).join('\n'),
    ...commands.map(commandMarkdown),
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandMarkdown(command: Described): string {
  const aliases = (command.aliases ?? []).map((words) => `\`${words.join(' ')}\``);
  const described = Object.entries(command.args).map(([name, argument]) => `- \`${argument.usage(name)}\`: ${argument.description}`);
  return [
    `## ${commandName(command)}`,
    fenced(usage(command)),
    command.summary,
    ...(command.details === undefined ? [] : [command.details]),
    ...(described.length === 0 ? [] : [described.join('\n')]),
    whoMay(command, aliases),
    `Examples:`,
    fenced(command.examples.join('\n\n')),
  ].join('\n\n');
}

/** Who may use a command, whether it asks first, and its other names: `For admins. Asks for confirmation first. Aliases: rm.` */
function whoMay({ role, confirm, asks: when }: Described, aliases: readonly string[]): string {
  const asks = confirm === undefined ? '' : when === 'sometimes' ? ' May ask for confirmation first.' : ' Asks for confirmation first.';
  return `For ${ROLES[role]}.${asks}${aliases.length === 0 ? '' : ` Aliases: ${aliases.join(', ')}.`}`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function anchor(command: Described): string {
  return commandName(command).toLowerCase().replaceAll(' ', '-');
}

/** A text of our own, in which backquotes mark what is typed or literal. */
function ticked(text: string, as: (part: string) => Content = code): Content[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? as(part) : part));
}
