import { MICRO } from '../../supervision/limits.ts';
import { claudeParser } from './parser.ts';
import type { Command, Launch, Runtime } from '../runtime.ts';

/** Claude Code, headless: `claude -p --output-format stream-json`. Checked against version 2.1.329. */
export const claudeRuntime: Runtime = { name: 'claude', prepare, parser: claudeParser };

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

/** The prompt goes in on standard input and the system prompt in a file: text from people is never an argument. */
/** Musher's own tools: a token that reaches the run's own item alone stands behind them. */
const OWN_TOOLS = 'mcp__musher';
/** By this Claude Code asks about what is not allowed. */
const PERMISSION_TOOL = 'mcp__musher__approve';

function prepare(launch: Launch): Command {
  const { agent, access } = launch;
  const [file = 'claude', ...own] = agent.command;
  const fallback: readonly string[] = agent.role === 'qa' ? QA_TOOLS : CODER_TOOLS;
  const option = (name: string, values: readonly string[]): readonly string[] => (own.includes(name) ? [] : [name, ...values]);
  return {
    file,
    args: [
      ...own,
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      // The only place where output tokens are told while the run goes on; and a long answer is no silence.
      '--include-partial-messages',
      ...(agent.role === 'qa' ? [] : option('--permission-mode', ['acceptEdits'])),
      // Settings and servers from the worktree could widen the agent's rights: an item's branch is not trusted.
      ...option('--setting-sources', ['user']),
      ...option('--strict-mcp-config', []),
      ...(access === null ? [] : ['--mcp-config', access.configFile]),
      ...(access === null || agent.permission === 'deny' ? [] : option('--permission-prompt-tool', [PERMISSION_TOOL])),
      // Its own question would be put to nobody; Musher has a tool for that.
      ...option('--disallowedTools', ['AskUserQuestion']),
      ...(agent.model === null ? [] : ['--model', agent.model]),
      ...(agent.effort === null ? [] : ['--effort', agent.effort]),
      ...(agent.limits.turns === null ? [] : ['--max-turns', String(agent.limits.turns)]),
      // A second guard beside ours. It counts in what a resumed session had spent before.
      ...(agent.limits.costUsd === null
        ? []
        : ['--max-budget-usd', String(Math.round(agent.limits.costUsd * MICRO + launch.resumedMicroUsd) / MICRO)]),
      ...(launch.resumeSession === null ? [] : ['--resume', launch.resumeSession]),
      ...(launch.systemPromptFile === null ? [] : ['--append-system-prompt-file', launch.systemPromptFile]),
      // Takes all values that follow, so it comes last.
      ...option('--allowedTools', [
        ...(agent.allowedTools.length > 0 ? agent.allowedTools : fallback),
        ...(access === null ? [] : [OWN_TOOLS]),
      ]),
    ],
    // An update in the middle of a run is nobody's wish.
    env: { DISABLE_AUTOUPDATER: '1' },
    inherit: ['CLAUDE_CONFIG_DIR'],
    stdin: launch.prompt,
  };
}
