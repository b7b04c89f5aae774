import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A repository with one commit and one agent, below the folder; gives its path. */
export function makeProject(folder: string): string {
  const path = join(folder, 'shop');
  mkdirSync(join(path, '.musher'), { recursive: true });
  const agent = '[[agent]]\nname = "coder"\nstage = "current"\nruntime = "command"\ncommand = ["true"]\n';
  writeFileSync(join(path, '.musher/project.toml'), agent);
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: path, stdio: 'pipe' });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  return path;
}
