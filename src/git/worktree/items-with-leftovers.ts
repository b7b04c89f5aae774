import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { itemNumber, type ItemNumber } from '../../pipeline/values.ts';
import { type Context, placeOf } from '../context.ts';
import { listCheckouts } from './linked.ts';
import { isStrangers, BRANCH_PREFIX } from '../names.ts';
import { listRefs } from '../refs.ts';

/**
 * Numbers of items that have a worktree, the link of one in the repository, or a branch that nobody has checked out. A
 * removal that was cut off leaves any of them. The caller knows which items are still worked on.
 */
export async function itemsWithLeftovers(at: Context): Promise<ItemNumber[]> {
  const [folders, links, refs, checkouts] = await Promise.all([
    readdir(at.worktrees).catch((): string[] => []),
    readdir(join(at.repository.commonDir, 'worktrees')).catch((): string[] => []),
    listRefs(at.git, `refs/heads/${BRANCH_PREFIX}`),
    listCheckouts(at.repository.commonDir, at.repository.checkout),
  ]);
  const elsewhere = new Set(checkouts.filter(({ path }) => !path.startsWith(`${at.worktrees}/`)).map(({ branch }) => branch));
  const branches = refs.map(({ name }) => name.slice('refs/heads/'.length)).filter((branch) => !elsewhere.has(branch));
  const numbers = [
    ...folders.map(Number),
    ...links.map((name) => Number(/-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1])).filter((number) => links.includes(linkName(at, number))),
    ...branches.filter((branch) => !isStrangers(at.origin, branch)).map((branch) => Number(/^musher\/(\d+)-/.exec(branch)?.[1])),
  ];
  return [...new Set(numbers)].map(itemNumber).filter((number) => number !== null);
}

/** The name of the link of an item's worktree; others there belong to other projects or to the owner. */
function linkName(at: Context, number: number): string {
  return placeOf(at, String(number)).linked.gitDir.split('/').at(-1) ?? '';
}
