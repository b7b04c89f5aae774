import { join } from 'node:path';
import type * as z from 'zod';
import type { RunAccess } from '../../access.ts';
import { allowedTools } from '../keys.ts';
import { defineRuntime, type Command, type Launch } from '../runtime.ts';
import { geminiDoctor } from './doctor.ts';
import { geminiParser } from './parser.ts';
import { policy } from './policy.ts';

const KEYS = { allowed_tools: allowedTools };

/** Gemini CLI, headless: `gemini -o stream-json`. Checked against version 0.61.0. */
export const geminiRuntime = defineRuntime({
  name: 'gemini',
  title: 'Gemini CLI',
  keys: KEYS,
  command: ['gemini'],
  templates: false,
  // Gemini CLI reports tokens only at the end, so a stopped run has reported nothing.
  models: { provider: 'google', aliases: ['auto', 'pro', 'flash', 'flash-lite'] },
  metered: false,
  hears: 'interrupt',
  needs: {
    hosts: ['generativelanguage.googleapis.com', 'cloudcode-pa.googleapis.com', 'oauth2.googleapis.com', 'accounts.google.com'],
    folders: [
      {
        variable: 'GEMINI_CLI_HOME',
        fallback: '',
        below: '.gemini',
        login: ['oauth_creds.json', 'google_accounts.json'],
        // It holds the way in which somebody signs in; hooks and servers in it are shut by the settings of the run.
        reads: ['settings.json'],
        // The first says which folder is the project's.
        sessions: ['projects.json', 'tmp/*/.project_root', 'tmp/*/chats/*.jsonl'],
      },
    ],
    keyVariable: 'GEMINI_API_KEY',
  },
  doctor: geminiDoctor,
  prepare,
  parser: geminiParser,
});

const SETTINGS_FILE = 'gemini-settings.json';
const POLICY_FILE = 'gemini-policy.toml';
/** Longest call of one of Musher's tools in ms: a question to people waits for their answer. */
const LONGEST_CALL = 86_400_000;

/** The prompt goes in on standard input; the system prompt in front of it, because Gemini CLI can only replace its own. */
function prepare(launch: Launch<z.output<z.ZodObject<typeof KEYS>>>): Command {
  const { access, options, role, runDir, sandboxed, systemPrompt } = launch;
  const [file = 'gemini', ...own] = launch.command;
  return {
    file,
    args: [
      ...own,
      '--output-format',
      'stream-json',
      // It refuses to work otherwise. What the worktree's own settings could start is shut by the settings below.
      '--skip-trust',
      '--approval-mode',
      sandboxed ? 'yolo' : role === 'qa' ? 'default' : 'auto_edit',
      ...(sandboxed ? [] : ['--admin-policy', join(runDir, POLICY_FILE)]),
      '--allowed-mcp-server-names',
      'musher',
      ...(launch.model === null ? [] : ['--model', launch.model]),
      ...(launch.filesDir === null ? [] : ['--include-directories', launch.filesDir]),
      ...(launch.resumeSession === null ? [] : ['--resume', launch.resumeSession]),
    ],
    env: { GEMINI_CLI_SYSTEM_SETTINGS_PATH: join(runDir, SETTINGS_FILE) },
    inherit: ['GEMINI_CLI_HOME'],
    stdin: systemPrompt === null ? launch.prompt : `${systemPrompt}\n\n${launch.prompt}`,
    files: [
      { name: SETTINGS_FILE, text: JSON.stringify(settings(access, launch.limits.turns)) },
      ...(sandboxed ? [] : [{ name: POLICY_FILE, text: policy(role, options.allowed_tools ?? []) }]),
    ],
  };
}

/**
 * Settings that win over the user's and over those of the worktree: an item's branch is not trusted, so nothing that it could
 * make Gemini CLI start is left to it.
 */
function settings(access: RunAccess | null, turns: number | null): object {
  return {
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    hooksConfig: { enabled: false },
    tools: { discoveryCommand: '', callCommand: '' },
    mcp: { serverCommand: '', allowed: ['musher'] },
    ide: { enabled: false },
    telemetry: { enabled: false },
    advanced: { ignoreLocalEnv: true },
    ...(turns === null ? {} : { model: { maxSessionTurns: turns } }),
    mcpServers:
      access === null
        ? {}
        : { musher: { httpUrl: access.url, headers: { Authorization: `Bearer ${access.token}` }, timeout: LONGEST_CALL, trust: true } },
  };
}
