import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The worktree that the agent stands in: files, git, and the project's tests. */
export interface Workshop {
  read(path: string): string;
  write(path: string, text: string): void;
  /** Adds a line at the end, unless it is there already. */
  addLine(path: string, line: string): void;
  /** Adds a line right behind another one, unless it is there already. */
  insertAfter(path: string, anchor: string, line: string): void;
  git(...args: readonly string[]): string;
  /** Commits everything; false where there was nothing to commit. */
  commit(message: string): boolean;
  /** Runs `node --test`; the last lines of its output where it failed, else null. */
  failingTests(): string | null;
}

const IDENTITY = ['-c', 'user.name=Demo Agent', '-c', 'user.email=demo-agent@localhost', '-c', 'commit.gpgsign=false'] as const;

export function openWorkshop(root: string): Workshop {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return {
    read,
    write,
    git,
    addLine(path, line) {
      const lines = read(path).trimEnd().split('\n');
      if (!lines.includes(line)) write(path, `${[...lines, line].join('\n')}\n`);
    },
    insertAfter(path, anchor, line) {
      const lines = read(path).split('\n');
      if (lines.includes(line)) return;
      const at = lines.indexOf(anchor);
      if (at < 0) throw new Error(`${path} has no line ${JSON.stringify(anchor)}`);
      write(path, [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)].join('\n'));
    },
    commit(message) {
      git('add', '-A');
      const merging = spawnSync('git', ['rev-parse', '-q', '--verify', 'MERGE_HEAD'], { cwd: root }).status === 0;
      if (!merging && git('status', '--porcelain') === '') return false;
      git(...IDENTITY, 'commit', '-q', '-m', message);
      return true;
    },
    failingTests() {
      // A test run inside another one reports in a format of its own: this variable would tell it so.
      const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const run = spawnSync(process.execPath, ['--test'], { cwd: root, encoding: 'utf8', env });
      return run.status === 0 ? null : run.stdout.split('\n').slice(-20).join('\n');
    },
  };
}
