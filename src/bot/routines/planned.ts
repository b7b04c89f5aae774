import type { IncomingMessage } from '../../message/address.ts';
import type { Condition } from '../../pipeline/later/routine.ts';
import { err, ok, type Result } from '../../result.ts';
import { commandName } from '../../words/described.ts';
import { problemDocument } from '../../words/bot/problem-document.ts';
import { asksEachTime, notForRoutines } from '../../words/steer/routines.ts';
import type { Reply } from '../../words/reply.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import { commandTable } from '../command-table.ts';
import { parseContext } from '../parse/parse-context.ts';
import { parseCommand } from '../parse/parse.ts';
import { authorise } from '../rights/authorise.ts';
import { wantsSecond } from '../second/wanted.ts';
import { trailingCondition } from './schedule.ts';

/** Commands that make no sense without somebody who reads them, or that would make more and more of themselves. */
const NOT_BY_ITSELF = new Set(['htop', 'more', 'timer', 'every', 'routine']);

/** A command as a routine will run it. */
export interface Planned {
  readonly command: string;
  readonly condition: Condition | null;
}

/** The command that a routine will run, if the sender may run it now; the error is the reply. */
export function plannedRoutine(
  parts: BotParts,
  message: IncomingMessage,
  words: string,
  condition: Condition | null,
): Result<Planned, Reply> {
  const table = commandTable(parts.commands);
  const current = projectOf(parts, message.at.transport, message.at.room);
  const context = parseContext(parts, table, current);
  const trailing = condition === null ? trailingCondition(words) : null;
  const bare = trailing === null ? null : parseCommand(trailing.command, table, context);
  // Behind a text the words belong to the text: `create bug The page fails if blocked`.
  const isApart = bare?.ok === true && !Object.values(bare.value.command.args).some(({ kind }) => kind === 'rest');
  const command = isApart && trailing !== null ? trailing.command : words;
  const parsed = parseCommand(command, table, context);
  if (!parsed.ok)
    return err({
      ok: false,
      code: parsed.error.command === null ? 'unknown-command' : 'bad-argument',
      body: problemDocument(parsed.error),
    });
  const { command: meant, args } = parsed.value;
  const name = commandName(meant);
  if (NOT_BY_ITSELF.has(meant.words[0])) return err(notForRoutines(name));
  if ((meant.confirm !== undefined && meant.asks !== 'sometimes') || wantsSecond(parts.rights.twoPerson, table, meant, args))
    return err(asksEachTime(name));
  const refusal = authorise(meant, args, {
    current: current.name,
    roleIn: (project) => parts.rights.roleIn(message, project),
    highest: parts.rights.highest(message),
  });
  return refusal === null
    ? ok({ command: parsed.value.text, condition: isApart && trailing !== null ? trailing.condition : condition })
    : err(refusal);
}
