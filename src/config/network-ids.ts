import { LOCAL } from '../../transports/index.ts';
import type { IdShape, Network } from '../../transports/network.ts';
import type { BotFile } from './schema.ts';
import { idOn } from './sections/networks.ts';
import type { KeyProblem } from './read/problem.ts';

/** Ids that can't be any, and ids that two people claim. */
export function idProblems(bot: BotFile, networks: readonly Network[]): KeyProblem[] {
  const inRoles = (lists: RoleLists, path: KeyProblem['path']): KeyProblem[] => roleProblems(lists, path, networks);
  return [
    ...bot.room.flatMap(({ transport, id }, i) => {
      const network = networks.find(({ name }) => name === transport);
      return network === undefined || network.ids === null ? [] : problem(network.ids.room, id, ['room', i, 'id']);
    }),
    ...bot.person.flatMap((person, i) =>
      networks.flatMap((network) => {
        const id = idOn(network, person);
        return id === undefined || network.ids === null ? [] : problem(network.ids.person, id, ['person', i, network.name]);
      }),
    ),
    ...inRoles(bot.roles, ['roles']),
    ...bot.project.flatMap((project, i) => inRoles(project, ['project', i])),
    ...bot.room.flatMap((room, i) => inRoles(room, ['room', i])),
    ...claimedTwice(bot, networks),
  ];
}

function problem({ is, should }: IdShape, id: string, path: KeyProblem['path']): KeyProblem[] {
  return is.test(id) ? [] : [{ path, message: `must be ${should}` }];
}

type RoleLists = Record<'admin' | 'operator' | 'viewer', readonly string[]>;

function roleProblems(lists: RoleLists, path: KeyProblem['path'], networks: readonly Network[]): KeyProblem[] {
  const own = networks.filter(({ ids }) => ids !== null);
  const names = own.map(({ name }) => name).join(', ');
  return (['admin', 'operator', 'viewer'] as const).flatMap((role) =>
    lists[role].flatMap((who, i) => {
      const [transport = '', ...rest] = who.split(':');
      const network = own.find(({ name }) => name === transport);
      if (network !== undefined && network.ids !== null) return problem(network.ids.person, rest.join(':'), [...path, role, i]);
      if (rest.length === 0 || transport === LOCAL.name) return [];
      return [{ path: [...path, role, i], message: `must begin with ${LOCAL.name}, ${names}, or be the name of a [[person]]` }];
    }),
  );
}

/** Of two people with one id it would be chance who is held to have done something. */
function claimedTwice({ person }: BotFile, networks: readonly Network[]): KeyProblem[] {
  return networks.flatMap((network) =>
    person.flatMap((one, i) => {
      const id = idOn(network, one);
      const first = person.find((other) => idOn(network, other) === id);
      if (id === undefined || first === undefined || person.indexOf(first) >= i) return [];
      return [{ path: ['person', i, network.name], message: `is already the id of ${first.name}` }];
    }),
  );
}
