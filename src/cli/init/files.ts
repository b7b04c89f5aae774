import type { TestCommand } from './detect-tests.ts';

/** What `init` found out about a repository. */
export interface Findings {
  readonly project: string;
  readonly dataDir: string;
  readonly baseBranch: string;
  /** The likeliest first; may be empty. */
  readonly tests: readonly TestCommand[];
}

/** A text as TOML writes it; JSON's escapes are TOML's. */
const quoted = (text: string): string => JSON.stringify(text);

/** The `bot.toml` that `init` writes: short, with the keys that a beginner changes first. */
export function botToml({ project, dataDir }: Findings): string {
  return `# Musher: what runs on this machine, and who may steer it.
# bot.toml.example in Musher's package lists every key.

# How people call the bot in a room.
name = "musher"

# The log, worktrees and run logs: outside of every repository.
data_dir = ${quoted(dataDir)}

# Times are shown and days counted in it. Default: the system's.
# timezone = "Europe/Berlin"

# A repository that Musher drives; further ones get a [[project]] of their own.
[[project]]
name = ${quoted(project)}
path = "."

# Who may do what, by sender ids; whoever is not listed may do nothing.
# "console:local" is whoever starts Musher in a terminal.
[roles]
admin = ["console:local"]
operator = []
viewer = []
`;
}

/** The `.musher/project.toml` that `init` writes: detected gates, one coder that works, and the rest as comments. */
export function projectToml({ baseBranch, tests }: Findings): string {
  return `# Musher: how this repository is worked on, verified and merged.
# project.toml.example in Musher's package lists every key.

# Work starts from this branch and is merged into it.
base_branch = ${quoted(baseBranch)}

# Who decides in qa: the gates alone ("server"), an agent ("agent") or a person ("human").
qa = "server"

# Start queued items by themselves when the last one they depend on is done.
auto_start = true

# Coder runs at the same time; attempts after the first, per stage, before an item is blocked.
max_coders = 2
max_retries = 3

${gateSection(tests)}
${componentSection(tests[0])}
# Who writes the code. \`claude\` is Claude Code, which must be installed and signed in.
[[agent]]
name = "coder-1"
stage = "current"
runtime = "claude"
# model = "opus"
# Keep keys out of this file: values may be env:NAME or file:PATH.
# env = { ANTHROPIC_API_KEY = "env:ANTHROPIC_API_KEY" }

# One run is stopped at the first of these lines.
[agent.limits]
turns = 150
tokens = 20_000_000
cost_usd = 10
wall_clock = "30m"
silence = "10m"

# With qa = "agent": who judges the work.
# [[agent]]
# name = "qa"
# stage = "qa"
# runtime = "claude"

# Who resolves conflicts when work cannot be merged as it is.
# [[agent]]
# name = "mergemaster"
# stage = "merge"
# runtime = "claude"

# Any program can be an agent; what it gets and prints is in docs/runtimes.md.
# [[agent]]
# name = "own"
# stage = "current"
# runtime = "command"
# command = ["python3", "tools/agent.py", "{{item}}"]
# commit = "musher"
`;
}

function gateSection([best, ...others]: readonly TestCommand[]): string {
  const lines = [
    '# What Musher itself runs on the work, and again on the merged tree; exit code 0 is a pass.',
    ...(best === undefined ? ['# No test command was found: without a gate, all committed work passes.'] : [`# Found in ${best.because}.`]),
    ...gate(best?.command ?? './run-tests', best === undefined ? '# ' : ''),
    ...others.flatMap((other) => ['', `# Also found, in ${other.because}:`, ...gate(other.command, '# ', other.because)]),
  ];
  return `${lines.join('\n')}\n`;
}

function gate(command: string, mark: string, because?: string): string[] {
  const name = because === undefined ? 'test' : `test-${gateSuffix(because)}`;
  return [`${mark}[[gate]]`, `${mark}name = "${name}"`, `${mark}command = ${quoted(command)}`, `${mark}timeout = "10m"`];
}

/** A file's name as part of a gate's name. */
function gateSuffix(file: string): string {
  return file
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function componentSection(best: TestCommand | undefined): string {
  const setup = best?.setup ?? [];
  const mark = setup.length > 0 ? '' : '# ';
  const lines = [
    '# What a fresh worktree needs before work starts in it.',
    `${mark}[[component]]`,
    `${mark}name = "app"`,
    `${mark}path = "."`,
    `${mark}setup = [${(setup.length > 0 ? setup : ['./prepare']).map(quoted).join(', ')}]`,
    `${mark}timeout = "10m"`,
  ];
  return `${lines.join('\n')}\n`;
}
