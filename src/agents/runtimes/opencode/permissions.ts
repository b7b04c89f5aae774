import type { Role } from '../../../pipeline/role.ts';

type Rule = 'allow' | 'deny';
type Rules = Record<string, Rule | Record<string, Rule>>;

/** Allowed where the agent lists nothing: read, look at git. */
const READING = ['read', 'glob', 'grep', 'list', 'lsp', 'todowrite', 'todoread', 'bash(ls*)', 'bash(pwd)'];
const GIT_READING = ['status', 'diff', 'log', 'show'].map((command) => `bash(git ${command}*)`);
/** And for whoever writes: edit and commit. Nothing that reaches out. */
const WRITING = ['edit', ...['add', 'rm', 'mv', 'commit'].map((command) => `bash(git ${command}*)`)];

/**
 * opencode's rules for a run: `read`, `edit` (which writing is part of), `bash(git add*)`. The last rule that fits counts, so
 * what is not listed is denied first. Denied, and not asked: nobody could answer, and a question ends the run.
 */
export function permissions(role: Role, allowed: readonly string[], filesDir: string | null = null): Rules {
  const usual = [...READING, ...GIT_READING, ...(role === 'qa' ? [] : WRITING)];
  const rules: Rules = {
    '*': 'deny',
    'musher*': 'allow',
    ...(filesDir === null ? {} : { external_directory: { '*': 'deny', [`${filesDir}/*`]: 'allow' } }),
  };
  for (const entry of allowed.length > 0 ? allowed : usual) {
    const [, tool = entry, pattern = null] = /^([^()]+)\((.*)\)$/s.exec(entry) ?? [];
    const before = rules[tool];
    if (pattern === null) rules[tool] = 'allow';
    else if (before !== 'allow') rules[tool] = { '*': 'deny', ...(typeof before === 'object' ? before : {}), [pattern]: 'allow' };
  }
  return rules;
}
