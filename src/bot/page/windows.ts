import type { Asker } from '../../log/tables/two-person.ts';
import type { Sender } from '../../message/address.ts';
import type { Origin, Rights } from '../rights/rights.ts';

/** What is known of the sessions on the page. */
export interface WindowParts {
  /** Whether the rooms of a network are such sessions. */
  readonly isWindow: (transport: string) => boolean;
  /** Who asked for a session that is open, and where; null: there is none. */
  readonly askerOf: (room: string) => Asker | null;
}

/**
 * Rights that know the sessions on the page: each is a window on the room where its person asked for it, and whoever writes there has
 * the rights of that person in that room, as they are at this moment. A session that was ended gives none.
 */
export function withWindows(rights: Rights, { isWindow, askerOf }: WindowParts): Rights {
  const behind: Rights['behind'] = (origin) => {
    if (!isWindow(origin.at.transport)) return rights.behind(origin);
    const asker = askerOf(origin.at.room);
    const isTheirs = asker !== null && origin.sender.transport === origin.at.transport && origin.sender.id === idBehind(asker);
    return isTheirs ? originOf(asker) : null;
  };
  const person = (sender: Sender): Sender => (isWindow(sender.transport) ? personBehind(sender) : sender);
  return {
    ...rights,
    actorOf: (sender) => rights.actorOf(person(sender)),
    personOf: (sender) => rights.personOf(person(sender)),
    idsOf: (sender) => rights.idsOf(person(sender)),
    behind,
    grants(origin, project) {
      const asked = behind(origin);
      return asked === null ? [] : rights.grants(asked, project);
    },
    roleIn(origin, project) {
      const asked = behind(origin);
      return asked === null ? null : rights.roleIn(asked, project);
    },
    highest(origin) {
      const asked = behind(origin);
      return asked === null ? null : rights.highest(asked);
    },
  };
}

/** The id that a person has on the page: their network and their id there, so that it is theirs on no other. */
export function idBehind({ transport, sender }: Pick<Asker, 'transport' | 'sender'>): string {
  return `${transport}:${sender}`;
}

/** The place where a session was asked for. */
export function originOf({ transport, room, sender, name, ingress, direct }: Asker): Origin {
  return { sender: { transport, id: sender, name }, at: { transport, room, thread: null }, ingress, direct };
}

function personBehind({ id, name }: Sender): Sender {
  const transport = id.slice(0, id.indexOf(':'));
  return { transport, id: id.slice(transport.length + 1), name };
}
