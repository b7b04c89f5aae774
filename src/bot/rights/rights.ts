import { ACCESS_ROLES, type AccessRole } from '../../config/choices.ts';
import type { PersonSettings, ProjectRoles, RoleSettings, RoomSettings } from '../../config/settings.ts';
import type { Address, IngressKind, Sender } from '../../message/address.ts';
import type { Actor } from '../../pipeline/actor.ts';

/** The parts of the configuration that give roles to people. */
export interface RightsSettings {
  readonly roles: RoleSettings;
  /** Whether `roles` and those of projects count in direct messages too. */
  readonly directMessages: boolean;
  readonly people: readonly PersonSettings[];
  /** Commands that a second person has to confirm, as in the configuration. */
  readonly twoPerson: readonly string[];
  /** Every project, including those without their own roles. */
  readonly projectRoles: readonly ProjectRoles[];
  readonly rooms: readonly Pick<RoomSettings, 'transport' | 'id' | 'project' | 'roles'>[];
}

/** Where a message came from, as far as roles depend on it. */
export interface Origin {
  readonly sender: Sender;
  readonly at: Address;
  readonly ingress: IngressKind;
  /** In a direct conversation with Musher; buttons and slash commands come from there too. */
  readonly direct?: boolean;
}

/** A role and the part of `bot.toml` that gives it: `[roles]`, a `[[project]]` or a `[[room]]`. */
export interface Grant {
  readonly role: AccessRole;
  readonly by: 'roles' | 'project' | 'room';
}

/** Who may do what where. Anything unknown has no role. */
export interface Rights {
  /** A person as the log names them: `person:<name>` if they are configured, else the network's stable id; never a name that they choose. */
  actorOf(sender: Sender): Actor;
  /** The configured person that a sender is; null: none. */
  personOf(sender: Sender): PersonSettings | null;
  /** All ids of the person that a sender is, the sender's own first. */
  idsOf(sender: Sender): readonly Pick<Sender, 'transport' | 'id'>[];
  /** The roles of a sender in a project, with their source, from where they write. Empty: none. */
  grants(origin: Origin, project: string): readonly Grant[];
  /** The role of a sender in a project, from where they write; null: none, so nothing is allowed. */
  roleIn(origin: Origin, project: string): AccessRole | null;
  /** A sender's highest role in any project, from where they write; null: they are a stranger. */
  highest(origin: Origin): AccessRole | null;
  /** The place on which rights depend: where a session on the page was asked for, anywhere else the origin itself. Null: that session is over. */
  behind(origin: Origin): Origin | null;
  /** Commands that a second person has to confirm, as in the configuration. */
  readonly twoPerson: readonly string[];
  readonly people: readonly PersonSettings[];
  /** From where a person may be heard: the rooms of their networks, and private conversations where these give rights. */
  originsOf(person: PersonSettings): readonly Origin[];
}

/**
 * Reads the roles from the configuration. Those of `[roles]` apply to all projects in all configured rooms, those of a
 * project to that project only, and those of a room to the room's configured project, only in that room. Switching the
 * room to another project gives no roles there.
 */
export function rightsFrom(settings: RightsSettings): Rights {
  const people = new Map(settings.people.flatMap((person) => person.ids.map((id) => [id, person] as const)));
  const rooms = new Map(settings.rooms.map((room) => [`${room.transport}\0${room.id}`, room]));
  const projects = new Map(settings.projectRoles.map(({ project, roles }) => [project, roles]));
  const idOf = (sender: Sender): string => `${sender.transport}:${sender.id}`;

  const grants: Rights['grants'] = ({ sender, at, ingress, direct }, project) => {
    // A message whose network differs from its sender's gives no roles, nor does an unknown project.
    const ofProject = projects.get(project);
    if (sender.transport !== at.transport || ofProject === undefined) return [];
    // The terminal is not a room of a network.
    const room = ingress === 'terminal' ? undefined : rooms.get(`${at.transport}\0${at.room}`);
    const isServed = ingress === 'terminal' || room !== undefined || ((direct === true || ingress === 'direct') && settings.directMessages);
    if (!isServed) return [];
    const person = people.get(idOf(sender));
    const names = person === undefined ? [idOf(sender)] : [idOf(sender), person.name];
    const lists: readonly (readonly [Grant['by'], RoleSettings | undefined])[] = [
      ['roles', settings.roles],
      ['project', ofProject],
      ['room', room?.project === project ? room.roles : undefined],
    ];
    return lists.flatMap(([by, roles]) => {
      const role = roles === undefined ? null : listed(roles, names);
      return role === null ? [] : [{ role, by }];
    });
  };
  const roleIn: Rights['roleIn'] = (origin, project) => highestOf(grants(origin, project).map(({ role }) => role));

  return {
    actorOf(sender) {
      const person = people.get(idOf(sender));
      return person === undefined ? idOf(sender) : `person:${person.name}`;
    },
    personOf: (sender) => people.get(idOf(sender)) ?? null,
    idsOf: ({ transport, id }) => [
      { transport, id },
      ...(people.get(`${transport}:${id}`)?.ids ?? [])
        .map((one) => ({ transport: one.slice(0, one.indexOf(':')), id: one.slice(one.indexOf(':') + 1) }))
        .filter((one) => one.transport !== transport || one.id !== id),
    ],
    grants,
    roleIn,
    behind: (origin) => origin,
    twoPerson: settings.twoPerson,
    people: settings.people,
    originsOf: ({ name, ids }) =>
      ids.flatMap((one): Origin[] => {
        const transport = one.slice(0, one.indexOf(':'));
        const sender = { transport, id: one.slice(transport.length + 1), name };
        const served = settings.rooms.filter((room) => room.transport === transport).map(({ id }) => id);
        return [
          ...served.map((room): Origin => ({ sender, at: { transport, room, thread: null }, ingress: 'message' })),
          ...(settings.directMessages ? [{ sender, at: { transport, room: '', thread: null }, ingress: 'direct' } as const] : []),
        ];
      }),
    highest: (origin) => highestOf([...projects.keys()].map((project) => roleIn(origin, project)).filter((role) => role !== null)),
  };
}

function listed(lists: RoleSettings, names: readonly string[]): AccessRole | null {
  return highestOf(ACCESS_ROLES.filter((role) => lists[role].some((who) => names.includes(who))));
}

function highestOf(roles: readonly AccessRole[]): AccessRole | null {
  return ACCESS_ROLES.findLast((role) => roles.includes(role)) ?? null;
}

/**
 * The ids of a person of the configuration under which they may decide about a project in a direct message. Whoever may not is
 * told nothing of it.
 */
export function idsForDirect(rights: Rights, person: string, project: string): string[] {
  const origins = rights.people.filter(({ name }) => name === person).flatMap((one) => rights.originsOf(one));
  return origins
    .filter((origin) => origin.ingress === 'direct' && includes(rights.roleIn(origin, project), 'operator'))
    .map(({ sender }) => `${sender.transport}:${sender.id}`);
}

/** Whether one role includes another. */
export function includes(has: AccessRole | null, needs: AccessRole): boolean {
  return has !== null && ACCESS_ROLES.indexOf(has) >= ACCESS_ROLES.indexOf(needs);
}
