import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { BOT, CODER, workspace } from './workspace.ts';

const DOCS = join(import.meta.dirname, '../../docs/transports');
const examples = readdirSync(DOCS).flatMap((name) =>
  Array.from(readFileSync(join(DOCS, name), 'utf8').matchAll(/```toml\n([^]*?)```/g), ([, toml = ''], index): [string, string] => [
    `${name}, ${index + 1}`,
    // As it stands in a step, indented.
    toml.replaceAll(/^ {3}/gm, ''),
  ]),
);

it('docs/transports shows a configuration for each network, and for each way into Slack', () => {
  expect(examples.map(([name]) => name).toSorted()).toEqual([
    'discord.md, 1',
    'matrix.md, 1',
    'slack.md, 1',
    'slack.md, 2',
    'web.md, 1',
    'web.md, 2',
  ]);
});

it.each(examples)('the configuration in %s is taken as it stands', (_, toml) => {
  const folder = workspace({ 'bot.toml': `${BOT}${toml}`, 'shop/.musher/project.toml': CODER });
  const env = Object.fromEntries(Array.from(toml.matchAll(/"env:(\w+)"/g), ([, name = '']) => [name, 'xoxb-fake']));
  const loaded = loadSettings(join(folder, 'bot.toml'), { HOME: '/home/anna', ...env });
  expect(loaded.ok ? null : loaded.error.message).toBeNull();
});
