import { existsSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { homeFolder } from '../config/home.ts';
import { PROJECT_FILE } from '../config/load.ts';
import { NAME_PATTERN } from '../config/sections/fields.ts';
import { MusherError } from '../errors.ts';
import { findRepository } from '../git/repository.ts';
import { proposeBaseBranch } from './init/base-branch.ts';
import { detectTests } from './init/detect-tests.ts';
import { botToml, projectToml } from './init/files.ts';
import type { Findings } from './init/files.ts';
import { printLine, shellWord } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import type { Run } from './subcommand.ts';

/** `musher init DIR`: writes both configuration files into a repository, or nothing at all. */
export const run: Run = async ({ positionals }, terminal) => {
  const named = resolve(terminal.cwd, positionals[0] ?? '.');
  const folder = await checkoutAt(named);
  const files = { bot: join(folder, 'bot.toml'), project: join(folder, PROJECT_FILE) };
  for (const file of Object.values(files)) {
    if (!existsSync(file)) continue;
    throw new MusherError('INIT_REFUSED', `${file} already exists; nothing was written.`, 'Edit it, or move it and run init again.');
  }
  const baseBranch = await proposeBaseBranch(folder);
  if (baseBranch === null) {
    const hint = `Make a first commit: git -C ${shellWord(folder)} add -A && git -C ${shellWord(folder)} commit -m "First commit"`;
    throw new MusherError('REPOSITORY_UNUSABLE', `${folder} has no commits yet, and agents need one to start from.`, hint);
  }
  const project = projectName(folder);
  const findings: Findings = { project, baseBranch, dataDir: dataDirFor(project, folder, terminal), tests: detectTests(folder) };
  writeBoth([files.bot, botToml(findings)], [files.project, projectToml(findings)]);
  report(findings, files, terminal);
  return 0;
};

/** The repository's root at `named`, as its real path. Throws REPOSITORY_UNUSABLE if there is none. */
async function checkoutAt(named: string): Promise<string> {
  const unusable = (message: string, hint: string) => new MusherError('REPOSITORY_UNUSABLE', message, hint);
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw unusable(`There is no directory ${named}.`, 'Choose the root of your git repository.');
  }
  const folder = realpathSync(named);
  const repository = await findRepository(folder);
  // A bare repository with linked working trees has no main one: each of them is a root.
  const checkout = repository.checkout ?? repository.workingTree;
  if (checkout === null) {
    throw unusable(
      `${folder} is a bare repository and has no files.`,
      'Write bot.toml elsewhere, with this path and a `file` in its [[project]].',
    );
  }
  if (checkout !== folder) throw unusable(`${folder} is not the root of its repository.`, `Use the root: ${checkout}`);
  return folder;
}

/** A valid project name out of the folder's. */
function projectName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 40);
  return NAME_PATTERN.test(name) ? name : 'project';
}

/** A data directory that no other Musher has and that is outside of the repository. */
function dataDirFor(project: string, folder: string, { env }: Terminal): string {
  const home = homeFolder(env);
  const isHomeInside = existsSync(home) && !relative(folder, realpathSync(home)).startsWith('..');
  const [written, real] = isHomeInside
    ? [`../.musher-${project}`, join(dirname(folder), `.musher-${project}`)]
    : [`~/.local/state/musher/${project}`, join(home, '.local/state/musher', project)];
  let suffix = '';
  for (let count = 2; existsSync(real + suffix); count++) suffix = `-${count}`;
  return written + suffix;
}

/** Writes both files or none. Never replaces an existing file, not even one that appeared a moment ago. */
function writeBoth(...files: readonly (readonly [file: string, text: string])[]): void {
  const written: string[] = [];
  try {
    for (const [file, text] of files) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      written.push(file);
    }
  } catch (cause) {
    for (const file of written) rmSync(file, { force: true });
    const message = `The files could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new MusherError('INIT_REFUSED', message, 'Make the directory writable and run init again.', { cause });
  }
}

function report({ baseBranch, tests, dataDir }: Findings, files: { bot: string; project: string }, terminal: Terminal): void {
  const [best, ...others] = tests;
  const config = shellWord(files.bot);
  const lines = [
    `Wrote ${files.bot}`,
    `Wrote ${files.project}`,
    '',
    `Base branch: ${baseBranch}`,
    best === undefined
      ? 'Test command: none found. Add a [[gate]] to project.toml, or all committed work passes.'
      : `Test command: ${best.command} (from ${best.because})${others.length === 0 ? '' : `; also found: ${others.map(({ command }) => command).join(', ')}`}`,
    ...(best === undefined || best.setup.length === 0 ? [] : [`Setup command: ${best.setup.join(', ')}`]),
    `Data: ${dataDir}`,
    '',
    'Commit .musher/project.toml: it belongs to the project. Keep bot.toml out of commits (add it to .git/info/exclude):',
    'it is about this machine. Neither file contains a secret.',
    '',
    'Next:',
    `  ${terminal.calledAs} doctor --config ${config}`,
    `  ${terminal.calledAs} run --config ${config}`,
  ];
  for (const line of lines) printLine(terminal, line);
}
