import type { AccessRole } from '../../config/choices.ts';
import { code, command, type Content } from '../../message/build.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';

/** A command that the sender's role does not cover. `project` null: it belongs to Musher itself. */
export function notAllowed(name: string, needs: AccessRole, project: string | null, has: AccessRole | null): Reply {
  return refused('not-allowed', code(name), ...lacking(needs, project, has));
}

/** ` needs the role operator in shop; you are viewer there. …`: continues after what needs it. */
export function lacking(needs: AccessRole, project: string | null, has: AccessRole | null): Content[] {
  const where = project === null ? '' : ` in ${project}`;
  const own = has === null ? 'you have none' : `you are ${has}`;
  return [` needs the role ${needs}${where}; ${own}. `, command('whoami'), ' shows how an admin can change that.'];
}

/** Changing a room's notifications needs a higher role, which depends on whether it is the room where the command was typed. */
export function mayNotChange(words: string, needs: 'operator' | 'admin', project: string | null): Reply {
  const whose = project === null ? 'all projects' : `the project ${project}`;
  return refused('not-allowed', code(words), ` needs an ${needs} of ${whose}. `, command('whoami'), ' shows your role.');
}

/** A room that is not in bot.toml. `named` null: the one in which it was typed. */
export function noSuchRoom(named: string | null): Reply {
  return refused(
    'no-such-room',
    named === null ? 'This room is not in bot.toml, so it gets no notifications. ' : `There is no room ${named}. `,
    command('rooms'),
    ' lists the rooms.',
  );
}

/** A command for all projects, from someone who lacks the role in one. Names none: they may not know of it. */
export function allProjectsNeeded(words: string): Reply {
  return refused(
    'not-allowed',
    command(`${words} all`),
    ' takes the role operator in every project, and you don’t have it in all of them. ',
    command(words),
    ' is for this room’s project alone.',
  );
}
