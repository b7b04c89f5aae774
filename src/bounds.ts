import process from 'node:process';

/**
 * The most that is taken from what agents, repositories and networks hand over. Beyond a bound the item of whoever went
 * beyond it fails, or its text is cut and says so; nobody else waits. `docs/security.md` shows this table.
 */
export const BOUNDS = {
  /** Models that the output of one run names; Musher compares each line with the totals of all. */
  models: 64,
  /** Characters of a model's name. */
  modelName: 200,
  /** Characters of a formatted message in which a mention at its start is looked for. */
  pill: 4_096,
  /** Things said to the agents of an item (`tell`) that its prompts hold, the newest. */
  told: 20,
  /** Characters of one of them. */
  toldText: 4_000,
  /** Bytes of one of git's own small files in a worktree's git directory: `HEAD`, `gitdir`, `MERGE_HEAD`. */
  gitFile: 64 * 1024,
  /** Bytes of an absolute path in a worktree. Linux takes 4,095 and other systems fewer; git gets names from the worktree's root. */
  path: process.platform === 'linux' ? 3_800 : 900,
  /** Entries of one new tree on an item's branch, those of its folders included, each as often as it is there. */
  treeEntries: 1_000_000,
  /** Folders in each other in such a tree. */
  treeDepth: 200,
  /** Bytes of all new trees together that are read to count them. */
  treeBytes: 256 * 1024 * 1024,
  /** Bytes of memory that one git of Musher's may fill (not what it maps of packs): a tree of 10^10 names would fill the machine. */
  gitMemory: 4 * 1024 ** 3,
} as const;
