import { idProblems } from './sections/network-ids.ts';
import type { BotFile } from './schema.ts';
import type { NetworkName, PersonSettings, RoomSettings, Settings } from './settings.ts';
import { NETWORKS } from './settings.ts';

type Networks = Pick<Settings, 'directMessages' | 'flood' | 'projectRoles' | 'people' | 'rooms' | 'matrix' | 'slack' | 'discord'>;

/** What `bot.toml` says of networks, rooms and people, as settings. */
export function networkSettings(bot: BotFile): Networks {
  return {
    directMessages: bot.roles.direct_messages,
    flood: { burst: bot.flood.burst, perMinute: bot.flood.per_minute, waiting: bot.flood.waiting },
    projectRoles: bot.project.map(({ name, admin, operator, viewer }) => ({ project: name, roles: { admin, operator, viewer } })),
    people: bot.person.map(personSettings),
    rooms: bot.room.map(roomSettings),
    matrix:
      bot.matrix === undefined
        ? null
        : { homeserver: bot.matrix.homeserver, accessToken: bot.matrix.access_token, inviters: bot.matrix.inviters },
    slack:
      bot.slack === undefined
        ? null
        : {
            mode: bot.slack.mode,
            botToken: bot.slack.bot_token,
            appToken: bot.slack.app_token ?? null,
            signingSecret: bot.slack.signing_secret ?? null,
            port: bot.slack.port,
            apiUrl: bot.slack.api_url ?? null,
          },
    discord: bot.discord === undefined ? null : { token: bot.discord.token, apiUrl: bot.discord.api_url ?? null },
  };
}

function personSettings(person: BotFile['person'][number]): PersonSettings {
  const ids = NETWORKS.flatMap((network) => (person[network] === undefined ? [] : [`${network}:${person[network]}`]));
  return { name: person.name, ids };
}

function roomSettings(room: BotFile['room'][number]): RoomSettings {
  const { transport, id, project, notify, notify_style: notifyStyle, admin, operator, viewer } = room;
  return {
    transport,
    id,
    name: room.name ?? null,
    project,
    notify,
    notifyStyle,
    quietHours: room.quiet_hours ?? null,
    roles: { admin, operator, viewer },
  };
}

/** A key of `bot.toml`, and what is wrong with it. */
export interface NetworkProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What only the whole file shows: rooms of networks or projects that are not there, names that nobody has, missing tokens. */
export function networkProblems(bot: BotFile): NetworkProblem[] {
  const people = new Set(bot.person.map(({ name }) => name));
  const unknownIn = (
    lists: Record<'admin' | 'operator' | 'viewer', readonly string[]>,
    path: readonly (string | number)[],
  ): NetworkProblem[] =>
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
    ...bot.room.flatMap((room, i) => [...unknownIn(room, ['room', i]), ...roomProblems(bot, room, i)]),
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
    ...slackProblems(bot),
    ...idProblems(bot),
  ];
}

function roomProblems(bot: BotFile, room: BotFile['room'][number], i: number): NetworkProblem[] {
  const problems: NetworkProblem[] = [];
  if (!isConfigured(bot, room.transport))
    problems.push({ path: ['room', i, 'transport'], message: `there is no [${room.transport}] section that says how to reach it` });
  if (!bot.project.some(({ name }) => name === room.project))
    problems.push({ path: ['room', i, 'project'], message: `there is no project "${room.project}"` });
  if (room.notify.includes('none') && room.notify.length > 1)
    problems.push({ path: ['room', i, 'notify'], message: '"none" stands alone' });
  return problems;
}

function isConfigured(bot: BotFile, network: NetworkName): boolean {
  return bot[network] !== undefined;
}

function twice(names: readonly string[], section: string, key: string): NetworkProblem[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) < i ? [{ path: [section, i, key], message: `"${name}" stands there twice` }] : [],
  );
}

function slackProblems({ slack }: BotFile): NetworkProblem[] {
  if (slack === undefined) return [];
  if (slack.mode === 'socket' && slack.app_token === undefined)
    return [{ path: ['slack', 'app_token'], message: 'is needed for mode = "socket"' }];
  if (slack.mode === 'http' && slack.signing_secret === undefined)
    return [{ path: ['slack', 'signing_secret'], message: 'is needed for mode = "http"' }];
  return [];
}
