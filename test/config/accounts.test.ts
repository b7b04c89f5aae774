import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { BOT, CODER, workspace } from './workspace.ts';

const MAIN = '[[account]]\nname = "main"\nruntime = "claude"\nconfig_dir = "~/.claude-main"\n';

function load(accounts: string, env: NodeJS.ProcessEnv = {}) {
  const reviewer = '[[agent]]\nname = "qa"\nstage = "qa"\nruntime = "command"\ncommand = ["review"]\n';
  const folder = workspace({
    'bot.toml': `${BOT}${accounts}`,
    'shop/.musher/project.toml': `${CODER}${CODER.replace('coder-1', 'coder-2')}${reviewer}`,
  });
  return loadSettings(join(folder, 'bot.toml'), { HOME: '/home/anna', ...env });
}

it('agents know the accounts of their runtime that are open to them, in the order of the file', () => {
  const spare = '[[account]]\nname = "spare"\nruntime = "claude"\nenv = { ANTHROPIC_API_KEY = "env:SPARE" }\nprojects = ["shop"]\n';
  const other = '[[account]]\nname = "other"\nruntime = "claude"\nenv = { KEY = "env:SPARE" }\nagents = ["coder-2"]\n';
  const result = load(`${MAIN}${spare}${other}`, { SPARE: 'not a real key' });
  if (!result.ok) throw result.error;
  const [coder, , qa] = result.value.projects[0]?.agents ?? [];
  expect(coder?.accounts).toEqual([
    { name: 'main', env: { CLAUDE_CONFIG_DIR: '/home/anna/.claude-main' } },
    { name: 'spare', env: { ANTHROPIC_API_KEY: 'not a real key' } },
  ]);
  expect(qa?.accounts).toEqual([]);
  expect(result.value.secrets).toContain('not a real key');
});

it.each([
  ['a name twice', `${MAIN}${MAIN}`, /account\[2\]\.name: "main" is listed twice/],
  ['nothing of its own', '[[account]]\nname = "main"\nruntime = "claude"\n', /env: is missing: an account needs env or config_dir/],
  ['a folder where none is read', MAIN.replace('claude"', 'command"'), /config_dir: does not apply to runtime "command"/],
  ['a project that is not there', `${MAIN}projects = ["docs"]\n`, /projects\[1\]: there is no project "docs"/],
  [
    'an agent that is not there',
    `${MAIN}agents = ["coder-1", "codr-2"]\n`,
    /bot\.toml:8: account\[1\]\.agents\[2\]: there is no agent "codr-2"; did you mean "coder-2"\?/,
  ],
  ['an agent like none', `${MAIN}agents = ["x"]\n`, /there is no agent "x"; those of runtime "claude" are coder-1, coder-2/],
  ['an agent of another runtime', `${MAIN}agents = ["qa"]\n`, /agents\[1\]: "qa" has runtime "command", but this account is for "claude"/],
])('refuses an account with %s', (_, accounts, message) => {
  const result = load(accounts);
  expect(result.ok ? '' : result.error.message).toMatch(message);
});
