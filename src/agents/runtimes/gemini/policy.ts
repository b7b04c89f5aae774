import type { Role } from '../../../pipeline/role.ts';

const READING = ['read_file', 'read_many_files', 'list_directory', 'glob', 'grep_search', 'write_todos', 'update_topic', 'complete_task'];
const LOOKING = ['git status', 'git diff', 'git log', 'git show', 'ls', 'pwd'].map((command) => `run_shell_command(${command})`);
const WRITING = [
  'replace',
  'write_file',
  ...['git add', 'git rm', 'git mv', 'git commit'].map((command) => `run_shell_command(${command})`),
];

interface Rule {
  readonly toolName: string;
  readonly mcpName?: string;
  readonly commandPrefix?: string;
  readonly decision: 'allow' | 'deny';
  /** 0 to 999; the highest that fits counts. */
  readonly priority: number;
}

/**
 * A policy of the highest tier, in TOML: what is listed is allowed, everything else denied. `allowed`: a tool's name, or
 * `run_shell_command(npm test)` for commands that begin so; without a list what the role needs, and nothing that reaches out.
 */
export function policy(role: Role, allowed: readonly string[]): string {
  const usual = [...READING, ...LOOKING, ...(role === 'qa' ? [] : WRITING)];
  const rules: Rule[] = [
    { toolName: '*', mcpName: 'musher', decision: 'allow', priority: 900 },
    ...(allowed.length > 0 ? allowed : usual).map((entry) => allow(entry)),
    { toolName: '*', decision: 'deny', priority: 1 },
  ];
  return rules.map(toml).join('\n');
}

function allow(entry: string): Rule {
  const [, toolName = entry, commandPrefix = null] = /^([^()]+)\((.*)\)$/s.exec(entry) ?? [];
  return { toolName, ...(commandPrefix === null ? {} : { commandPrefix }), decision: 'allow', priority: 500 };
}

/** JSON's texts are TOML's. */
function toml(rule: Rule): string {
  return `[[rule]]\n${Object.entries(rule)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('')}`;
}
