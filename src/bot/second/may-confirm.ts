import type { PersonSettings } from '../../config/settings.ts';
import type { IncomingMessage } from '../../message/address.ts';
import type { Reply } from '../../words/reply.ts';
import type { BotParts } from '../bot-parts.ts';
import type { Project } from '../capabilities.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import { commandContext } from '../loop/context.ts';
import { readCommand } from '../loop/read-command.ts';
import type { Origin } from '../rights/rights.ts';

/** A command as it would run: its text, in a project. */
export interface Wanted {
  readonly text: string;
  readonly project: Project;
}

/**
 * Why somebody may not run a command from where they are; null: they may. Whoever confirms one must be allowed to run it
 * themselves, by its declared role and by what the command checks besides: `budget today` takes an admin.
 */
export function barrier(parts: BotParts, table: CommandTable<Command>, origin: Origin, { text, project }: Wanted): Reply | null {
  const message: IncomingMessage = { ...origin, id: '', text };
  const ready = readCommand(parts, table, text, { as: message, project, words: '', item: null, several: false, isTalk: false });
  if ('reply' in ready) return ready.reply;
  const { command, args } = ready;
  const readOnly = { before: () => undefined, answer: () => undefined, hold: () => undefined, files: null, filesKept: () => undefined };
  const context = commandContext(parts, message, command, '', AbortSignal.abort(), readOnly);
  const asked = command.confirm?.({ ...context, project, receivedAt: parts.clock.now() }, args) ?? null;
  return asked !== null && 'ok' in asked && !asked.ok ? asked : null;
}

/** Who could confirm a command of this person, from any place where Musher hears them. */
export function whoElse(parts: BotParts, table: CommandTable<Command>, asker: PersonSettings, wanted: Wanted): PersonSettings[] {
  return parts.rights.people.filter(
    (person) =>
      person.name !== asker.name && parts.rights.originsOf(person).some((origin) => barrier(parts, table, origin, wanted) === null),
  );
}
