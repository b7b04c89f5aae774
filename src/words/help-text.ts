import { ACCESS_ROLES, type AccessRole } from '../config/settings.ts';
import { code, codeBlock, doc, fields, heading, join, line, paragraph, type Content } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { Command } from '../bot/command.ts';
import { commandName } from '../bot/command-table.ts';

/** What help needs of a command; a command of any arguments fits. */
export type Described = Pick<Command, 'words' | 'aliases' | 'summary' | 'details' | 'examples' | 'args' | 'role'> & {
  readonly confirm?: unknown;
};

const GROUP_TITLES: { readonly [R in AccessRole]: string } = {
  viewer: 'To look',
  operator: 'To steer',
  admin: 'To destroy or configure',
};
const WHO_MAY: { readonly [R in AccessRole]: string } = {
  viewer: 'viewers, operators and admins',
  operator: 'operators and admins',
  admin: 'admins',
};

/** How a command is typed: `depends <item> on <items…>`. Flags stand before a text, otherwise at the end. */
export function usage(command: Pick<Described, 'words' | 'args'>): string {
  const all = Object.entries(command.args);
  const rest = all.filter(([, argument]) => argument.kind === 'rest');
  const flags = all.filter(([, argument]) => argument.kind === 'flag');
  const others = all.filter(([, argument]) => argument.kind !== 'rest' && argument.kind !== 'flag');
  return [...command.words, ...[...others, ...flags, ...rest].map(([name, argument]) => argument.usage(name))].join(' ');
}

/** All commands, one line each, grouped by what they need. */
export function helpIndex(commands: readonly Described[]): Document {
  const groups = ACCESS_ROLES.map((role) => commands.filter((command) => command.role === role))
    .filter((group) => group.length > 0)
    .map((group) =>
      doc(
        heading(GROUP_TITLES[group[0]?.role ?? 'viewer']),
        fields(group.map((command): [string, string] => [commandName(command), command.summary])),
      ),
    );
  return join(...groups, line('More about one: ', code('help <command>')));
}

/** Everything about one command. */
export function helpFor(command: Described): Document {
  const described = Object.entries(command.args).filter(
    ([, argument]) => argument.usage('').startsWith('<') || argument.usage('').startsWith('['),
  );
  const aliases = (command.aliases ?? []).map((words) => words.join(' '));
  return doc(
    heading(usage(command)),
    paragraph(command.summary),
    command.details !== undefined && paragraph(command.details),
    described.length > 0 &&
      fields(described.map(([name, argument]): [string, Content[]] => [argument.usage(name), ticked(argument.description)])),
    paragraph('Examples:'),
    codeBlock(command.examples.join('\n')),
    fields([
      ['Who may', WHO_MAY[command.role]],
      ['Also called', aliases.length > 0 ? aliases.join(', ') : null],
      ['Confirmed', command.confirm === undefined ? null : 'asks before anything is done'],
    ]),
  );
}

/** The text of `docs/commands.md`. */
export function commandsMarkdown(commands: readonly Described[]): string {
  const parts = [
    '# Commands',
    'Generated from the declarations in `commands/`; change those.',
    [
      'Words are typed in any case. Several words in one argument go into quotes, straight or curly. A number names an item of the current',
      'project, `shop#42` one of another. `<…>` is needed, `[…]` may be left out, `…` may go on; the last text of a command is taken as it is,',
      'line breaks included.',
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
    `Who may: ${WHO_MAY[command.role]}.${command.confirm === undefined ? '' : ' Asks before anything is done.'}${aliases.length === 0 ? '' : ` Also called ${aliases.join(', ')}.`}`,
    `For example:`,
    fenced(command.examples.join('\n\n')),
  ].join('\n\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function anchor(command: Described): string {
  return commandName(command).toLowerCase().replaceAll(' ', '-');
}

/** Words between backquotes as literal text. */
function ticked(text: string): Content[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? code(part) : part));
}
