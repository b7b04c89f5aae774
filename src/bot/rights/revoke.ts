import { authorise } from './authorise.ts';
import type { CommandTable } from '../command-table.ts';
import type { Command } from '../command.ts';
import { parseContext } from '../parse/parse-context.ts';
import { parseCommand } from '../parse/parse.ts';
import { barrier } from '../second/may-confirm.ts';
import type { Origin } from './rights.ts';
import type { OpenConfirmation } from '../../log/tables/confirmations.ts';
import type { BotParts } from '../bot-parts.ts';

/**
 * Closes the open questions of people who no longer have the role for the command in question. Roles are read at a
 * start: a question must not outlive the role with which it was asked, even if the role returns within its five minutes.
 */
export function closeRevoked(parts: BotParts, table: CommandTable<Command>): void {
  const { log, rights } = parts;
  closeSecond(parts, table);
  if (log.confirmations.all().every((open) => mayStill(parts, table, open))) return;
  log.transaction((tx) => {
    for (const open of tx.confirmations.all()) {
      if (mayStill(parts, table, open)) continue;
      tx.confirmations.close(open);
      tx.record({
        project: open.project,
        item: null,
        actor: rights.actorOf(originOf(open).sender),
        cause: null,
        kind: 'confirmation.answered',
        payload: { words: open.text.split(/\s/, 1)[0] ?? '', answer: 'revoked' },
      });
    }
  });
}

/** The same for those who typed what a second person has to confirm. */
function closeSecond(parts: BotParts, table: CommandTable<Command>): void {
  const { log, rights } = parts;
  const over = log.twoPerson.all().filter((open) => {
    const project = parts.projects.find(({ name }) => name === open.project);
    return project === undefined || barrier(parts, table, originOf(open.asker), { text: open.text, project }) !== null;
  });
  if (over.length === 0) return;
  log.transaction((tx) => {
    for (const { id, asker, project, words, person } of over) {
      tx.twoPerson.close(id);
      const payload = { words, answer: 'revoked', askedBy: `person:${person}` } as const;
      const actor = rights.actorOf(originOf(asker).sender);
      tx.record({ project, item: null, actor, cause: null, kind: 'confirmation.answered', payload });
    }
  });
}

function mayStill(parts: BotParts, table: CommandTable<Command>, open: OpenConfirmation): boolean {
  const current = parts.projects.find(({ name }) => name === open.project);
  if (current === undefined) return false;
  const parsed = parseCommand(open.text, table, parseContext(parts, table, current));
  if (!parsed.ok) return false;
  const origin = originOf(open);
  const roles = {
    current: current.name,
    roleIn: (project: string) => parts.rights.roleIn(origin, project),
    highest: parts.rights.highest(origin),
  };
  return authorise(parsed.value.command, parsed.value.args, roles) === null;
}

function originOf({
  transport,
  room,
  sender,
  ingress,
  direct,
}: Pick<OpenConfirmation, 'transport' | 'room' | 'sender' | 'ingress' | 'direct'>): Origin {
  return { sender: { transport, id: sender, name: sender }, at: { transport, room, thread: null }, ingress, direct };
}
