import type { IncomingMessage } from '../../message/address.ts';

import { err, ok, type Result } from '../../result.ts';
import type { ItemRef } from './arguments.ts';
import { authorise } from '../rights/authorise.ts';
import { wantsSecond } from '../second/wanted.ts';
import { commandTable, leadingWords, matchCommand } from '../command-table.ts';
import { parseContext } from './parse-context.ts';
import { parseCommand } from './parse.ts';
import { problemDocument } from '../../words/bot/problem-document.ts';
import { asksFirst, noCommand, notForTimers, onlyItsItem } from '../../words/bot/timers.ts';
import { readWord } from './tokenize.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import type { Reply } from '../../words/reply.ts';
import { commandName } from '../../words/described.ts';

/**
 * The command that a timer will run, as it would be typed, if the sender may run it now. The item is inserted after the
 * command's words with its project, because the room may be on another project by then.
 */
export function plannedCommand(parts: BotParts, message: IncomingMessage, ref: ItemRef, words: string): Result<string, Reply> {
  const table = commandTable(parts.commands);
  const match = matchCommand(table, leadingWords(words, table.longest));
  const current = projectOf(parts, message.at.transport, message.at.room);
  const context = parseContext(parts, table, current);
  if (match === null) {
    const parsed = parseCommand(words, table, context);
    return err(parsed.ok ? noCommand() : problem(parsed.error));
  }
  const name = commandName(match.command);
  if (Object.values(match.command.args)[0]?.type !== 'item' || match.command.words[0] === 'timer') return err(notForTimers(name));
  if (match.command.confirm !== undefined && match.command.asks !== 'sometimes') return err(asksFirst(name));
  const named = `${ref.project}#${ref.number}`;
  const text = `${name} ${named}${withoutItem(words.slice(match.end), ref, current.name)}`;
  const parsed = parseCommand(text, table, context);
  if (!parsed.ok) return err(problem(parsed.error));
  if (wantsSecond(parts.rights.twoPerson, table, parsed.value.command, parsed.value.args)) return err(asksFirst(name));
  const items = Object.values(parsed.value.args)[0];
  if (Array.isArray(items) && items.length > 1) return err(onlyItsItem(ref.number));
  const roleIn = (project: string): ReturnType<typeof parts.rights.roleIn> => parts.rights.roleIn(message, project);
  const refusal = authorise(parsed.value.command, parsed.value.args, {
    current: current.name,
    roleIn,
    highest: parts.rights.highest(message),
  });
  return refusal === null ? ok(text) : err(refusal);
}

/** People also type the item twice: `timer 42 14:30 start 42`. */
function withoutItem(rest: string, { project, number }: ItemRef, current: string): string {
  const first = readWord(rest, 0);
  const names = [`${project}#${number}`, ...(project === current ? [String(number), `#${number}`] : [])];
  return first !== null && names.includes(first.text) ? rest.slice(first.end) : rest;
}

function problem(error: Parameters<typeof problemDocument>[0]): Reply {
  const named = error.command === null ? [] : error.command.words;
  return { ok: false, code: named.length === 0 ? 'unknown-command' : 'bad-argument', body: problemDocument(error) };
}
