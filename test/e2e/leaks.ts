import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { folderName } from '../../src/git/names.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Bench } from './harness.ts';

/** What a Musher that has ended left behind although nobody needs it: one line for each. */
export function leaks(bench: Bench, projects: readonly string[]): string[] {
  const items = bench.items();
  return [
    ...processes(bench).map(({ pid, what }) => `process ${pid}: ${what}`),
    ...projects.flatMap((project) => worktrees(bench, project, items)),
    ...items.flatMap(({ project, number }) =>
      bench
        .runs(number, project)
        .filter((run) => run.state !== 'ended')
        .map((run) => `run ${run.run} of ${project}#${number} is ${run.state} in the log`),
    ),
    ...bench.problems().map((line) => `in the log file: ${line}`),
  ];
}

/** Processes that carry a marker of this data directory, or stand in one of the bench's folders. */
export function processes(bench: Bench): { pid: number; what: string }[] {
  const found: { pid: number; what: string }[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const marked = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`MUSHER_RUN=${bench.installation}-`);
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      const what = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(-120);
      if (marked || cwd === bench.dir || cwd.startsWith(`${bench.dir}/`)) found.push({ pid: Number(pid), what });
    } catch {
      // Ended meanwhile, or another user's.
    }
  }
  return found;
}

/** Ends what a failed test left, so that the next one starts on a quiet machine. */
export function endProcesses(bench: Bench): void {
  for (const { pid } of processes(bench)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Worktrees and branches of items that are over. */
export function worktrees(bench: Bench, project: string, items: readonly WorkItem[]): string[] {
  const over = (number: string): boolean => {
    const item = items.find((one) => one.project === project && one.number === Number(number));
    if (item === undefined || item.deletedAt !== null || item.stage.name === 'done') return true;
    return item.stage.name === 'archived' && ['completed', 'abandoned', 'superseded'].includes(item.stage.reason.kind);
  };
  const repo = join(bench.dir, project);
  const folder = join(bench.data, 'worktrees', folderName(project));
  const folders = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => /^\d+$/.test(name) && over(name));
  const branches = bench.git(['for-each-ref', '--format=%(refname:short)', 'refs/heads/musher/'], repo).split('\n');
  const known = bench.git(['worktree', 'list', '--porcelain'], repo);
  return [
    ...folders.map((name) => `the worktree of ${project}#${name}`),
    ...branches.filter((name) => name !== '' && over(/^musher\/(\d+)-/.exec(name)?.[1] ?? '')).map((name) => `the branch ${name}`),
    ...[...known.matchAll(/^prunable .*$/gm)].map(([line]) => `a worktree in git's list: ${line}`),
  ];
}
