import { actorName } from '../pipeline/actor.ts';
import type { Names } from '../decide/people.ts';
import type { CommandCatalogue } from '../../transports/command-catalogue.ts';
import { NETWORKS } from '../../transports/index.ts';
import type { Transport } from '../../transports/transport.ts';
import type { Rights } from '../bot/rights/rights.ts';
import type { Clock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import type { DrawPicture } from '../message/picture/picture.ts';
import type { Address } from '../message/address.ts';
import type { PageParts } from '../../transports/network.ts';
import type { AnswerPlaces } from '../notices/answers.ts';

/** What the networks' transports are made of. */
export interface NetworksParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly rights: Rights;
  readonly names: Names;
  readonly catalogue: CommandCatalogue;
  readonly draw: DrawPicture;
  /** What a network shows that has no rooms of its own. */
  readonly page: (network: string) => Promise<PageParts>;
  readonly report: (network: string, error: unknown) => void;
}

/** The transports of the networks that are configured. An SDK is loaded only for its own network: each costs a third of a second. */
export function networkTransports(parts: NetworksParts, all = NETWORKS): Promise<Transport[]> {
  const { settings, log, clock, rights, names, catalogue, page, report } = parts;
  return Promise.all(
    settings.networks.map(({ name, section }) => {
      const network = all.find((one) => one.name === name);
      if (network === undefined) throw new Error(`the configuration was checked to name networks that there are, and ${name} is none`);
      return network.open(section, {
        clock,
        state: log.stateStore(name),
        rooms: settings.rooms.filter(({ transport }) => transport === name).map(({ id }) => id),
        directMessages: settings.directMessages,
        mayWriteDirect(id) {
          const sender = { transport: name, id, name: '' };
          return rights.highest({ sender, at: { transport: name, room: '', thread: null }, ingress: 'direct' }) !== null;
        },
        people: {
          called(id, called) {
            try {
              names.learn(`${name}:${id}`, called);
            } catch (error) {
              // A full disk, say: it is told again with the next message.
              report(name, error);
            }
          },
          nameOf(id) {
            const actor = `${name}:${id}`;
            const called = names.nameOf(actor);
            return called === actorName(actor) ? null : called;
          },
        },
        catalogue,
        dataDir: settings.dataDir,
        draw: parts.draw,
        inSharedCommit: (run) => log.inSharedCommit(run),
        page: () => page(name),
        report: (error) => report(name, error),
      });
    }),
  );
}

/** How people write the name of a network; null for the terminal, which is always there. */
export function titleOfNetwork(name: string): string | null {
  return NETWORKS.find((network) => network.name === name)?.title ?? null;
}

/** Whether the rooms of a network are sessions on the page, as windows on the rooms of others. */
export function isWindow(name: string): boolean {
  return NETWORKS.some((network) => network.name === name && network.ids === null);
}

/** What networks say of the address of an answer. */
export const ANSWER_PLACES: AnswerPlaces = {
  isPrivate: (to) => networkOf(to)?.isPrivate?.(to) ?? false,
  inPublic: (to) => networkOf(to)?.inPublic?.(to) ?? to,
  threadOf(to) {
    const network = networkOf(to);
    return network?.threadOf === undefined ? to.thread : network.threadOf(to);
  },
};

function networkOf({ transport }: Address): (typeof NETWORKS)[number] | undefined {
  return NETWORKS.find(({ name }) => name === transport);
}
