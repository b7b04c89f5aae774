import { ACCESS_ROLES, type AccessRole, type PersonSettings, type RoleSettings, type RoomSettings } from '../config/settings.ts';
import type { Address, IngressKind, Sender } from '../message/address.ts';
import type { Actor } from '../pipeline/events.ts';

/** What rights are given by: the parts of the configuration that name people. */
export interface RightsSettings {
  readonly roles: RoleSettings;
  /** Whether `roles` count in direct messages too. */
  readonly directMessages: boolean;
  readonly people: readonly PersonSettings[];
  readonly rooms: readonly RoomSettings[];
}

/** Where a message came from, as far as rights depend on it. */
export interface Origin {
  readonly sender: Sender;
  readonly at: Address;
  readonly ingress: IngressKind;
}

/** Who may do what where. Whatever is unknown has no rights. */
export interface Rights {
  /** A person as the log names them: `person:<name>` where they are configured, else by the network's stable id; never by a name that they choose. */
  actorOf(sender: Sender): Actor;
  /** The role of a sender in a room; null: none, and then nothing is allowed. */
  roleOf(origin: Origin): AccessRole | null;
}

/** Reads the rights off the configuration. Rights of a room hold in that room alone. */
export function rightsFrom(settings: RightsSettings): Rights {
  const personOf = new Map(settings.people.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)));
  const rooms = new Map(settings.rooms.map((room) => [`${room.transport}\0${room.id}`, room]));
  const idOf = (sender: Sender): string => `${sender.transport}:${sender.id}`;
  const highest = (lists: RoleSettings, names: readonly string[]): AccessRole | null =>
    (['admin', 'operator', 'viewer'] as const).find((role) => lists[role].some((who) => names.includes(who))) ?? null;
  return {
    actorOf(sender) {
      const person = personOf.get(idOf(sender));
      return person === undefined ? idOf(sender) : `person:${person}`;
    },
    roleOf({ sender, at, ingress }) {
      // A message that claims to come from another network than its sender is nobody's.
      if (sender.transport !== at.transport) return null;
      const person = personOf.get(idOf(sender));
      const names = person === undefined ? [idOf(sender)] : [idOf(sender), person];
      // Whoever sits at the terminal is in no room of a network.
      if (ingress === 'terminal') return highest(settings.roles, names);
      const room = rooms.get(`${at.transport}\0${at.room}`);
      if (room === undefined) return ingress === 'direct' && settings.directMessages ? highest(settings.roles, names) : null;
      return best(highest(settings.roles, names), highest(room.roles, names));
    },
  };
}

function best(a: AccessRole | null, b: AccessRole | null): AccessRole | null {
  if (a === null || b === null) return a ?? b;
  return includes(a, b) ? a : b;
}

/** Whether a role includes another. */
export function includes(has: AccessRole | null, needs: AccessRole): boolean {
  return has !== null && ACCESS_ROLES.indexOf(has) >= ACCESS_ROLES.indexOf(needs);
}
