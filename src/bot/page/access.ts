import type { Asker } from '../../log/tables/two-person.ts';
import type { IncomingMessage } from '../../message/address.ts';
import type { BotParts } from '../bot-parts.ts';
import type { PageAccess } from '../capabilities.ts';
import type { Origin } from '../rights/rights.ts';
import { idBehind } from './windows.ts';

/** A place with its person, as it is kept for a command or a session that acts as they do there. */
export function askerOf({ at, sender, ingress, direct }: Origin): Asker {
  const { transport, room } = at;
  return { transport, room, sender: sender.id, name: sender.name, ingress, direct: direct === true || ingress === 'direct' };
}

/** The page, as the sender of a message gets to it from there. */
export function pageAccess({ page, log, clock, rights, nameOf }: BotParts, message: IncomingMessage): PageAccess {
  const { at, sender, ingress, direct } = message;
  const ids = rights.idsOf(sender);
  const isOwn = ({ transport, sender: id }: Asker): boolean => ids.some((one) => one.transport === transport && one.id === id);
  return {
    address: page?.address() ?? null,
    isConfigured: page !== undefined,
    isAlone: direct === true || ingress === 'direct' || ingress === 'terminal' || page?.isPrivate(at) === true,
    async alone() {
      // The network where they asked comes first.
      const theirs = ids.toSorted((a, b) => Number(b.transport === at.transport) - Number(a.transport === at.transport));
      const opened = await page?.openDirect(theirs.map(({ transport, id }) => `${transport}:${id}`)).catch(() => null);
      return opened === null || opened === undefined ? null : { ...opened, thread: null };
    },
    sessions: log.windows.all(clock.now()).map((session) => ({
      session,
      name: nameOf(rights.actorOf({ transport: session.asker.transport, id: session.asker.sender, name: session.asker.name })),
      isOwn: isOwn(session.asker) || sender.id === idBehind(session.asker),
      isThis: page?.isWindow(at.transport) === true && at.room === session.id,
    })),
  };
}
