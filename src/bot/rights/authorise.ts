import type { AccessRole } from '../../config/settings.ts';
import { code, type Content } from '../../message/build.ts';
import { commandName } from '../command-table.ts';
import type { Command, Reply } from '../command.ts';
import { refused } from '../../words/replies.ts';
import { includes } from './rights.ts';

/** What deciding about a command needs to know of its sender. */
export interface SenderRoles {
  /** The project that the room speaks of. */
  readonly current: string;
  /** The sender's role in a project, from where they write. */
  readonly roleIn: (project: string) => AccessRole | null;
  /** Their highest role in any project. */
  readonly highest: AccessRole | null;
}

/**
 * Null where the sender may do this; else the refusal. A command needs its role in every project that its arguments
 * name, and in the room's own where they name none: `delete shop#42` is a matter of `shop`, wherever it is typed.
 */
export function authorise(command: Command, args: Readonly<Record<string, unknown>>, roles: SenderRoles): Reply | null {
  if (command.about === 'musher') return includes(roles.highest, command.role) ? null : notAllowed(command, null, roles.highest);
  const named = new Set(Object.entries(command.args).flatMap(([name, argument]) => argument.projects(args[name])));
  const projects = named.size === 0 ? [roles.current] : [...named];
  const barred = projects.find((project) => !includes(roles.roleIn(project), command.role));
  return barred === undefined ? null : notAllowed(command, barred, roles.roleIn(barred));
}

function notAllowed(command: Command, project: string | null, has: AccessRole | null): Reply {
  return refused('not-allowed', code(commandName(command)), ...lacking(command.role, project, has));
}

/** ` needs the role operator in shop, and you are viewer there. …`: goes on from what needs it. */
export function lacking(needs: AccessRole, project: string | null, has: AccessRole | null): Content[] {
  const where = project === null ? '' : ` in ${project}`;
  const own = has === null ? 'have none' : `are ${has}`;
  const there = project === null ? '' : ' there';
  return [` needs the role ${needs}${where}, and you ${own}${there}. An admin can change that in bot.toml; `, code('whoami'), ' says how.'];
}
