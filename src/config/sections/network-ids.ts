import type { BotFile } from '../schema.ts';
import type { NetworkProblem } from '../networks.ts';
import { NETWORKS, type NetworkName } from '../settings.ts';

interface Shape {
  readonly is: RegExp;
  readonly should: string;
}

/** How ids look in each network. A name in their place would never be met, and everybody be refused without a word why. */
const SHAPES: { readonly [N in NetworkName]: { readonly room: Shape; readonly person: Shape } } = {
  matrix: {
    room: { is: /^!\S+$/, should: 'a room\'s id, which begins with "!", such as "!AbCdEf:example.org"; an address with "#" is none' },
    person: { is: /^@[^\s:]+:\S+$/, should: 'a full Matrix id such as "@anna:example.org"' },
  },
  slack: {
    room: {
      is: /^[CDG][A-Z0-9]+$/,
      should: 'a channel\'s id such as "C024BE91L", which stands at the bottom of its details; its name is none',
    },
    person: {
      is: /^[TE][A-Z0-9]+:[UW][A-Z0-9]+$/,
      should: 'the ids of workspace and member such as "T024BE7LD:U061F7AUR"; `whoami` in Slack shows yours',
    },
  },
  discord: {
    room: { is: /^\d+$/, should: "a channel's id, which is a number: right-click it, Copy Channel ID" },
    person: { is: /^\d+$/, should: "a user's id, which is a number: right-click them, Copy User ID" },
  },
};

/** Ids that can't be any, and ids that two people claim. */
export function idProblems(bot: BotFile): NetworkProblem[] {
  return [
    ...bot.room.flatMap(({ transport, id }, i) => problem(SHAPES[transport].room, id, ['room', i, 'id'])),
    ...bot.person.flatMap((person, i) =>
      NETWORKS.flatMap((network) => {
        const id = person[network];
        return id === undefined ? [] : problem(SHAPES[network].person, id, ['person', i, network]);
      }),
    ),
    ...(bot.matrix?.inviters ?? []).flatMap((id, i) => problem(SHAPES.matrix.person, id, ['matrix', 'inviters', i])),
    ...inRoles(bot.roles, ['roles']),
    ...bot.project.flatMap((project, i) => inRoles(project, ['project', i])),
    ...bot.room.flatMap((room, i) => inRoles(room, ['room', i])),
    ...claimedTwice(bot),
  ];
}

function problem({ is, should }: Shape, id: string, path: NetworkProblem['path']): NetworkProblem[] {
  return is.test(id) ? [] : [{ path, message: `must be ${should}` }];
}

type RoleLists = Record<'admin' | 'operator' | 'viewer', readonly string[]>;

function inRoles(lists: RoleLists, path: NetworkProblem['path']): NetworkProblem[] {
  return (['admin', 'operator', 'viewer'] as const).flatMap((role) =>
    lists[role].flatMap((who, i) => {
      const [transport = '', ...rest] = who.split(':');
      const network = NETWORKS.find((name) => name === transport);
      if (network !== undefined) return problem(SHAPES[network].person, rest.join(':'), [...path, role, i]);
      if (rest.length === 0 || transport === 'console') return [];
      return [{ path: [...path, role, i], message: `must begin with console, ${NETWORKS.join(', ')}, or be the name of a [[person]]` }];
    }),
  );
}

/** Of two people with one id it would be chance who is held to have done something. */
function claimedTwice({ person }: BotFile): NetworkProblem[] {
  return NETWORKS.flatMap((network) =>
    person.flatMap(({ [network]: id }, i) => {
      const first = person.find((one) => one[network] === id);
      if (id === undefined || first === undefined || person.indexOf(first) >= i) return [];
      return [{ path: ['person', i, network], message: `is the id of ${first.name} already` }];
    }),
  );
}
