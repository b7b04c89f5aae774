import type { AccessRole } from '../../config/choices.ts';

import type { Command } from '../command.ts';
import { notAllowed } from '../../words/bot/access.ts';
import { includes } from './rights.ts';
import type { Reply } from '../../words/reply.ts';
import { commandName } from '../../words/described.ts';

/** What authorisation needs to know about the sender. */
export interface SenderRoles {
  /** The room's project. */
  readonly current: string;
  /** The sender's role in a project, from where they write. */
  readonly roleIn: (project: string) => AccessRole | null;
  /** Their highest role in any project. */
  readonly highest: AccessRole | null;
}

/**
 * Null if the sender may do this, else the refusal. A command needs its role in every project that its arguments
 * name, or in the room's project if they name none: `delete shop#42` needs a role in `shop`, wherever it is typed.
 */
export function authorise(command: Command, args: Readonly<Record<string, unknown>>, roles: SenderRoles): Reply | null {
  if (command.about === 'musher')
    return includes(roles.highest, command.role) ? null : notAllowed(commandName(command), command.role, null, roles.highest);
  const named = new Set(Object.entries(command.args).flatMap(([name, argument]) => argument.projects(args[name])));
  const projects = named.size === 0 ? [roles.current] : [...named];
  const barred = projects.find((project) => !includes(roles.roleIn(project), command.role));
  return barred === undefined ? null : notAllowed(commandName(command), command.role, barred, roles.roleIn(barred));
}
