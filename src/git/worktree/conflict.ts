import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../../pipeline/values.ts';
import { type Context, type ItemAt, findBranch, placeOf, baseline } from '../context.ts';
import { mergeTrees, treeOf } from '../history.ts';
import { clearTheWay } from '../inside/clear-the-way.ts';
import { forgetUnfinished, tie } from './linked.ts';
import { snapshot } from './snapshots.ts';
import { installIndex, putFiles, stageAll } from './staging.ts';
import { removeFolder } from '../../remove-folder.ts';

/**
 * Puts the merge of `base` into the item's worktree as `git merge` would leave it: files with conflict markers,
 * the index with its stages, MERGE_HEAD and MERGE_MSG, so that the agent's own `git commit -a` makes the merge
 * commit. Returns the conflicting files. The worktree must be clean: a changed one is a bug of the caller.
 */
export async function stageConflict(at: Context, item: ItemAt, base: CommitSha): Promise<string[]> {
  const its = placeOf(at, String(item.number));
  const { linked, tree } = its;
  const found = await findBranch(at, item);
  if (found === null) throw new Error(`item ${item.number} has no branch to merge into`);
  if ((await stageAll(at.git, tree, found.head)) !== (await treeOf(at.git, found.head))) {
    throw new Error(`the worktree of item ${item.number} has changes that a merge would overwrite`);
  }
  const merged = await mergeTrees(at.git, found.head, await baseline(at, base));
  await tie(linked, { branch: found.branch });
  await forgetUnfinished(linked);
  await clearTheWay(at, its, merged.tree);
  await putFiles(at.git, tree, found.head, merged.tree, () => snapshot(at, item, 'before the conflict was put up'));
  if (merged.files.length > 0) {
    // The stages replace the merged entry of each file: `git status` then shows it as unmerged.
    at.git.memory.forget(tree.index);
    await at.git.run(['update-index', '-z', '--index-info'], { tree, input: merged.stages });
  }
  const message = [
    `Merge ${at.baseBranch} into ${found.branch}`,
    ...(merged.files.length > 0 ? ['', '# Conflicts:', ...merged.files.map((file) => `#\t${JSON.stringify(file)}`)] : []),
  ];
  await place(join(linked.gitDir, 'MERGE_MSG'), `${message.join('\n')}\n`);
  await place(join(linked.gitDir, 'MERGE_MODE'), '');
  await place(join(linked.gitDir, 'ORIG_HEAD'), `${found.head}\n`);
  await installIndex(at.git, tree);
  // Last: from here on a commit has two parents.
  await place(join(linked.gitDir, 'MERGE_HEAD'), `${base}\n`);
  return merged.files;
}

/** Writes a complete file, never through a link at its path. */
async function place(file: string, text: string): Promise<void> {
  await removeFolder(`${file}.musher`);
  await writeFile(`${file}.musher`, text, { flag: 'wx' });
  await rename(`${file}.musher`, file);
}
