import { join } from 'node:path';
import type { CommandCatalogue } from '../../transports/command-catalogue.ts';
import type { Transport } from '../../transports/transport.ts';
import type { Rights } from '../bot/rights/rights.ts';
import type { Clock } from '../clock.ts';
import type { NetworkName, Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';

/** What the networks' transports are made of. */
export interface NetworkParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly rights: Rights;
  readonly catalogue: CommandCatalogue;
  readonly report: (network: NetworkName, error: unknown) => void;
}

/** The transports of the networks that are configured. An SDK is loaded only for its own network: each costs a third of a second. */
export async function networkTransports(parts: NetworkParts): Promise<Transport[]> {
  const { settings } = parts;
  const transports: Promise<Transport>[] = [];
  if (settings.matrix !== null) transports.push(matrix(parts, settings.matrix));
  if (settings.slack !== null) transports.push(slack(parts, settings.slack));
  if (settings.discord !== null) transports.push(discord(parts, settings.discord));
  return Promise.all(transports);
}

function roomsOf({ settings }: NetworkParts, network: NetworkName): string[] {
  return settings.rooms.filter(({ transport }) => transport === network).map(({ id }) => id);
}

async function matrix(parts: NetworkParts, own: NonNullable<Settings['matrix']>): Promise<Transport> {
  const { matrixTransport } = await import('../../transports/matrix/matrix.ts');
  return matrixTransport({
    homeserver: own.homeserver,
    accessToken: own.accessToken,
    clock: parts.clock,
    state: parts.log.stateStore('matrix'),
    rooms: roomsOf(parts, 'matrix'),
    inviters: own.inviters,
    direct: parts.settings.directMessages,
    cryptoDir: join(parts.settings.dataDir, 'matrix-crypto'),
    report: (error) => parts.report('matrix', error),
  });
}

async function slack(parts: NetworkParts, own: NonNullable<Settings['slack']>): Promise<Transport> {
  const [{ slackTransport }, { DEFAULT_COMMAND, DEFAULT_PATH }] = await Promise.all([
    import('../../transports/slack/slack.ts'),
    import('../../transports/slack/options.ts'),
  ]);
  return slackTransport({
    botToken: own.botToken,
    intake:
      own.mode === 'socket'
        ? { kind: 'socket', appToken: own.appToken ?? '' }
        : { kind: 'http', signingSecret: own.signingSecret ?? '', host: '127.0.0.1', port: own.port, path: DEFAULT_PATH },
    appId: null,
    command: DEFAULT_COMMAND,
    catalogue: parts.catalogue,
    rooms: () => roomsOf(parts, 'slack'),
    state: parts.log.stateStore('slack'),
    inSharedCommit: (run) => parts.log.inSharedCommit(run),
    clock: parts.clock,
    report: (error) => parts.report('slack', error),
    apiUrl: own.apiUrl,
    responseBase: own.apiUrl === null ? null : `${new URL(own.apiUrl).origin}/`,
  });
}

async function discord(parts: NetworkParts, own: NonNullable<Settings['discord']>): Promise<Transport> {
  const { discordTransport } = await import('../../transports/discord/discord.ts');
  return discordTransport({
    clock: parts.clock,
    token: own.token,
    rooms: () => new Set(roomsOf(parts, 'discord')),
    mayWriteDirect: (userId) => {
      const sender = { transport: 'discord', id: userId, name: '' };
      return parts.rights.highest({ sender, at: { transport: 'discord', room: '', thread: null }, ingress: 'direct' }) !== null;
    },
    state: parts.log.stateStore('discord'),
    catalogue: parts.catalogue,
    report: (error) => parts.report('discord', error),
    ...(own.apiUrl === null ? {} : { api: own.apiUrl }),
  });
}
