import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeOwner, type Owner, write } from '../git/owner.ts';

/** A repository to try Musher on, and others that it takes parts from. */
export interface Ground {
  readonly owner: Owner;
  /** Repositories that count as being elsewhere, as on a server: what they hold is not lost when a clone goes. */
  readonly upstreams: readonly string[];
}

/** How git names what it ignores in these repositories: such files may go with their worktree. */
export const IGNORED = ['*.ign', 'ignored/'];

/**
 * The kinds of repositories that are played on. A new one is an entry: it makes the owner's repository, on `main`, with
 * `.gitignore` as `plain` has it, by plain git as its owner would.
 */
export const REPOSITORIES = {
  plain: () => ground(),

  'a submodule': () => {
    const made = ground();
    const lib = upstream(made.owner, 'lib');
    made.owner.git([...LOCAL, 'submodule', 'add', '-q', lib, 'lib']);
    made.owner.git(['commit', '-q', '-m', 'lib']);
    return { ...made, upstreams: [lib] };
  },

  'a submodule in a submodule': () => {
    const made = ground();
    const deep = upstream(made.owner, 'deep');
    const lib = upstream(made.owner, 'lib');
    made.owner.git([...LOCAL, 'submodule', 'add', '-q', deep, 'deep'], lib);
    made.owner.git(['commit', '-q', '-m', 'deep'], lib);
    made.owner.git([...LOCAL, 'submodule', 'add', '-q', lib, 'lib']);
    made.owner.git(['commit', '-q', '-m', 'lib']);
    return { ...made, upstreams: [deep, lib] };
  },

  'a gitlink of which nobody knows the repository': () => {
    const made = ground();
    made.owner.git(['update-index', '--add', '--cacheinfo', `160000,${'5'.repeat(40)},lost`]);
    made.owner.git(['commit', '-q', '-m', 'a gitlink']);
    return made;
  },

  'links, modes and odd names': () => {
    const made = ground();
    const { repository } = made.owner;
    write(repository, {
      'dir/with "quotes".txt': 'quotes\n',
      'new\nline.txt': 'line\n',
      'Case.txt': 'upper\n',
      'case.txt': 'lower\n',
      '-dash': 'dash\n',
      ':(glob)x': 'pathspec\n',
    });
    writeFileSync(Buffer.concat([Buffer.from(`${repository}/latin-`), Buffer.from([0xe9])]), 'not UTF-8\n');
    symlinkSync('nowhere', join(repository, 'dangling'));
    symlinkSync('/tmp', join(repository, 'outside'));
    symlinkSync('dir', join(repository, 'inside'));
    made.owner.git(['add', '-A']);
    made.owner.git(['commit', '-q', '-m', 'odd names']);
    return made;
  },

  'files with a filter': () => {
    const made = ground();
    const { owner } = made;
    // What the filter makes of the files is in a file of its own, as the store of git-lfs has it: it counts as no loss.
    const shown = { 'store/x': 'big content\n', 'store/y': 'other content\n' };
    const files = { '.gitattributes': '*.big filter=up\n', 'x.big': 'BIG CONTENT\n', 'src/y.big': 'OTHER CONTENT\n' };
    owner.commit({ ...files, ...shown }, 'files that lie in the repository as a filter left them');
    owner.git(['config', '--global', 'filter.up.clean', 'tr a-z A-Z']);
    owner.git(['config', '--global', 'filter.up.smudge', 'tr A-Z a-z']);
    owner.git(['config', '--global', 'filter.up.required', 'true']);
    return made;
  },

  'line ends that were never normalised, and merges by union': () => {
    const made = ground();
    const { owner } = made;
    owner.commit({ 'dos.bat': 'one\r\ntwo\r\n', 'src/dos.bat': 'three\r\n' }, 'line ends of another system');
    write(owner.repository, { '.gitattributes': '*.bat text\nshop.txt merge=union\n*.md merge=union\n' });
    owner.git(['add', '.gitattributes']);
    owner.git(['commit', '-q', '-m', 'attributes']);
    return made;
  },

  'shared with a group, with an untracked cache and an index that shortens names': () => {
    const made = ground();
    for (const [key, value] of [
      ['core.sharedRepository', '0660'],
      ['core.untrackedCache', 'true'],
      ['index.version', '4'],
    ] as const)
      made.owner.git(['config', key, value]);
    return made;
  },

  'a split index': () => {
    const made = ground();
    made.owner.git(['config', 'core.splitIndex', 'true']);
    return made;
  },
} as const satisfies Readonly<Record<string, () => Ground>>;

export type RepositoryKind = keyof typeof REPOSITORIES;

/** Clones from other folders of this machine, which git refuses for submodules otherwise. */
export const LOCAL = ['-c', 'protocol.file.allow=always'] as const;

/** A repository with some files, and a configuration that lets agents clone from it. */
export function ground(): Ground {
  const owner = makeOwner({
    files: {
      'shop.txt': 'one\ntwo\nthree\n',
      'src/cart.txt': 'cart\n',
      'src/deep/pay.txt': 'pay\n',
      '.gitignore': `${IGNORED.join('\n')}\n`,
    },
  });
  execFileSync('git', ['config', '--global', 'protocol.file.allow', 'always'], {
    env: { ...process.env, HOME: join(owner.root, 'home'), GIT_CONFIG_NOSYSTEM: '1' },
  });
  return { owner, upstreams: [] };
}

/** A repository of somebody else with two commits, beside the owner's. */
function upstream(owner: Owner, name: string): string {
  const path = join(owner.root, 'upstream', name);
  mkdirSync(dirname(path), { recursive: true });
  owner.git(['init', '-q', '-b', 'main', path]);
  for (const version of ['one', 'two']) owner.commit({ [`${name}.txt`]: `${name} ${version}\n` }, `${name} ${version}`, path);
  return path;
}
