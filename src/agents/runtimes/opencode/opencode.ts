import { join } from 'node:path';
import type * as z from 'zod';
import { allowedTools } from '../keys.ts';
import { defineRuntime, type Command, type Launch } from '../runtime.ts';
import { opencodeDoctor } from './doctor.ts';
import { opencodeParser } from './parser.ts';
import { permissions } from './permissions.ts';

const KEYS = { allowed_tools: allowedTools };

/** opencode, headless: `opencode run --format json`. Checked against version 1.18.33. */
export const opencodeRuntime = defineRuntime({
  name: 'opencode',
  title: 'opencode',
  keys: KEYS,
  command: ['opencode'],
  templates: false,
  models: { provider: 'any', aliases: [] },
  metered: true,
  hears: 'interrupt',
  needs: {
    // Its models come from many providers: theirs are listed in `allow_hosts`.
    hosts: ['opencode.ai', 'models.dev', 'models.opencode.ai', 'api.anthropic.com', 'api.openai.com', 'openrouter.ai'],
    folders: [
      {
        variable: 'XDG_DATA_HOME',
        fallback: '.local/share',
        below: 'opencode',
        login: ['auth.json'],
        sessions: ['opencode.db', 'opencode.db-wal'],
      },
      { variable: 'XDG_CONFIG_HOME', fallback: '.config', below: 'opencode', login: [] },
      { variable: 'XDG_STATE_HOME', fallback: '.local/state', below: 'opencode', login: [] },
      { variable: 'XDG_CACHE_HOME', fallback: '.cache', below: 'opencode', login: [] },
    ],
    keyVariable: null,
  },
  doctor: opencodeDoctor,
  prepare,
  parser: opencodeParser,
});

const CONFIG_FILE = 'opencode.json';

/** The prompt goes in on standard input, the system prompt and Musher's address in files. */
function prepare(launch: Launch<z.output<z.ZodObject<typeof KEYS>>>): Command {
  const { access, options, role, sandboxed, variables } = launch;
  const [file = 'opencode', ...own] = launch.command;
  const config = {
    autoupdate: false,
    share: 'disabled',
    permission: sandboxed ? 'allow' : permissions(role, options.allowed_tools ?? [], launch.filesDir),
    ...(launch.systemPromptFile === null ? {} : { instructions: [launch.systemPromptFile] }),
    ...(access === null
      ? {}
      : { mcp: { musher: { type: 'remote', url: access.url, oauth: false, headers: { Authorization: `Bearer ${access.token}` } } } }),
  };
  return {
    file,
    args: [
      ...own,
      'run',
      '--format',
      'json',
      // It goes by the variable PWD otherwise, which may name another folder.
      '--dir',
      launch.worktree,
      // Without one it asks a model for a title, which is paid and told to nobody.
      '--title',
      `Musher ${variables.item}`,
      // The only place where it says why it waits or could not begin.
      '--print-logs',
      '--log-level',
      'ERROR',
      ...(launch.model === null ? [] : ['--model', launch.model]),
      ...(launch.effort === null ? [] : ['--variant', launch.effort]),
      ...(launch.resumeSession === null ? [] : ['--session', launch.resumeSession]),
    ],
    env: {
      OPENCODE_CONFIG: join(launch.runDir, CONFIG_FILE),
      // Settings, plugins and servers from the worktree could widen the agent's rights: an item's branch is not trusted.
      OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
    },
    inherit: ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'],
    stdin: launch.prompt,
    files: [{ name: CONFIG_FILE, text: JSON.stringify(config) }],
  };
}
