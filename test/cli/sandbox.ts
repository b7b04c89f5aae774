import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { answerHere, type Answered } from '../setup/here.ts';
import { LAUNCHER } from '../setup/programs.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** An empty directory with a `home` in it, removed when the test is over. */
export function sandbox(): { folder: string; home: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'musher-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  mkdirSync(home);
  return { folder, home };
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A repository with one commit of the given files, on the branch `trunk`. */
export async function repository(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  mkdirSync(folder, { recursive: true });
  write(folder, { 'README.md': '# Shop\n', ...files });
  const git = (...args: string[]) => execa('git', ['-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', ...args], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=trunk');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'First');
  return folder;
}

/** Runs Musher as a person would, in `cwd`; never rejects. */
export async function musher(cwd: string, home: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env;
  return execa(process.execPath, [LAUNCHER, ...words], {
    cwd,
    env: { PATH, HOME: home, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

/** The same in this process, for subcommands that look and print. */
export async function musherHere(
  cwd: string,
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return answerHere(words, cwd, { PATH: process.env['PATH'], HOME: home, ...env });
}
