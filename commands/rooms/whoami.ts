import { command, type CommandContext } from '../../src/bot/command.ts';
import { answer } from '../../src/words/replies.ts';
import { includes, type Grant } from '../../src/bot/rights/rights.ts';
import type { AccessRole } from '../../src/config/choices.ts';
import { code, command as typed, doc, fields, paragraph, type Content } from '../../src/message/build.ts';

/** The part of bot.toml that gives a role. */
const SECTION: { readonly [B in Grant['by']]: string } = { roles: '[roles]', project: 'its [[project]]', room: 'this room’s [[room]]' };
const NEXT: { readonly [R in AccessRole]: AccessRole | null } = { viewer: 'operator', operator: 'admin', admin: null };

export const whoami = command({
  words: ['whoami'],
  summary: 'Shows your id, your role here and how to get another one.',
  details: 'bot.toml lists people by id. Your display name gives no rights.',
  examples: ['whoami'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const { sender, from, project, standing } = context;
    const id = idOf(context);
    const others = standing.person?.ids.filter((one) => one !== id) ?? [];
    const elsewhere = [...standing.grants].filter(([name]) => name !== project.name);
    const here = standing.grants.get(project.name) ?? [];
    return answer(
      doc(
        fields([
          ['You', sender.name],
          ['Id', [code(id)]],
          ...(standing.person === null ? [] : [['Person', person(standing.person.name, others)] as const]),
          ['Room', [code(`${from.at.transport}:${from.at.room}`), `, project ${project.name}`]],
          [`In ${project.name}`, rights(here)],
          ...elsewhere.map(([name, grants]) => [`In ${name}`, rights(grants)] as const),
        ]),
        more(context, highest(here)),
      ),
    );
  },
});

/** On the page: of the place where the session was asked for. */
function idOf({ from }: CommandContext): string {
  return `${from.at.transport}:${from.senderId}`;
}

function person(name: string, others: readonly string[]): Content[] {
  return others.length === 0 ? [name] : [`${name}, also `, ...others.flatMap((id, i) => [i === 0 ? '' : ', ', code(id)])];
}

function rights(grants: readonly Grant[]): string {
  return grants.length === 0 ? 'no role' : grants.map(({ role, by }) => `${role}, from ${SECTION[by]}`).join('; ');
}

function highest(grants: readonly Grant[]): AccessRole | null {
  return grants.reduce<AccessRole | null>((best, { role }) => (includes(best, role) ? best : role), null);
}

/** The line that an admin would add; nothing for admins. */
function more(context: CommandContext, has: AccessRole | null): ReturnType<typeof paragraph> | false {
  const next = has === null ? 'viewer' : NEXT[has];
  if (next === null) return false;
  const { standing, project } = context;
  return paragraph(
    `To make you ${next === 'viewer' ? 'a' : 'an'} ${next}, an admin adds `,
    code(`${next} = ["${standing.person?.name ?? idOf(context)}"]`),
    ' to bot.toml and types ',
    typed('reload'),
    `: under [roles] for all projects, under the [[project]] ${project.name} for that project, or under the [[room]] for this room only.`,
  );
}
