import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_SCOPES, FURTHER_SCOPES, METHOD_SCOPES } from '../../fakes/slack/scopes.ts';
import { SLACK_LIMITS } from '../../../transports/slack/limits.ts';
import { slackManifest } from '../../../transports/slack/manifest.ts';
import type { CatalogueCommand } from '../../../transports/command-catalogue.ts';
import { CATALOGUE } from './workspace.ts';

/** Every method of the Web API that the transport and the doctor name. */
function methodsInUse(): string[] {
  const folder = join(import.meta.dirname, '../../../transports/slack');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
  const named = files.flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(/'((?:apps|auth|bots|chat|conversations|files|reactions|team|users|views)\.[A-Za-z.]+)'/g),
    ),
  );
  return [...new Set(named.map(([, method = '']) => method))];
}

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string; readonly usage_hint: string; readonly url?: string }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: Readonly<Record<string, unknown>>;
}
const manifest = (url: string | null, commands: readonly CatalogueCommand[] = CATALOGUE.commands): Manifest =>
  JSON.parse(slackManifest({ ...CATALOGUE, commands }, { name: 'Musher', command: '/musher', url })) as Manifest;

describe('the manifest', () => {
  it('has the slash command and each command by its own name', () => {
    expect(manifest(null).features.slash_commands.map(({ command, usage_hint }) => [command, usage_hint])).toEqual([
      ['/musher', 'status | show 42 | help'],
      ['/musher-status', ''],
      ['/musher-create', '<story|bug|spike|refactor> <title>'],
      ['/musher-timer-list', ''],
    ]);
  });

  it('has every scope that a method or an event of ours needs, and none that nothing needs', () => {
    const { bot } = manifest(null).oauth_config.scopes;
    const { bot_events: events } = manifest(null).settings['event_subscriptions'] as { bot_events: string[] };
    // Each conversation that one can be in with the app.
    const needed = methodsInUse().flatMap((method) => ['C1', 'G1', 'D1'].flatMap((channel) => METHOD_SCOPES[method]?.(channel)));
    const all = [...needed, ...events.map((event) => EVENT_SCOPES[event]), ...Object.keys(FURTHER_SCOPES)];
    expect(all).not.toContain(undefined);
    expect(new Set(bot)).toEqual(new Set(all));
  });

  it('subscribes to messages of every kind of conversation that its scopes let it read', () => {
    const { bot_events: events } = manifest(null).settings['event_subscriptions'] as { bot_events: string[] };
    expect([...events].sort()).toEqual(Object.keys(EVENT_SCOPES).toSorted());
  });

  it('is for Socket Mode without an address, and names the address everywhere with one', () => {
    expect(manifest(null).settings).toMatchObject({ socket_mode_enabled: true });
    expect(JSON.stringify(manifest(null))).not.toContain('url');
    const url = 'https://bot.example/slack/events';
    const over = manifest(url);
    expect(over.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: url },
      event_subscriptions: { request_url: url },
    });
    expect(over.features.slash_commands.every((one) => one.url === url)).toBe(true);
  });

  it('keeps to the number of commands that Slack takes, those of one word first', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      words: index < 20 ? ['a', `b${index}`] : [`c${index}`],
      summary: 'x',
      options: [],
    }));
    const { slash_commands: commands } = manifest(null, many).features;
    expect(commands).toHaveLength(SLACK_LIMITS.slashCommands);
    expect(commands.filter(({ command }) => command.startsWith('/musher-c'))).toHaveLength(40);
    expect(commands[0]?.command).toBe('/musher');
  });

  it('leaves out empty hints and names that are too long', () => {
    const { slash_commands: commands } = manifest(null, [{ words: ['a'.repeat(40)], summary: 'x', options: [] }]).features;
    expect(commands.map(({ command }) => command)).toEqual(['/musher']);
  });
});
