import { spawn } from 'node:child_process';
import { commitSha } from '../../pipeline/values.ts';
import { MusherError } from '../../errors.ts';
import { findRepository } from '../repository.ts';
import { runGit } from '../run.ts';
import { listCheckouts } from '../worktree/linked.ts';
import { catchUpCommand, positionRef } from './owner-checkout.ts';

/** How to bring a checkout of the owner to the tip of its branch. */
export interface CatchUp {
  /** For `/bin/sh`; safe to run twice. */
  readonly command: string;
  /** Forgets where the checkout stood; after the command has succeeded. */
  readonly settle: () => Promise<void>;
}

/**
 * What brings the checkout that holds `folder` to the tip of the base branch, where a merge moved that branch without it;
 * null: no merge did. Needs neither the configuration nor a running Musher: merges note in the repository where a checkout
 * stood. Throws MusherError REPOSITORY_UNUSABLE where there is no checkout.
 */
export async function catchUpOf(folder: string): Promise<CatchUp | null> {
  const { commonDir, checkout: main, workingTree } = await findRepository(folder);
  const all = await listCheckouts(commonDir, main);
  const here = all.find(({ path }) => path === workingTree);
  if (here === undefined)
    throw new MusherError('REPOSITORY_UNUSABLE', `${folder} is not in a checkout.`, 'Change to your checkout of the repository first.');
  const ref = positionRef(here);
  const git = { cwd: here.path, env: { GIT_DIR: commonDir, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' } };
  const { stdout } = await runGit({ ...git, args: ['rev-parse', '--verify', '--quiet', ref], answers: [0, 1] });
  const position = commitSha(stdout.toString('utf8').trim());
  if (position === null || here.branch === null) return null;
  return {
    command: catchUpCommand(here.path, position, here.branch),
    settle: async () => {
      // Another merge may have noted it again meanwhile: then that note stays.
      await runGit({ ...git, args: ['update-ref', '-d', ref, position], answers: [0, 1, 128] });
    },
  };
}

/** Runs a shell command as the owner would, in their terminal. Resolves to its exit code. */
export function runShell(command: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], { env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
