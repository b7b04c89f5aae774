import { OWNER } from '../../../transports/index.ts';
import { SUGGESTED } from '../../agents/runtimes/index.ts';
import { tomlValue } from '../../config/read/example.ts';
import { keyExample } from '../../config/sections/agents.ts';
import type { TestCommand } from './detect-tests.ts';

/** What `init` learned about a repository. */
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
  return `# Musher on this machine: its projects, and who may do what.
# bot.toml.example in Musher's package lists all keys.

# What people call the bot in a room.
name = "musher"

# Where the log, worktrees and run logs are kept; outside of every repository.
data_dir = ${quoted(dataDir)}

# Time zone for times and daily budgets. Default: the system's.
# timezone = "Europe/Berlin"

# A repository that Musher works on. Add a [[project]] for each further one.
[[project]]
name = ${quoted(project)}
path = "."

# Roles by sender id. Anyone not listed has no role.
# ${quoted(OWNER)} is whoever starts Musher in a terminal.
[roles]
admin = [${quoted(OWNER)}]
operator = []
viewer = []
`;
}

/** The `.musher/project.toml` that `init` writes: detected gates, one coder that works, and the rest as comments. */
export function projectToml({ baseBranch, tests }: Findings): string {
  return `# Musher: how work on this repository is done, checked and merged.
# project.toml.example in Musher's package lists all keys.

# Work starts from this branch and is merged into it.
base_branch = ${quoted(baseBranch)}

# Who decides in qa: only the gates ("server"), an agent ("agent") or a person ("human").
qa = "server"

# Coder runs at the same time, and retries per stage before an item is blocked.
max_coders = 2
max_retries = 3

${gateSection(tests)}
${componentSection(tests[0])}
# Who writes the code. \`${SUGGESTED.name}\` is ${SUGGESTED.title}; install it and sign in first.
[[agent]]
name = "coder-1"
stage = "current"
runtime = "${SUGGESTED.name}"
# model = "opus"
# Keep keys out of this file: values may be env:NAME or file:PATH.
# env = ${tomlValue(keyExample(SUGGESTED))}

# A run is stopped when it reaches one of these limits.
[agent.limits]
turns = 150
tokens = 20_000_000
cost_usd = 10
wall_clock = "30m"
silence = "10m"

# For qa = "agent": who reviews the work.
# [[agent]]
# name = "qa"
# stage = "qa"
# runtime = "${SUGGESTED.name}"

# Who resolves merge conflicts.
# [[agent]]
# name = "mergemaster"
# stage = "merge"
# runtime = "${SUGGESTED.name}"

# Any program can be an agent; docs/runtimes.md says how.
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
    '# Musher runs this on the work, and again on the merged tree. Exit code 0 means it passed.',
    ...(best === undefined ? ['# No test command was found. Without a gate, all committed work passes.'] : [`# Found in ${best.because}.`]),
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
    '# Sets up a new worktree before work starts in it.',
    `${mark}[[component]]`,
    `${mark}name = "app"`,
    `${mark}path = "."`,
    `${mark}setup = [${(setup.length > 0 ? setup : ['./prepare']).map(quoted).join(', ')}]`,
    `${mark}timeout = "10m"`,
  ];
  return `${lines.join('\n')}\n`;
}
