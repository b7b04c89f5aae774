import { usageOf, type CommandCatalogue } from '../command-catalogue.ts';
import { SLACK_LIMITS } from './limits.ts';

export interface ManifestOptions {
  /** The app's name, also that of its bot. */
  readonly name: string;
  /** The slash command, with its slash. */
  readonly command: string;
  /** Where Slack's requests go; null: Socket Mode. */
  readonly url: string | null;
}

/** What the app may do, each with what it is for. */
export const SCOPES = [
  'app_mentions:read', // `@musher status`
  'channels:history', // the same in channels that the app is in, and what came while it was away
  'groups:history',
  'im:history',
  'mpim:history',
  'files:read', // files that people send with a command, or in the thread of an item
  'chat:write', // answers and notifications
  'im:write', // direct messages to people who are asked what nobody else has answered
  'files:write', // pictures beside answers
  'metadata.message:read', // the mark in a message by which one that was perhaps sent is found again
  'commands', // slash commands
  'reactions:write', // the sign that a command is worked on
  'users:read', // names, and the id of the app for requests over HTTP
] as const;

/** What the app is told of. */
export const EVENTS = ['app_mention', 'message.channels', 'message.groups', 'message.im', 'message.mpim'] as const;

/** The manifest of the app, as JSON, with every command and scope: pasted into api.slack.com/apps it makes the app. */
export function slackManifest(catalogue: CommandCatalogue, options: ManifestOptions): string {
  const request = options.url === null ? {} : { request_url: options.url };
  const manifest = {
    display_information: { name: options.name, description: 'Drives a team of coding agents from chat.' },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: options.name.toLowerCase(), always_online: true },
      slash_commands: slashCommands(catalogue, options.command, options.url),
    },
    oauth_config: { scopes: { bot: [...SCOPES] } },
    settings: {
      event_subscriptions: { ...request, bot_events: [...EVENTS] },
      interactivity: { is_enabled: true, ...request },
      org_deploy_enabled: false,
      socket_mode_enabled: options.url === null,
      token_rotation_enabled: false,
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usage_hint: string;
  /** Mentions in the text come as they were typed. */
  readonly should_escape: false;
  readonly url?: string;
}

/** `/musher` takes every command; the rest, as many as Slack allows, are the commands with a name of their own. */
function slashCommands(catalogue: CommandCatalogue, name: string, url: string | null): SlashCommand[] {
  const made = (command: string, description: string, hint: string): SlashCommand => ({
    command,
    description: description.slice(0, SLACK_LIMITS.slashDescription),
    usage_hint: hint.slice(0, SLACK_LIMITS.slashHint),
    should_escape: false,
    ...(url === null ? {} : { url }),
  });
  const own = catalogue.commands
    .map((one) => made(`${name}-${one.words.join('-')}`, one.summary, usageOf({ ...one, words: [] })))
    .filter(({ command }) => command.length <= SLACK_LIMITS.slashName)
    // Where not all have room: a command of one word before one of several, and otherwise as `help` lists them.
    .toSorted((one, other) => one.command.split('-').length - other.command.split('-').length);
  const all = made(name, 'Runs a Musher command; help lists them.', 'status | show 42 | help');
  return [all, ...own].slice(0, SLACK_LIMITS.slashCommands);
}
