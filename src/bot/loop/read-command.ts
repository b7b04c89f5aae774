import { BOUNDS } from '../../bounds.ts';
import type { IncomingMessage } from '../../message/address.ts';
import { safeName } from '../../pipeline/told/sent-file.ts';
import { sentFiles, whichItemForFiles } from '../../words/files/files.ts';
import type { BotParts } from '../bot-parts.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import { itemsNamed, type ArgumentTypes, type ArgumentValues } from '../parse/arguments.ts';
import { parseCommand } from '../parse/parse.ts';
import { parseContext } from '../parse/parse-context.ts';
import { authorise } from '../rights/authorise.ts';
import { includes } from '../rights/rights.ts';
import { hello, noted, onlyShown, welcome } from '../../words/bot/small-talk.ts';
import { smallTalk, withoutLead, withoutTrail } from '../courtesy.ts';
import { spoken } from './spoken.ts';
import { problemDocument } from '../../words/bot/problem-document.ts';
import { commandName } from '../../words/described.ts';
import type { Reply } from '../../words/reply.ts';
import type { Handling } from './handling.ts';

/** A command that may run, with its arguments. */
export interface Ready {
  readonly command: Command;
  readonly args: ArgumentValues<ArgumentTypes>;
  /** The text with the item that it left out. */
  readonly text: string;
}

/** What everybody with a role may begin with. */
const FIRST_COMMANDS = ['status', 'backlog', 'help'];

/** Whether arguments name items by more than their numbers. */
function namesMore(args: ArgumentValues<ArgumentTypes>, numbered: number): boolean {
  const lists = Object.values(args).filter((value) => Array.isArray(value));
  return lists.flat().filter((value) => typeof value === 'object').length > numbered;
}

/**
 * What a text with files says. What is no command is a comment of the item that is meant; a command whose text is missing says which files
 * came.
 */
function withFileNames(typed: Parsed, text: string, { files, about }: IncomingMessage, parse: (line: string) => Parsed): Parsed {
  if (typed.ok || files === undefined) return typed;
  const names = sentFiles(files.slice(0, BOUNDS.filesOfMessage).map(({ name }) => safeName(name)));
  const { code, command, argument } = typed.error;
  if (code === 'missing-argument' && command?.files === 'instead of text' && command.args[argument ?? '']?.kind === 'rest')
    return parse(`${text.trimEnd()} ${names}`);
  if (about === undefined || (code !== 'empty' && code !== 'unknown-command')) return typed;
  return parse(`comment ${about.project}#${about.number} ${text.trim() === '' ? names : text.trim()}`);
}

type Parsed = ReturnType<typeof parseCommand<Command>>;

/** What a text means that is no command: a command that changes nothing, which runs, or commands that are only shown. */
function asSpoken(
  text: string,
  parse: (line: string) => Parsed,
  mayUse: (command: Command) => boolean,
  about: boolean,
): { readonly runs: Extract<Parsed, { ok: true }> | null; readonly shown: readonly string[] } {
  const { asks, perhaps } = spoken(withoutTrail(withoutLead(text)).text, about);
  const meant = asks === null ? null : parse(asks);
  if (meant?.ok === true && meant.value.command.role === 'viewer') return { runs: meant, shown: [] };
  const shown = perhaps.filter((line) => {
    const one = parse(line);
    // What lacks an argument is explained when it is typed.
    const command = one.ok ? one.value.command : one.error.code === 'missing-argument' ? one.error.command : null;
    return command !== null && mayUse(command);
  });
  return { runs: null, shown };
}

/** The command in a text that its sender may run, or why there is none. Notes in `state` what it is and which item it names. */
export function readCommand(
  parts: BotParts,
  table: CommandTable<Command>,
  text: string,
  state: Pick<Handling, 'as' | 'project' | 'words' | 'item' | 'several' | 'isTalk'>,
): Ready | { readonly reply: Reply } {
  const { as: message } = state;
  const { rights } = parts;
  const highest = rights.highest(message);
  const mayUse = (command: Command): boolean => includes(highest, command.role);
  const parse = (line: string): Parsed =>
    parseCommand(line, table, parseContext(parts, table, state.project, parts.projects, message.about), mayUse);
  const typed = withFileNames(parse(text), text, message, parse);
  const meant = typed.ok ? null : asSpoken(text, parse, mayUse, message.about !== undefined);
  const parsed = meant?.runs ?? typed;
  if (!parsed.ok) {
    if (message.files !== undefined && text.trim() === '') return { reply: whichItemForFiles() };
    if (meant !== null && meant.shown.length > 0) return { reply: onlyShown(meant.shown) };
    const talk = parsed.error.command === null ? smallTalk(text) : null;
    if (talk === 'thanks') return { reply: welcome() };
    if (talk === 'remark') return { reply: noted() };
    if (talk === 'greeting') return { reply: hello(FIRST_COMMANDS.filter((one) => table.byName.has(one))) };
    state.isTalk = true;
    state.words = parsed.error.command === null ? '' : commandName(parsed.error.command);
    return { reply: { ok: false, code: parsed.error.code, body: problemDocument(parsed.error) } };
  }
  const { command, args } = parsed.value;
  state.words = commandName(command);
  const items = itemsNamed(args);
  state.item = items[0] ?? null;
  state.several = items.length > 1 || namesMore(args, items.length);
  const roleIn = (project: string): ReturnType<typeof rights.roleIn> => rights.roleIn(message, project);
  const refusal = authorise(command, args, { current: state.project.name, roleIn, highest });
  return refusal === null ? { command, args, text: parsed.value.text } : { reply: refusal };
}
