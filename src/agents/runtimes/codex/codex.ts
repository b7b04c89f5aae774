import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { approvalHook, HOOK_SECONDS, type ApprovalHook } from '../approval-hook.ts';
import { permission } from '../keys.ts';
import { defineRuntime, type Command, type Launch } from '../runtime.ts';
import { codexDoctor } from './doctor.ts';
import { codexParser } from './parser.ts';

const KEYS = { permission };

/** OpenAI's Codex, headless: `codex exec --json`. Checked against version 0.169.0. */
export const codexRuntime = defineRuntime({
  name: 'codex',
  title: 'Codex',
  keys: KEYS,
  command: ['codex'],
  templates: false,
  // Codex reports tokens only at the end, so a stopped run has reported nothing.
  models: { provider: 'openai', aliases: [] },
  metered: false,
  hears: 'interrupt',
  needs: {
    hosts: ['api.openai.com', 'auth.openai.com', 'chatgpt.com'],
    folders: [{ variable: 'CODEX_HOME', fallback: '.codex', below: '', login: ['auth.json'], sessions: ['sessions/*/*/*/*{id}.jsonl'] }],
    keyVariable: 'CODEX_API_KEY',
  },
  doctor: codexDoctor,
  prepare,
  parser: codexParser,
});

/** The variable by which Codex is given the run's token; its shell commands don't see it. */
const TOKEN_VARIABLE = 'MUSHER_MCP_TOKEN';
/** What its shell commands don't get of its environment. */
const HIDDEN = [TOKEN_VARIABLE, 'CODEX_API_KEY', 'OPENAI_API_KEY', 'CODEX_ACCESS_TOKEN'];

/** The prompt goes in on standard input: text from people is an argument only as a value of its own. */
function prepare(launch: Launch<z.output<z.ZodObject<typeof KEYS>>>): Command {
  const { access, options, role, sandboxed } = launch;
  const [file = 'codex', ...own] = launch.command;
  // In Musher's sandbox Codex needs none of its own, and so has nothing to ask for.
  const asks = access !== null && options.permission !== 'deny' && role !== 'qa' && !sandboxed;
  const hook = asks ? approvalHook(launch.runDir, access) : null;
  return {
    file,
    args: [
      ...own,
      'exec',
      '--json',
      '--skip-git-repo-check',
      ...rights(launch, hook),
      ...setting('check_for_update_on_startup', false),
      ...setting('projects', distrusted(launch.worktree)),
      ...setting('shell_environment_policy.exclude', HIDDEN),
      ...(access === null ? [] : musherServer(access.url)),
      ...(launch.model === null ? [] : ['--model', launch.model]),
      ...(launch.effort === null ? [] : setting('model_reasoning_effort', launch.effort)),
      ...(launch.systemPrompt === null ? [] : setting('developer_instructions', launch.systemPrompt)),
      ...(launch.resumeSession === null ? [] : ['resume', launch.resumeSession]),
      '-',
    ],
    env: access === null ? {} : { [TOKEN_VARIABLE]: access.token },
    inherit: ['CODEX_HOME'],
    stdin: launch.prompt,
    files: hook?.files ?? [],
  };
}

/**
 * A reviewer's commands write nothing. A coder's write in the worktree, and what a commit in it has to write; not the
 * repository's configuration or hooks. What needs more is put to people where there is a hook, and refused where not.
 */
function rights({ role, gitDirs, sandboxed }: Launch<unknown>, hook: ApprovalHook | null): readonly string[] {
  if (sandboxed) return ['--dangerously-bypass-approvals-and-sandbox'];
  if (role === 'qa') return ['--sandbox', 'read-only'];
  const writable = writableGit(gitDirs).flatMap((folder) => ['--add-dir', folder]);
  if (hook === null) return ['--sandbox', 'workspace-write', ...writable];
  return [
    // The only way in which `exec` asks at all. Its usual reviewer is a model; here nobody is left but the hook.
    '--approve-for-me',
    ...setting('approvals_reviewer', 'user'),
    '--dangerously-bypass-hook-trust',
    ...setting('hooks.PermissionRequest', [{ matcher: '*', hooks: [{ type: 'command', command: hook.command, timeout: HOOK_SECONDS }] }]),
    ...writable,
  ];
}

/**
 * Whoever uses Codex in the repository has marked it as trusted, and its worktrees with it: a `.codex` folder on an item's
 * branch would then start servers and hooks outside of every sandbox (seen with 0.169.0).
 */
function distrusted(worktree: string): Setting {
  const paths = new Set([worktree, realPath(worktree)]);
  return Object.fromEntries([...paths].map((path) => [path, { trust_level: 'untrusted' }]));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The worktree's own git directory, and of the repository's what a commit writes: objects, the item's branch, its log. */
function writableGit([own, common]: readonly string[]): string[] {
  if (own === undefined) return [];
  return [own, ...(common === undefined ? [] : ['objects', 'refs/heads/musher', 'logs'].map((part) => join(common, part)))];
}

function musherServer(url: string): readonly string[] {
  return [
    ...setting('mcp_servers.musher.url', url),
    ...setting('mcp_servers.musher.bearer_token_env_var', TOKEN_VARIABLE),
    ...setting('mcp_servers.musher.default_tools_approval_mode', 'approve'),
    ...setting('mcp_servers.musher.tool_timeout_sec', HOOK_SECONDS),
  ];
}

type Setting = string | number | boolean | readonly Setting[] | { readonly [key: string]: Setting };

function setting(name: string, value: Setting): readonly string[] {
  return ['--config', `${name}=${toml(value)}`];
}

/** JSON's texts are TOML's, but for halves of characters; tables are written otherwise. */
function toml(value: Setting): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed()).replaceAll('\u007f', String.raw`\u007f`);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(toml).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${toml(key)} = ${toml(one)}`)
    .join(', ')} }`;
}

function isList(value: Setting): value is readonly Setting[] {
  return Array.isArray(value);
}
