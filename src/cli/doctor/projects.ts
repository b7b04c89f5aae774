import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../agents/environment.ts';
import { systemClock } from '../../clock.ts';
import type { ComponentSettings, ProjectSettings } from '../../config/settings.ts';
import { MusherError } from '../../errors.ts';
import { openProjectGit } from '../../git/open-project.ts';
import { CATCH_UP } from '../../words/item/causes.ts';
import type { GitStatus } from '../../git/overview.ts';
import type { NotRun } from '../../git/traits/not-run.ts';
import { failure, findProgram, good, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { removeFolder } from '../../remove-folder.ts';

/** Repository, base branch and the owner's checkout of each project. */
export const repositories: Check = async ({ settings }) => {
  const findings = await Promise.all((settings?.projects ?? []).map(repository));
  return findings.flat();
};

async function repository(project: ProjectSettings): Promise<Finding[]> {
  const subject = `project ${project.name}`;
  // The same code opens it at a start; here in a separate directory, so that the real one stays as it is.
  const scratch = await mkdtemp(join(tmpdir(), 'musher-doctor-'));
  try {
    const git = await openProjectGit({
      origin: { mark: () => '0123abcd', old: () => null },
      project: project.name,
      repository: project.path,
      baseBranch: project.baseBranch,
      dataDir: scratch,
      clock: systemClock(),
    });
    const status = await git.status();
    const found = good(subject, `${project.path}, base branch ${status.base} at ${status.head.slice(0, 8)}`);
    return [found, ...checkout(subject, status), ...notRun(subject, await git.notRun())];
  } catch (error) {
    if (!(error instanceof MusherError)) throw error;
    return [failure(subject, error.message, error.hint)];
  } finally {
    await removeFolder(scratch);
  }
}

/** What Musher leaves to the owner's git, because an agent could have planted the program. */
function notRun(subject: string, { filters, mergeDrivers, replaced }: NotRun): Finding[] {
  const findings: Finding[] = [];
  if (filters.length > 0) {
    const what = `Musher doesn’t run the filter ${filters.join(', ')}, so worktrees contain those files as git stores them`;
    const hint =
      'Fetch their content in the setup of a [[component]], such as `git lfs pull`, and let agents commit such files themselves.';
    findings.push(warning(subject, what, hint));
  }
  if (mergeDrivers.length > 0) {
    const what = `the merge driver ${mergeDrivers.join(', ')} is not run: a file that both sides changed is a conflict`;
    findings.push(warning(subject, what, 'Configure a merge agent (`stage = "merge"`), or resolve such conflicts yourself.'));
  }
  if (replaced) {
    const hint = 'Nothing to do if the files of the base branch are the same without them: `git --no-replace-objects status`.';
    findings.push(warning(subject, 'it has replace refs or grafts, and Musher ignores them', hint));
  }
  return findings;
}

function checkout(subject: string, { checkout: found, base }: GitStatus): Finding[] {
  if (found === null || found.branch !== base) return [];
  if (found.clean === false) {
    const what = `your checkout of ${base} has changes, so merges do not update your files`;
    return [warning(subject, what, 'Commit or stash them; then each merge updates your files.')];
  }
  if (found.behindBase) return [warning(subject, `your checkout is behind ${base}`, `Run \`${CATCH_UP}\` there; it keeps your changes.`)];
  return [];
}

/** Words that the shell itself knows, and what is no program's name at all. */
const SHELL_WORDS = new Set(
  '! . : [ ( { alias break case cd command continue echo eval exec exit export false for if printf pwd read return set shift test time times trap true type ulimit umask unset until wait while'.split(
    ' ',
  ),
);

/** The first word of each gate, set-up and tear-down command is a program that can be found. */
export const gates: Check = ({ settings, env }) => {
  const path = childEnvironment(env, {})['PATH'] ?? '';
  return (settings?.projects ?? []).flatMap((project) => projectCommands(project, path));
};

function projectCommands({ name, path: folder, file, gates: all, components }: ProjectSettings, path: string): Finding[] {
  const missing = warning(`project ${name}`, 'no gate, so all committed work passes', `Add a [[gate]] to ${file}`);
  const own = all.map((gate) => shellCommand(`gate ${name}/${gate.name}`, gate.command, folder, path));
  const parts = components.flatMap((part) => componentCommands(`component ${name}/${part.name}`, part, folder, path));
  return (all.length === 0 ? [missing] : own).concat(parts);
}

function componentCommands(subject: string, { setup, teardown, path: inside }: ComponentSettings, folder: string, path: string): Finding[] {
  return setup.concat(teardown).map((command) => shellCommand(subject, command, join(folder, inside), path));
}

function shellCommand(subject: string, command: string, folder: string, path: string): Finding {
  const word = command.split(/\s+/).find((part) => part !== '' && !/^\w+=/.test(part)) ?? '';
  const program = /^[^;&|<>$`(){}"'\\]+/.exec(word)?.[0] ?? '';
  if (program === '' || program !== word.replace(/;$/, '') || SHELL_WORDS.has(program)) return good(subject, `${command} (by the shell)`);
  if (findProgram(program, folder, path) !== null) return good(subject, command);
  if (program.includes('/')) {
    return warning(subject, `${program} is not in your checkout`, 'Commit it, or create it in the setup of a [[component]].');
  }
  return failure(subject, `${program} is not on the PATH`, `Install ${program}, or change the command: ${command}`);
}
