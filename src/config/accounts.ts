import * as z from 'zod';
import type { AccountSettings, ProjectSettings, RuntimeName } from './settings.ts';
import { RUNTIMES } from './settings.ts';

/** A section `[[account]]` of `bot.toml`: an account at a model provider, used by agents of its runtime. */
export const accountSchema = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit')
    .meta({ description: 'What messages call it.', example: 'main' }),
  runtime: z.enum(RUNTIMES).meta({ description: 'The runtime whose agents use it.', example: 'claude' }),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of an environment variable'), z.string())
    .default({})
    .meta({
      description: "Environment by which the program uses this account; wins over the agent's own.",
      example: { ANTHROPIC_API_KEY: 'env:ANTHROPIC_KEY_MAIN' },
      type: 'table of text',
    }),
  config_dir: z.string().min(1).optional().meta({
    description: '`claude`: the directory with its login (`CLAUDE_CONFIG_DIR`), relative to this file; `~` is your home.',
    example: '~/.claude-main',
  }),
  agents: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: 'Agents that may use it. Default: all.', example: ['coder-1'] }),
  projects: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: 'Projects whose agents may use it. Default: all.', example: ['shop'] }),
});

type AccountEntry = z.output<typeof accountSchema>;

/** A key of `bot.toml`, and what is wrong with it. */
interface AccountProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What only the whole file shows. */
export function accountProblems(accounts: readonly AccountEntry[], projects: readonly string[]): AccountProblem[] {
  const names = accounts.map(({ name }) => name);
  return accounts.flatMap((account, i) => {
    const at = (key: string, message: string): AccountProblem => ({ path: ['account', i, key], message });
    return [
      ...(names.indexOf(account.name) < i ? [at('name', `"${account.name}" stands there twice`)] : []),
      ...(account.runtime !== 'claude' && account.config_dir !== undefined
        ? [at('config_dir', `means nothing to runtime "${account.runtime}"; write what its program reads into env`)]
        : []),
      ...(account.config_dir === undefined && Object.keys(account.env).length === 0
        ? [at('env', 'is missing: without env or config_dir it would be no account of its own')]
        : []),
      ...account.projects.filter((name) => !projects.includes(name)).map((name) => at('projects', `there is no project "${name}"`)),
    ];
  });
}

/** A project whose agents know the accounts that they may use, in the order of the file. */
export function withAccounts(
  project: ProjectSettings,
  accounts: readonly AccountEntry[],
  absolute: (path: string) => string,
): ProjectSettings {
  const fitting = (agent: { readonly name: string; readonly runtime: RuntimeName }): AccountSettings[] =>
    accounts
      .filter(({ runtime }) => runtime === agent.runtime)
      .filter(({ agents }) => agents.length === 0 || agents.includes(agent.name))
      .filter(({ projects }) => projects.length === 0 || projects.includes(project.name))
      .map(({ name, env, config_dir: dir }) => ({ name, env: dir === undefined ? env : { ...env, CLAUDE_CONFIG_DIR: absolute(dir) } }));
  if (accounts.length === 0) return project;
  return { ...project, agents: project.agents.map((agent) => ({ ...agent, accounts: fitting(agent) })) };
}
