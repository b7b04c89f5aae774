import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { CommitSha, Millis } from '../pipeline/values.ts';
import { type CommitReader, commitReader } from './objects/commit-objects.ts';
import { type LooseObject, readLoose, Remembered } from './objects/loose.ts';
import { type TreeReader, treeReader, type TreeSize } from './objects/tree-objects.ts';
import { BOUNDS } from '../bounds.ts';
import { IndexMemory } from './index-memory.ts';
import { type NewCommit, writeCommit } from './objects/write-commit.ts';
import { PackedRefs } from './packed-refs.ts';
import type { Identity, Repository } from './repository.ts';
import { share } from './traits/sharing.ts';
import type { GitAnswer, GitCall } from './run.ts';
import type { GitRunner } from './shell/runner.ts';
import { withoutPipes } from './inside/unblock.ts';
import { removeFolder } from '../remove-folder.ts';

/**
 * Musher's git never opens the owner's git directory, because an agent can write there. Instead each project has a
 * git directory of Musher's own under the data directory. It shares the owner's objects, refs and reflogs (by
 * GIT_OBJECT_DIRECTORY and by links, as contrib/workdir/git-new-workdir of git does it), and has its own:
 *
 * - config: so that no hook, fsmonitor, filter, textconv, external diff, merge driver, alias, include, promisor
 *   remote or pager that was planted in the repository's config exists for Musher's git;
 * - info/attributes, attributes and info/exclude: what the owner's said when the project was opened;
 * - hooks: none. Neither hooks of agents nor those of the owner run.
 *
 * Attributes that need no program (text, eol, ident, working-tree-encoding, binary) work from the tree as usual.
 * Attributes that name a filter are inert: with git-lfs the worktrees hold pointer files.
 */
export interface OwnDir {
  readonly path: string;
  /** The owner's git directory, whose objects and refs are shared. */
  readonly commonDir: string;
  /** Private index files, one for each worktree: nothing an agent did to its own index is believed. */
  readonly indexes: string;
  /** Runs git with everything pinned. `tree`: with working files and an index. `as`: the author of a commit. */
  run(args: readonly string[], how?: RunHow): Promise<GitAnswer>;
  /** The same, for one line of text. */
  line(args: readonly string[], how?: RunHow): Promise<string>;
  /** As `line`, for what follows from objects named in full alone: it never changes, and is asked again and again. */
  fact(args: readonly string[]): Promise<string>;
  /** A commit, read without a process; null: git has to be asked. */
  readonly commit: CommitReader;
  /** The same of a tree. */
  readonly tree: TreeReader;
  /** An object that lies in a file of its own; null: git has to be asked. */
  loose(name: string, mostBytes: number): Promise<LooseObject | null>;
  /** Writes a commit without a process; null: git has to. */
  writeCommit(commit: OwnCommit): Promise<CommitSha | null>;
  /** What was found out about the size of trees, by their names. */
  readonly treeSizes: Remembered<TreeSize>;
  readonly packedRefs: PackedRefs;
  readonly objectFormat: Repository['objectFormat'];
  readonly sharing: Repository['sharing'];
  /** Filters that the owner's git runs, and Musher's does not. */
  readonly filters: ReadonlySet<string>;
  /** Files may have other bytes than what git stores, also where the tree has no attributes. */
  readonly converts: boolean;
  readonly memory: IndexMemory;
}

/** A commit by the owner's identity, which Musher writes for them. `author`, `at`: not given, the same and now. */
export type OwnCommit = Pick<NewCommit, 'tree' | 'parents' | 'message'> & { readonly author?: Identity; readonly at?: Millis };

export interface Tree {
  /** The working files' root. */
  readonly path: string;
  readonly index: string;
}
/** A worktree of Musher's. */
export interface ItemTree extends Tree {
  /** The index of plain git in it, which agents can write. */
  readonly theirs: string;
}
export interface RunHow extends Pick<GitCall, 'input' | 'answers' | 'maxBytes'> {
  readonly tree?: Tree;
  readonly as?: Identity;
  /** Another repository than the project's: its git directory, made by Musher, and where its objects are. */
  readonly repository?: { readonly path: string; readonly objects: string };
  /** The date of a commit; not given: now. */
  readonly at?: Millis;
}

/** Makes or renews the directory. `path` must be below the data directory, which agents can't write to. */
export async function makeOwnDir(path: string, repository: Repository, clock: Clock, runGit: GitRunner): Promise<OwnDir> {
  const indexes = join(path, 'indexes');
  const { commonDir } = repository;
  await mkdir(indexes, { recursive: true, mode: 0o700 });
  await mkdir(join(path, 'info'), { recursive: true });
  await mkdir(join(path, 'logs'), { recursive: true });
  // git wants `objects` to exist in a git directory even where GIT_OBJECT_DIRECTORY names another one.
  await mkdir(join(path, 'objects'), { recursive: true });
  for (const shared of ['refs', 'packed-refs', 'shallow', 'logs/refs']) {
    await removeFolder(join(path, shared));
    await symlink(join(commonDir, shared), join(path, shared));
  }
  const logs = repository.checkout === null ? undefined : await mkdir(join(commonDir, 'logs', 'refs'), { recursive: true });
  if (logs !== undefined) await share(logs, repository.sharing);
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/musher-has-no-head\n');
  await writeFile(join(path, 'config'), configText(repository, join(path, 'attributes')));
  await writeFile(join(path, 'attributes'), repository.attributes.global);
  await writeFile(join(path, 'info', 'attributes'), repository.attributes.own);
  await writeFile(join(path, 'info', 'exclude'), repository.excludes);

  const pinned: Record<string, string> = {
    GIT_DIR: path,
    GIT_OBJECT_DIRECTORY: join(commonDir, 'objects'),
    HOME: path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // Replacement objects and grafts, which live in the shared refs, would show other history than the one that is merged.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    // File names are data: `:(glob)x` is a file of that name.
    GIT_LITERAL_PATHSPECS: '1',
  };
  const objects = { folder: join(commonDir, 'objects'), format: repository.objectFormat } as const;
  const unblocked = withoutPipes();
  const run = (args: readonly string[], how: RunHow = {}): Promise<GitAnswer> => {
    const { tree, as, at, repository: other, ...call } = how;
    const date = `@${Math.floor((at ?? clock.now()) / 1000)} +0000`;
    const author = as ?? repository.identity;
    const answer = runGit({
      args,
      cwd: tree?.path ?? path,
      env: {
        ...pinned,
        ...(other === undefined ? {} : { GIT_DIR: other.path, GIT_OBJECT_DIRECTORY: other.objects }),
        ...(tree === undefined ? {} : { GIT_WORK_TREE: tree.path, GIT_INDEX_FILE: tree.index }),
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: repository.identity.name,
        GIT_COMMITTER_EMAIL: repository.identity.email,
        GIT_COMMITTER_DATE: date,
      },
      ...call,
    });
    return tree === undefined ? answer : unblocked(tree.path, answer);
  };
  const line = async (args: readonly string[], how?: RunHow): Promise<string> => (await run(args, how)).stdout.toString('utf8').trim();
  return {
    path,
    commonDir,
    indexes,
    run,
    line,
    fact: remembered(line),
    commit: commitReader(objects),
    tree: treeReader(objects),
    loose: (name, mostBytes) => readLoose(objects, name, mostBytes),
    writeCommit: async ({ author = repository.identity, at = clock.now(), ...commit }) =>
      repository.sharing === null ? writeCommit(objects, { ...commit, author, committer: repository.identity, at }) : null,
    treeSizes: new Remembered(BOUNDS.treeSizesKnown),
    objectFormat: repository.objectFormat,
    sharing: repository.sharing,
    filters: repository.filters,
    converts: /true|input/.test(repository.fileSettings.get('core.autocrlf') ?? '') || attributesOutside(repository),
    packedRefs: new PackedRefs(join(path, 'packed-refs')),
    memory: new IndexMemory(),
  };
}

function attributesOutside({ attributes: { global, own } }: Repository): boolean {
  return global.trim() !== '' || own.trim() !== '';
}

/** Answers that are remembered, of some hundred bytes each. */
const MOST_FACTS = BOUNDS.factsKnown;

function remembered(line: OwnDir['line']): OwnDir['fact'] {
  const known = new Map<string, string>();
  return async (args) => {
    const key = args.join('\0');
    const found = known.get(key) ?? (await line(args));
    // The most recently used entry is last, the least recently used first.
    known.delete(key);
    known.set(key, found);
    const oldest = known.size > MOST_FACTS ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return found;
  };
}

/** Configuration of the git directory that a sandboxed process sees, with the path there of the owner's attributes for all repositories: how files are read and written, and nothing that runs. */
export function sharedConfig(repository: Repository, attributes: string): string {
  const sha256 = repository.objectFormat === 'sha256';
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    '\tbare = false',
    '\tlogallrefupdates = true',
    `\tattributesFile = ${quoted(attributes)}`,
    ...[...repository.fileSettings].map(([key, value]) => `\t${key.slice('core.'.length)} = ${value}`),
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    ...(sha256 ? ['[extensions]', '\tobjectFormat = sha256'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const sectionOf = (key: string): string => key.slice(0, key.indexOf('.'));

/**
 * Replaces a merge driver of the owner's: `true`, which keeps the base branch's version, stays. Any other is a program that
 * an agent may have planted. Instead of it git merges the lines and reports a conflict, so that the mergemaster or a person
 * decides.
 */
function standIn(command: string): string {
  return command.trim() === 'true' ? 'true' : 'git merge-file -q -L ours -L base -L theirs %A %O %B; false';
}

/** A value as a configuration file of git holds it. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function configText(repository: Repository, attributes: string): string {
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${repository.objectFormat === 'sha256' ? 1 : 0}`,
    '\tbare = true',
    // A bare owner keeps no reflogs by default; a checkout does.
    `\tlogallrefupdates = ${repository.checkout !== null}`,
    '\thooksPath = /dev/null',
    '\tfsmonitor = false',
    `\tattributesFile = ${quoted(attributes)}`,
    // The pack's commit graph is a cache that could lie about parents.
    '\tcommitGraph = false',
    '\tquotePath = false',
    '\tsafecrlf = false',
    ...[...repository.fileSettings].map(([key, value]) => `\t${key.slice('core.'.length)} = ${value}`),
    // Said to nobody, and before each real complaint: that grafts are old, where Musher itself names an empty file of them.
    '[advice]',
    '\tgraftFileDeprecated = false',
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[submodule]',
    '\trecurse = false',
    ...[...repository.mergeSettings].flatMap(([key, value]) => [
      `[${sectionOf(key)}]`,
      `\t${key.slice(sectionOf(key).length + 1)} = ${value}`,
    ]),
    ...[...repository.mergeDrivers].flatMap(([name, command]) => [`[merge ${quoted(name)}]`, `\tdriver = ${quoted(standIn(command))}`]),
    ...(repository.objectFormat === 'sha256' ? ['[extensions]', '\tobjectFormat = sha256'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
