import { join } from 'node:path';
import type * as z from 'zod';
import { allowedTools, permission } from '../keys.ts';
import { mcpServers } from '../mcp-servers.ts';
import { defineRuntime, type Command, type Launch } from '../runtime.ts';
import { claudeDoctor } from './doctor.ts';
import { claudeParser } from './parser.ts';
import { dollarsOf } from '../../../pipeline/money.ts';

const KEYS = { allowed_tools: allowedTools, permission };

/** Claude Code, headless: `claude -p --output-format stream-json`. Checked against version 2.1.329. */
export const claudeRuntime = defineRuntime({
  name: 'claude',
  title: 'Claude Code',
  keys: KEYS,
  command: ['claude'],
  templates: false,
  models: { provider: 'anthropic', aliases: ['opus', 'sonnet', 'haiku', 'opusplan', 'default'] },
  metered: true,
  hears: 'interrupt',
  needs: {
    hosts: ['api.anthropic.com', 'console.anthropic.com', 'platform.claude.com'],
    folders: [
      { variable: 'CLAUDE_CONFIG_DIR', fallback: '.claude', below: '', login: ['.credentials.json'], sessions: ['projects/*/{id}.jsonl'] },
    ],
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  doctor: claudeDoctor,
  prepare,
  parser: claudeParser,
});

/** Allowed without asking where the agent lists nothing: read, edit, look at git, commit. Nothing that reaches out. */
const CODER_TOOLS = [
  'Read',
  'Glob',
  'Grep',
  'Edit',
  'MultiEdit',
  'Write',
  'NotebookEdit',
  'TodoWrite',
  'Bash(git status:*)',
  'Bash(git diff:*)',
  'Bash(git log:*)',
  'Bash(git show:*)',
  'Bash(git add:*)',
  'Bash(git rm:*)',
  'Bash(git mv:*)',
  'Bash(git commit:*)',
  'Bash(ls:*)',
] as const;
/** A reviewer reads: without `acceptEdits` and without these tools, whatever would need a question is refused. */
const WRITING = /^(?:Edit|MultiEdit|Write|NotebookEdit|Bash\(git (?:add|rm|mv|commit):\*\))$/;
const QA_TOOLS = CODER_TOOLS.filter((tool) => !WRITING.test(tool));

/** Musher's own tools, which use a token that is only valid for the run's own item. */
const OWN_TOOLS = 'mcp__musher';
/** By this Claude Code asks about what is not allowed. */
const PERMISSION_TOOL = 'mcp__musher__approve';

const MCP_FILE = 'mcp.json';

/** Reading in a folder outside of the worktree. A path that its rules would read as something else gets none: then it asks. */
function readingRule(folder: string | null): readonly string[] {
  return folder !== null && /^[\w/.@+-]+$/.test(folder) ? [`Read(/${folder}/**)`] : [];
}

/** The prompt goes in on standard input and the system prompt in a file: text from people is never an argument. */
function prepare(launch: Launch<z.output<z.ZodObject<typeof KEYS>>>): Command {
  const { access, limits, options, role } = launch;
  const [file = 'claude', ...own] = launch.command;
  const { allowed_tools: allowed = [] } = options;
  const fallback: readonly string[] = role === 'qa' ? QA_TOOLS : CODER_TOOLS;
  const option = (name: string, values: readonly string[]): readonly string[] => (own.includes(name) ? [] : [name, ...values]);
  return {
    file,
    args: [
      ...own,
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      // The only messages that report output tokens during the run, and they keep a long answer from counting as silence.
      '--include-partial-messages',
      // Always said: since August 2026 its own default is a mode in which a model decides what is allowed.
      ...option('--permission-mode', [role === 'qa' ? 'default' : 'acceptEdits']),
      // Settings and servers from the worktree could widen the agent's rights: an item's branch is not trusted.
      ...option('--setting-sources', ['user']),
      ...option('--strict-mcp-config', []),
      ...(access === null ? [] : ['--mcp-config', join(launch.runDir, MCP_FILE)]),
      ...(access === null || options.permission === 'deny' ? [] : option('--permission-prompt-tool', [PERMISSION_TOOL])),
      // Its own question would be put to nobody; Musher has a tool for that.
      ...option('--disallowedTools', ['AskUserQuestion']),
      ...(launch.model === null ? [] : ['--model', launch.model]),
      ...(launch.effort === null ? [] : ['--effort', launch.effort]),
      ...(limits.turns === null ? [] : ['--max-turns', String(limits.turns)]),
      // A second guard beside ours. It counts in what a resumed session had spent before.
      ...(limits.microUsd === null ? [] : ['--max-budget-usd', String(dollarsOf(limits.microUsd + launch.resumedMicroUsd))]),
      ...(launch.resumeSession === null ? [] : ['--resume', launch.resumeSession]),
      ...(launch.systemPromptFile === null ? [] : ['--append-system-prompt-file', launch.systemPromptFile]),
      // Takes all values that follow, so it comes last.
      ...option('--allowedTools', [
        ...(allowed.length > 0 ? allowed : fallback),
        ...readingRule(launch.filesDir),
        ...(access === null ? [] : [OWN_TOOLS]),
      ]),
    ],
    // An update in the middle of a run is nobody's wish.
    env: { DISABLE_AUTOUPDATER: '1' },
    inherit: ['CLAUDE_CONFIG_DIR'],
    stdin: launch.prompt,
    files: access === null ? [] : [{ name: MCP_FILE, text: mcpServers(access) }],
  };
}
