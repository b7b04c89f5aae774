import type { IncomingMessage } from '../../message/address.ts';
import type { BotParts } from '../bot-parts.ts';
import { projectOf } from '../bot-parts.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import { parseCommand } from '../parse/parse.ts';
import { parseContext } from '../parse/parse-context.ts';
import { includes } from '../rights/rights.ts';
import { commandText, leadsToOther, type AddressRules } from './address.ts';
import { answerIn } from './confirm.ts';

/** What a message says to Musher, and the item that is meant where it names none. */
export interface Heard {
  readonly command: string;
  readonly about: IncomingMessage['about'];
}

/**
 * What a message says to Musher; null where it says nothing to it and is forgotten. It does so where it is addressed, or
 * replies to one of Musher's messages. In the thread of an item, or under a message of Musher's, people talk to each other:
 * there it does so only where it reads as a command of somebody who has a role, or answers the question that Musher asked them.
 */
export function heard(
  parts: BotParts,
  table: CommandTable<Command>,
  message: IncomingMessage,
  rules: Omit<AddressRules, 'ingress'>,
): Heard | null {
  const { text, ingress } = message;
  const addressed = commandText(text, { ...rules, ingress });
  if (!addressed.addressed && message.replyTo === undefined && message.threadRoot === undefined) return null;
  const replied = shownAs(parts, message, message.replyTo);
  const root = shownAs(parts, message, message.threadRoot);
  const ofThread = parts.log.threads.itemOf(message.at) ?? root.item;
  const about = replied.item ?? ofThread ?? undefined;
  if (addressed.addressed) return { command: addressed.command, about };
  const command = text.trim();
  if (leadsToOther(command)) return null;
  if (replied.ours) return { command: command.replace(/^[/!]/, '').trim(), about };
  if (ofThread === null && !root.ours) return null;
  if (readsAsCommand(parts, table, message, command, about)) return { command, about };
  // People show a file in an item's thread to whoever works on it, with words for people.
  return bringsFiles(parts, message, about) ? { command, about } : null;
}

function shownAs(parts: BotParts, { at }: IncomingMessage, id: string | undefined): ReturnType<BotParts['log']['outbox']['shownAs']> {
  return id === undefined ? { ours: false, item: null } : parts.log.outbox.shownAs(at.transport, at.room, id);
}

/** Whether a text that nobody addressed to Musher is a whole command, as it stands. */
function readsAsCommand(
  parts: BotParts,
  table: CommandTable<Command>,
  message: IncomingMessage,
  text: string,
  about: Heard['about'],
): boolean {
  const { at, sender } = message;
  const highest = parts.rights.highest(message);
  if (highest === null) return false;
  const given = answerIn(text);
  if (given !== null && given.second !== null) return parts.log.twoPerson.get(given.second) !== null;
  if (given !== null) return parts.log.confirmations.of(at.transport, at.room, sender.id) !== null;
  const context = parseContext(parts, table, projectOf(parts, at.transport, at.room), parts.projects, about);
  const parsed = parseCommand(text, table, context, (command) => includes(highest, command.role));
  if (!parsed.ok) return parsed.error.code === 'which-item';
  const { command, args, text: whole } = parsed.value;
  // `retry it tomorrow`: nobody named an item, and the words are more than the command needs.
  const leftOut = whole !== text;
  if (leftOut && Object.entries(command.args).some(([name, { kind, required }]) => kind === 'rest' && !required && args[name] !== null))
    return false;
  return !beginsWithText(command);
}

/** Whether files came, of somebody who may add them to the item that is meant. */
function bringsFiles(parts: BotParts, message: IncomingMessage, about: Heard['about']): boolean {
  return message.files !== undefined && about !== undefined && includes(parts.rights.roleIn(message, about.project), 'operator');
}

/** `create bug reports for it, please` may be talk: where only fixed words come before a text, nothing shows that a command is meant. */
function beginsWithText({ args }: Command): boolean {
  const typed = Object.values(args).filter(({ kind }) => kind !== 'flag');
  const text = typed.findIndex(({ required, kind }) => required && kind === 'rest');
  return text >= 0 && typed.slice(0, text).every(({ type }) => type === 'choice');
}
