import { ACCESS_ROLES, type AccessRole, type RoleSettings } from '../config/settings.ts';
import type { Sender } from '../message/address.ts';
import type { Actor } from '../pipeline/events.ts';

/** A person as the log names them: by the network's stable id, never by a name that they choose. */
export function actorOf(sender: Sender): Actor {
  return `${sender.transport}:${sender.id}`;
}

/** The role of a sender; null: none, and then nothing is allowed. */
export function roleOf(sender: Sender, roles: RoleSettings): AccessRole | null {
  const id = actorOf(sender);
  return (['admin', 'operator', 'viewer'] as const).find((role) => roles[role].includes(id)) ?? null;
}

/** Whether a role includes another. */
export function includes(has: AccessRole | null, needs: AccessRole): boolean {
  return has !== null && ACCESS_ROLES.indexOf(has) >= ACCESS_ROLES.indexOf(needs);
}
