import type { Network } from '../../transports/network.ts';
import { idProblems } from './network-ids.ts';
import { idOn, sectionOf } from './sections/networks.ts';
import type { BotFile } from './schema.ts';
import { nearest } from '../nearest.ts';
import { asSettings } from './as-settings.ts';
import { floodSchema } from './sections/flood.ts';
import { roomSchemaOf, roomSettings } from './sections/rooms.ts';
import type { Settings } from './settings.ts';
import type { KeyProblem } from './read/problem.ts';

type OfNetworks = Pick<Settings, 'directMessages' | 'flood' | 'projectRoles' | 'people' | 'rooms' | 'networks'>;

/** What `bot.toml` says of networks, rooms and people, as settings. */
export function networkSettings(bot: BotFile, networks: readonly Network[]): OfNetworks {
  return {
    directMessages: bot.roles.direct_messages,
    flood: asSettings(floodSchema, bot.flood),
    projectRoles: bot.project.map(({ name, admin, operator, viewer }) => ({ project: name, roles: { admin, operator, viewer } })),
    people: bot.person.map((person) => ({
      name: person.name,
      ids: networks.flatMap((network) => {
        const id = idOn(network, person);
        return id === undefined ? [] : [`${network.name}:${id}`];
      }),
    })),
    rooms: bot.room.map((room) => roomSettings(roomSchemaOf(networks), room)),
    networks: networks.flatMap((network) => {
      const section = sectionOf(bot, network);
      return section === undefined ? [] : [{ name: network.name, section }];
    }),
  };
}

/** What only the whole file shows: rooms of networks or projects that are not there, names that nobody has, missing tokens. */
export function networkProblems(bot: BotFile, networks: readonly Network[]): KeyProblem[] {
  const used = new Map(
    networks.flatMap((network) => {
      const section = sectionOf(bot, network);
      return section === undefined ? [] : [[network.name, section] as const];
    }),
  );
  const people = new Set(bot.person.map(({ name }) => name));
  const unknownIn = (lists: Record<'admin' | 'operator' | 'viewer', readonly string[]>, path: readonly (string | number)[]): KeyProblem[] =>
    (['admin', 'operator', 'viewer'] as const).flatMap((role) =>
      lists[role].flatMap((who, i) =>
        who.includes(':') || people.has(who)
          ? []
          : [{ path: [...path, role, i], message: `must be "<transport>:<id>", or the name of a [[person]]; nobody is called ${who}` }],
      ),
    );
  return [
    ...unknownIn(bot.roles, ['roles']),
    ...bot.project.flatMap((project, i) => unknownIn(project, ['project', i])),
    ...bot.room.flatMap((room, i) => [...unknownIn(room, ['room', i]), ...roomProblems(bot, room, i, used)]),
    ...twice(
      bot.person.map(({ name }) => name),
      'person',
      'name',
    ),
    ...twice(
      bot.room.map(({ transport, id }) => `${transport}:${id}`),
      'room',
      'id',
    ),
    ...twice(
      bot.room.map((room) => room.name ?? `${room.transport}:${room.id}`),
      'room',
      'name',
    ),
    ...climbProblems(bot),
    ...networks.flatMap((network) => {
      const section = used.get(network.name);
      const found = section === undefined ? [] : (network.problems?.(section) ?? []);
      return found.map(({ path, message }) => ({ path: [network.name, ...path], message }));
    }),
    ...idProblems(bot, networks),
  ];
}

/** Steps to rooms that are not there, and steps that would come before the one above. */
function climbProblems({ climb, room, person, roles }: BotFile): KeyProblem[] {
  const names = room.map(({ name, transport, id }) => name ?? `${transport}:${id}`);
  return climb.flatMap(({ to, after }, i) => {
    const near = nearest(to, names);
    const hint = near === null ? '' : `; did you mean "${near}"?`;
    return [
      ...(to.startsWith('@')
        ? directProblems(to.slice(1), person, roles.direct_messages).map((message) => ({ path: ['climb', i, 'to'], message }))
        : to === 'here' || to === 'thread' || names.includes(to)
          ? []
          : [{ path: ['climb', i, 'to'], message: `there is no [[room]] with the name "${to}"${hint}` }]),
      ...(i > 0 && (climb[i - 1]?.after ?? 0) >= after
        ? [{ path: ['climb', i, 'after'], message: 'must be later than that of the [[climb]] above' }]
        : []),
    ];
  });
}

/** Why a step can't write to a person alone. */
function directProblems(name: string, people: BotFile['person'], isServed: boolean): string[] {
  if (!people.some((person) => person.name === name)) {
    const near = nearest(
      name,
      people.map((person) => person.name),
    );
    return [`there is no [[person]] with the name "${name}"${near === null ? '' : `; did you mean "@${near}"?`}`];
  }
  return isServed
    ? []
    : ['set direct_messages = true under [roles]: without it a direct message gives no role, so nobody could answer there'];
}

function roomProblems(bot: BotFile, room: BotFile['room'][number], i: number, used: ReadonlyMap<string, unknown>): KeyProblem[] {
  const problems: KeyProblem[] = [];
  if (!used.has(room.transport))
    problems.push({ path: ['room', i, 'transport'], message: `there is no [${room.transport}] section in this file` });
  if (!bot.project.some(({ name }) => name === room.project))
    problems.push({ path: ['room', i, 'project'], message: `there is no project "${room.project}"` });
  if (room.notify.includes('none') && room.notify.length > 1)
    problems.push({ path: ['room', i, 'notify'], message: '"none" cannot be combined with others' });
  return problems;
}

function twice(names: readonly string[], section: string, key: string): KeyProblem[] {
  return names.flatMap((name, i) => (names.indexOf(name) < i ? [{ path: [section, i, key], message: `"${name}" is listed twice` }] : []));
}
