import * as z from 'zod';
import { RUNTIMES, SUGGESTED } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import type { KeyProblem } from '../read/problem.ts';
import { keyExample, type AccountSettings, type AgentSettings } from './agents.ts';
import { nearest } from '../../nearest.ts';

/** A section `[[account]]` of `bot.toml`: an account at a model provider, used by agents of its runtime. */
export const accountSchema = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", "_" and "-", starting with a letter or digit')
    .meta({ description: "The account's name in messages.", example: 'main' }),
  runtime: z.enum(RUNTIMES.map((one) => one.name)).meta({ description: 'The runtime whose agents use it.', example: SUGGESTED.name }),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of an environment variable'), z.string())
    .default({})
    .meta({
      description: "Environment variables that make the program use this account. They override the agent's own.",
      example: keyExample(SUGGESTED),
      type: 'table of text',
    }),
  config_dir: z
    .string()
    .min(1)
    .optional()
    .meta({
      description: `The directory with its login, relative to this file; \`~\` is your home. Set as ${loginVariables()}.`,
      example: `~/.${SUGGESTED.name}-main`,
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

/** `X` for `x`, … of the runtimes whose login can be elsewhere. */
function loginVariables(): string {
  return RUNTIMES.flatMap(({ name, needs: { folders } }) =>
    folders.slice(0, 1).map(({ variable }) => `\`${variable}\` for \`${name}\``),
  ).join(', ');
}

/** The variable that says where a runtime's login is; null: its program has none. */
function loginVariable(runtime: string): string | null {
  return findRuntime(RUNTIMES, runtime).needs.folders[0]?.variable ?? null;
}

type AccountEntry = z.output<typeof accountSchema>;

/** What only the whole file shows. */
export function accountProblems(
  accounts: readonly AccountEntry[],
  projects: readonly string[],
  agents: readonly KnownAgent[],
): KeyProblem[] {
  const names = accounts.map(({ name }) => name);
  return accounts.flatMap((account, i) => {
    const at = (key: string, message: string): KeyProblem => ({ path: ['account', i, key], message });
    const listed = (key: 'agents' | 'projects', j: number, message: string): KeyProblem => ({ path: ['account', i, key, j], message });
    const open = agents.filter(({ project }) => account.projects.length === 0 || account.projects.includes(project));
    return [
      ...(names.indexOf(account.name) < i ? [at('name', `"${account.name}" is listed twice`)] : []),
      ...(account.config_dir !== undefined && loginVariable(account.runtime) === null
        ? [at('config_dir', `does not apply to runtime "${account.runtime}"; set the variables that its program reads in env`)]
        : []),
      ...(account.config_dir === undefined && Object.keys(account.env).length === 0
        ? [at('env', 'is missing: an account needs env or config_dir')]
        : []),
      ...account.projects.flatMap((name, j) =>
        projects.includes(name) ? [] : [listed('projects', j, `there is no project "${name}"${meant(name, projects)}`)],
      ),
      ...account.agents.flatMap((name, j) => {
        const wrong = wrongAgent(name, account, open);
        return wrong === null ? [] : [listed('agents', j, wrong)];
      }),
    ];
  });
}

/** An agent of a project whose file could be read. */
export interface KnownAgent {
  readonly name: string;
  readonly runtime: string;
  readonly project: string;
}

/** An account that no agent can use would only be noticed at the first rate limit, perhaps at night. */
function wrongAgent(name: string, { runtime }: AccountEntry, open: readonly KnownAgent[]): string | null {
  const named = open.filter((agent) => agent.name === name);
  const [first] = named;
  if (first === undefined) {
    const fitting = [...new Set(open.filter((agent) => agent.runtime === runtime).map((agent) => agent.name))];
    const known = fitting.length === 0 ? '' : `; those of runtime "${runtime}" are ${fitting.join(', ')}`;
    return `there is no agent "${name}"${meant(name, fitting) || known}`;
  }
  return named.some((agent) => agent.runtime === runtime)
    ? null
    : `"${name}" has runtime "${first.runtime}", but this account is for "${runtime}"`;
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? '' : `; did you mean "${near}"?`;
}

/** A project's agents with the accounts that they may use, in the order of the file. */
export function withAccounts(
  project: string,
  agents: readonly AgentSettings[],
  accounts: readonly AccountEntry[],
  absolute: (path: string) => string,
): readonly AgentSettings[] {
  const fitting = (agent: { readonly name: string; readonly runtime: string }): AccountSettings[] =>
    accounts
      .filter(({ runtime }) => runtime === agent.runtime)
      .filter(({ agents: named }) => named.length === 0 || named.includes(agent.name))
      .filter(({ projects }) => projects.length === 0 || projects.includes(project))
      .map(({ name, runtime, env, config_dir: dir }) => {
        const variable = loginVariable(runtime);
        return { name, env: dir === undefined || variable === null ? env : { ...env, [variable]: absolute(dir) } };
      });
  return accounts.length === 0 ? agents : agents.map((agent) => ({ ...agent, accounts: fitting(agent) }));
}
