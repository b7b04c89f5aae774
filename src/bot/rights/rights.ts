import {
  ACCESS_ROLES,
  type AccessRole,
  type PersonSettings,
  type ProjectRoles,
  type RoleSettings,
  type RoomSettings,
} from '../../config/settings.ts';
import type { Address, IngressKind, Sender } from '../../message/address.ts';
import type { Actor } from '../../pipeline/actor.ts';

/** What rights are given by: the parts of the configuration that name people. */
export interface RightsSettings {
  readonly roles: RoleSettings;
  /** Whether `roles` and those of projects count in direct messages too. */
  readonly directMessages: boolean;
  readonly people: readonly PersonSettings[];
  /** Every project, also one that gives no rights of its own. */
  readonly projectRoles: readonly ProjectRoles[];
  readonly rooms: readonly Pick<RoomSettings, 'transport' | 'id' | 'project' | 'roles'>[];
}

/** Where a message came from, as far as rights depend on it. */
export interface Origin {
  readonly sender: Sender;
  readonly at: Address;
  readonly ingress: IngressKind;
  /** In a conversation with Musher alone: buttons and slash commands come from there too. */
  readonly direct?: boolean;
}

/** A role, and the part of `bot.toml` that gives it: `[roles]`, a `[[project]]` or a `[[room]]`. */
export interface Grant {
  readonly role: AccessRole;
  readonly by: 'roles' | 'project' | 'room';
}

/** Who may do what where. Whatever is unknown has no rights. */
export interface Rights {
  /** A person as the log names them: `person:<name>` where they are configured, else by the network's stable id; never by a name that they choose. */
  actorOf(sender: Sender): Actor;
  /** The configured person that a sender is; null: none. */
  personOf(sender: Sender): PersonSettings | null;
  /** What gives a sender rights to a project from where they write. Empty: they have none. */
  grants(origin: Origin, project: string): readonly Grant[];
  /** The role of a sender in a project, from where they write; null: none, and then nothing is allowed. */
  roleIn(origin: Origin, project: string): AccessRole | null;
  /** The highest of a sender's roles over all projects, from where they write; null: they are a stranger there. */
  highest(origin: Origin): AccessRole | null;
}

/**
 * Reads the rights off the configuration. Those of `[roles]` hold for all projects wherever Musher is served, those of a
 * project for that project alone, and those of a room for the room's configured project and only in that room: what the
 * room was made to speak of since gives nothing.
 */
export function rightsFrom(settings: RightsSettings): Rights {
  const people = new Map(settings.people.flatMap((person) => person.ids.map((id) => [id, person] as const)));
  const rooms = new Map(settings.rooms.map((room) => [`${room.transport}\0${room.id}`, room]));
  const projects = new Map(settings.projectRoles.map(({ project, roles }) => [project, roles]));
  const idOf = (sender: Sender): string => `${sender.transport}:${sender.id}`;

  const grants: Rights['grants'] = ({ sender, at, ingress, direct }, project) => {
    // A message that claims to come from another network than its sender is nobody's, and so is an unknown project.
    const ofProject = projects.get(project);
    if (sender.transport !== at.transport || ofProject === undefined) return [];
    // Whoever sits at the terminal is in no room of a network.
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
    grants,
    roleIn,
    highest: (origin) => highestOf([...projects.keys()].map((project) => roleIn(origin, project)).filter((role) => role !== null)),
  };
}

function listed(lists: RoleSettings, names: readonly string[]): AccessRole | null {
  return highestOf(ACCESS_ROLES.filter((role) => lists[role].some((who) => names.includes(who))));
}

function highestOf(roles: readonly AccessRole[]): AccessRole | null {
  return ACCESS_ROLES.findLast((role) => roles.includes(role)) ?? null;
}

/** Whether a role includes another. */
export function includes(has: AccessRole | null, needs: AccessRole): boolean {
  return has !== null && ACCESS_ROLES.indexOf(has) >= ACCESS_ROLES.indexOf(needs);
}
