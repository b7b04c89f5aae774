import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MARK, exists, makeOwner, numbered, open, type Owner, read } from '../owner.ts';

let owner: Owner;
afterEach(() => owner.remove());

const LINES = ['1', '2', '3', '4', '5', '6', '7', '8'];
const lines = (change: Record<number, string>): string => LINES.map((line, n) => `${change[n] ?? line}\n`).join('');

/** Both sides change files in places that meet (`meet`) or do not (`apart`), below two folders. */
async function bothSides(attributes: Record<string, string>, setup: () => void = () => undefined) {
  const files = (meet: string, apart: Record<number, string>, at = ''): Record<string, string> => ({
    [`${at}meet.txt`]: `# top\n${meet}`,
    [`${at}apart.txt`]: lines(apart),
  });
  owner = makeOwner({ files: { ...files('', {}), ...files('', {}, 'deep/er/'), ...attributes } });
  setup();
  const git = await open(owner);
  const { path } = await git.openWorktree({ number: numbered(1), title: 'work', branch: null });
  const head = owner.commit({ ...files('theirs\n', { 7: 'theirs' }), ...files('theirs\n', { 7: 'theirs' }, 'deep/er/') }, 'work', path);
  const base = owner.commit({ ...files('ours\n', { 0: 'ours' }), ...files('ours\n', { 0: 'ours' }, 'deep/er/') }, 'ours');
  return { git, base, head, item: { number: numbered(1), branch: `musher/1-work-${MARK}` }, path };
}

/** What the owner's git makes of it in their checkout. */
function ownersMerge(head: string): { kind: string; tree: string | null; files: string[] } {
  try {
    owner.git(['merge', '--squash', '-q', head]);
    return { kind: 'clean', tree: owner.git(['write-tree']), files: [] };
  } catch {
    const files = owner.git(['diff', '--name-only', '--diff-filter=U']).split('\n');
    return { kind: 'conflict', tree: null, files };
  } finally {
    owner.git(['reset', '-q', '--hard']);
  }
}

describe('a merge goes by the attributes that the owner’s git goes by', () => {
  it.each<[string, Record<string, string>, (() => void)?]>([
    ['none', {}],
    ['text and nothing of merges', { '.gitattributes': '* text=auto\n' }],
    ['union', { '.gitattributes': 'meet.txt merge=union\n' }],
    ['union in a folder', { 'deep/.gitattributes': '*.txt merge=union\n', '.gitattributes': '/meet.txt merge=union\n' }],
    ['a folder that takes union back', { '.gitattributes': '*.txt merge=union\n', 'deep/er/.gitattributes': 'meet.txt !merge\n' }],
    ['no merge at all of what could be merged', { '.gitattributes': 'meet.txt merge=union\napart.txt -merge\n' }],
    ['binary', { '.gitattributes': '*.txt binary\n' }],
    ['a macro', { '.gitattributes': '[attr]both merge=union\nmeet.txt both\n' }],
    ['a driver that nobody has defined', { '.gitattributes': '*.txt merge=nowhere\n' }],
    [
      'the owner’s own version, by their driver `true`',
      { '.gitattributes': 'meet.txt merge=ours\n' },
      (): void => void owner.git(['config', 'merge.ours.driver', 'true']),
    ],
    ['union by what the owner has set for all files', {}, (): void => void owner.git(['config', '--global', 'merge.default', 'union'])],
    [
      'union for this repository alone',
      {},
      (): void => {
        owner.git(['config', 'core.attributesFile', join(owner.root, 'attributes')]);
        owner.commit({ attributes: 'meet.txt merge=union\n' }, 'beside', owner.repository);
        owner.git(['config', 'core.attributesFile', join(owner.repository, 'attributes')]);
      },
    ],
  ])('%s', async (_what, attributes, setup) => {
    const { git, base, head } = await bothSides(attributes, setup);
    const squashed = await git.squash({ base, head });
    const found = {
      kind: squashed.kind,
      tree: squashed.kind === 'clean' ? squashed.tree : null,
      files: squashed.kind === 'conflict' ? squashed.files : [],
    };
    expect(found).toEqual(ownersMerge(head));
  });

  it('a driver of the owner’s does not run: lines are merged, the file is a conflict, and both versions are there', async () => {
    const { git, base, head, item, path } = await bothSides({ '.gitattributes': '*.txt merge=mine\n' }, () => {
      owner.git(['config', 'merge.mine.driver', `touch '${join(owner.root, 'ran')}'`]);
    });
    expect(await git.squash({ base, head })).toMatchObject({
      kind: 'conflict',
      files: ['apart.txt', 'deep/er/apart.txt', 'deep/er/meet.txt', 'meet.txt'],
    });
    await git.stageConflict(item, base);
    expect(read(path, 'apart.txt')).toBe(lines({ 0: 'ours', 7: 'theirs' }));
    expect(read(path, 'meet.txt')).toMatch(/^# top\n<<<<<<< ours\ntheirs\n=======\nours\n>>>>>>> theirs\n$/);
    expect(exists(owner.root, 'ran')).toBe(false);
  });

  it('also where a merge is reverted, and leaves nothing behind', async () => {
    const { git, base, head } = await bothSides({ '.gitattributes': 'meet.txt merge=union\n' });
    const squashed = await git.squash({ base, head });
    if (squashed.kind !== 'clean') throw new Error(squashed.kind);
    const merge = await git.commitSquash({ tree: squashed.tree, base, message: 'one' });
    await git.moveBase({ from: base, to: merge });
    const later = owner.commit({ 'meet.txt': '# top\nours\ntheirs\nlater\n' }, 'later');
    const back = await git.takeBack({ base: later, merge });
    const reverted = ((): string => {
      owner.git(['revert', '--no-commit', merge]);
      return owner.git(['write-tree']);
    })();
    expect(back).toEqual({ kind: 'clean', tree: reverted });
    expect(readdirSync(join(owner.dataDir, 'git', 'shop')).filter((name) => name.startsWith('merging-'))).toEqual([]);
  });
});
