import { delimiter, sep } from 'node:path';
import type { AgentSettings } from '../config/settings.ts';
import type { TemplateValues } from './template.ts';

/** What may pass from Musher's own environment into a child: what a program needs to run here, and no secret. */
const PASSED = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TMPDIR',
  'TZ',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
]);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a child process: the allow-list, then `extra`, which wins. NUL can't be passed and is left out.
 * Gates and set-up commands get the same list as agents do.
 */
export function childEnvironment(
  own: Environment,
  extra: Readonly<Record<string, string>>,
  inherit: readonly string[] = [],
): Record<string, string> {
  const passes = (name: string): boolean => PASSED.has(name) || name.startsWith('LC_') || inherit.includes(name);
  const passed = Object.entries(own).filter((entry): entry is [string, string] => passes(entry[0]) && entry[1] !== undefined);
  const env: Record<string, string> = { ...Object.fromEntries(passed), TERM: 'dumb' };
  if (own['npm_lifecycle_event'] !== undefined) env['PATH'] = withoutNpmAdditions(env['PATH'] ?? '');
  for (const [name, value] of Object.entries(extra)) env[name] = value.replaceAll('\0', '');
  return env;
}

/**
 * `npm start` puts node_modules/.bin of Musher and of each folder above it first on the PATH. The agents' projects
 * would get Musher's Node and tools instead of their own, so these entries go.
 */
function withoutNpmAdditions(path: string): string {
  return path
    .split(delimiter)
    .filter((dir) => !dir.endsWith(`node_modules${sep}.bin`) && !dir.endsWith('node-gyp-bin'))
    .join(delimiter);
}

/** The same environment, in which programs do not look for this machine's own address behind a proxy: a token goes there. */
export function reachingLoopback(env: Readonly<Record<string, string>>): Record<string, string> {
  const proxied = Object.keys(env).some((name) => /^(?:https?|all)_proxy$/i.test(name));
  if (!proxied) return { ...env };
  const direct = [env['NO_PROXY'] ?? env['no_proxy'] ?? '', '127.0.0.1'].filter((part) => part !== '').join(',');
  return { ...env, NO_PROXY: direct, no_proxy: direct };
}

/** The environment variables that every agent gets, whatever its runtime. */
export function runVariables(agent: AgentSettings, values: TemplateValues): Record<string, string> {
  return {
    MUSHER_ITEM: values.item,
    MUSHER_TITLE: values.title,
    MUSHER_TYPE: values.type,
    MUSHER_STAGE: agent.stage,
    MUSHER_ROLE: agent.role,
    MUSHER_AGENT: agent.name,
    MUSHER_ATTEMPT: values.attempt,
    MUSHER_PROJECT: values.project,
    MUSHER_WORKTREE: values.worktree,
    MUSHER_BRANCH: values.branch,
    MUSHER_BASE_BRANCH: values.base_branch,
  };
}
