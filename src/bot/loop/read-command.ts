import type { BotParts } from '../bot-parts.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import { itemsNamed, type ArgumentTypes, type ArgumentValues } from '../parse/arguments.ts';
import { parseCommand } from '../parse/parse.ts';
import { parseContext } from '../parse/parse-context.ts';
import { authorise } from '../rights/authorise.ts';
import { includes } from '../rights/rights.ts';
import { hello, welcome } from '../../words/bot/small-talk.ts';
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

/** What a text means that is no command: run where it changes nothing, otherwise shown as what can be typed. */
function asSpoken<P extends ReturnType<typeof parseCommand<Command>>>(
  text: string,
  typed: P & { readonly ok: false },
  parse: (line: string) => P,
  mayUse: (command: Command) => boolean,
): P | (P & { readonly ok: false }) {
  const { asks, perhaps } = spoken(withoutTrail(withoutLead(text)).text);
  const meant = asks === null ? null : parse(asks);
  if (meant?.ok === true && meant.value.command.role === 'viewer') return meant;
  const near = perhaps.filter((line) => {
    const one = parse(line);
    const command = one.ok ? one.value.command : one.error.command;
    return command !== null && mayUse(command);
  });
  return near.length === 0 ? typed : { ...typed, error: { ...typed.error, near } };
}

/** The command in a text that its sender may run, or why there is none. Notes in `state` what it is and which item it names. */
export function readCommand(
  parts: BotParts,
  table: CommandTable<Command>,
  text: string,
  state: Handling,
): Ready | { readonly reply: Reply } {
  const { message } = state;
  const { rights } = parts;
  const highest = rights.highest(message);
  const mayUse = (command: Command): boolean => includes(highest, command.role);
  const parse = (line: string): ReturnType<typeof parseCommand<Command>> =>
    parseCommand(line, table, parseContext(parts, table, state.project, parts.projects, message.about), mayUse);
  const typed = parse(text);
  const parsed = !typed.ok ? asSpoken(text, typed, parse, mayUse) : typed;
  if (!parsed.ok) {
    const talk = parsed.error.command === null ? smallTalk(text) : null;
    if (talk === 'thanks') return { reply: welcome() };
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
