import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../e2e/harness.ts';

/** The base branch holds one commit for each merge and nothing else, in a line; the repository is whole and nothing in it is locked. */
export function repositoryViolations(bench: Bench, project: string, ownCommits: readonly string[]): string[] {
  const repo = join(bench.dir, project);
  const found: string[] = [];
  const line = bench
    .git(['log', '--format=%H%x09%P%x09%s%x09%(trailers:key=Musher-Item,valueonly,separator=%x2C)', 'main'], repo)
    .split('\n')
    .map((row) => row.split('\t'));
  const merges = new Map(line.filter(([, , , item = '']) => item !== '').map(([commit = '', , , item]) => [commit, Number(item)]));
  for (const [commit, parents = '', subject = '', item = ''] of line) {
    if (parents.includes(' ')) found.push(`${commit} on main has two parents`);
    if (item === '' && !ownCommits.includes(subject)) found.push(`a commit on main that nobody meant: ${subject}`);
  }
  for (const own of ownCommits) {
    const times = line.filter(([, , subject]) => subject === own).length;
    if (times !== 1) found.push(`"${own}" stands ${times} times on main`);
  }
  const recorded = bench
    .items()
    .filter((item) => item.project === project)
    .flatMap(({ number }) =>
      bench
        .only('item.moved', number, project)
        .flatMap(({ payload: { to } }) => (to.name === 'done' ? [[to.mergeCommit, number] as const] : [])),
    );
  for (const [commit, number] of recorded)
    if (!line.some(([one]) => one === commit)) found.push(`the merge ${commit} of item ${number} is not on main`);
  for (const [commit, number] of merges) {
    const times = recorded.filter(([one]) => one === commit).length;
    if (times !== 1) found.push(`the commit ${commit} of item ${number} on main was recorded ${times} times`);
  }
  const dirty = bench.git(['status', '--porcelain'], repo);
  if (dirty !== '') found.push(`the owner's checkout is not clean:\n${dirty}`);
  const checked = bench.git(['fsck', '--connectivity-only', '--no-dangling'], repo);
  if (checked !== '') found.push(`git fsck: ${checked}`);
  found.push(...[join(repo, '.git'), join(bench.data, 'git')].flatMap(locksBelow).map((file) => `a lock was left: ${file}`));
  return found;
}

function locksBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.lock'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
