import { BOUNDS } from '../../bounds.ts';
import * as z from 'zod';
import { MusherError } from '../../errors.ts';
import { shortCommit } from '../../words/item/item.ts';
import { change, write } from '../events.ts';
import type { Caller } from '../caller.ts';
import { refusal, said, tool } from '../tool.ts';

/** What a model is given of a diff or a list. */
const MOST_DIFF_BYTES = BOUNDS.toolDiff;
const MOST_FILES = BOUNDS.toolFiles;

/** The caller's branch, and the item as git knows it; null where it has no branch. */
function placeOf({ item }: Caller): { readonly number: Caller['item']['number']; readonly branch: string } | null {
  return item.work === null ? null : { number: item.number, branch: item.work.branch };
}

export const gitStatus = tool({
  name: 'git_status',
  description: 'Shows the branch of this item: its head, its commits, and the files in the worktree that are not committed.',
  input: {},
  async run(_parts, { caller }) {
    const at = placeOf(caller);
    if (at === null) return refusal('The item has no branch.');
    const { git, settings } = caller.project;
    const [work, changed, commits] = await Promise.all([
      git.readWork(at.branch),
      git.leftovers(at),
      git.log({ branch: at.branch, max: 30 }),
    ]);
    if (work === null) return refusal(`The branch ${at.branch} is gone.`);
    const more = changed.length > MOST_FILES ? [`and ${changed.length - MOST_FILES} more`] : [];
    return said(
      [
        `Branch ${work.branch} at ${work.head}, ${work.commitsAhead} commits ahead of ${settings.baseBranch}.`,
        ...commits.map(({ sha, subject }) => `  ${shortCommit(sha)} ${subject}`),
        changed.length === 0 ? 'No uncommitted changes.' : 'Uncommitted:',
        ...[...changed.slice(0, MOST_FILES), ...more].map((path) => `  ${path}`),
      ].join('\n'),
    );
  },
});

export const gitDiff = tool({
  name: 'git_diff',
  description: 'Shows the changes of this item since it branched off the base branch: the commits, or all files of the worktree.',
  input: { what: z.enum(['worktree', 'committed']).default('worktree') },
  async run(_parts, { caller }, { what }) {
    const at = placeOf(caller);
    if (at === null) return refusal('The item has no branch.');
    const { git } = caller.project;
    const diff =
      what === 'committed' ? await git.diff({ branch: at.branch, maxBytes: MOST_DIFF_BYTES }) : await git.diffOfFiles(at, MOST_DIFF_BYTES);
    if (diff === null) return refusal('The branch or its worktree is gone.');
    if (diff.text === '') return said('No changes.');
    return said(`${diff.stat}\n\n${diff.text}${diff.truncated ? '\n[the rest is left out]' : ''}`);
  },
});

export const gitCommit = tool({
  name: 'git_commit',
  description: "Commits all changed and new files of the worktree on this item's branch. No hook runs. A reviewer cannot commit.",
  input: { message: z.string().trim().min(1).max(10_000) },
  async run(parts, { caller }, { message }) {
    const at = placeOf(caller);
    if (at === null) return refusal('The item has no branch.');
    if (caller.run.role === 'qa') return refusal('Reviewers cannot commit.');
    const commit = await caller.project.git.commitLeftovers(at, message).catch((error: unknown) => {
      if (!(error instanceof MusherError)) parts.onProblem(`git_commit of ${caller.item.project}#${caller.item.number}`, error);
      return 'failed' as const;
    });
    if (commit === 'failed') return refusal('git could not commit: the branch moved in the meantime, or a file cannot be read. Try again.');
    if (commit === null) return said('There is nothing to commit.');
    const result = `${shortCommit(commit)} ${message.split('\n', 1)[0] ?? ''}`;
    change(parts, caller, (tx, now) => write(tx, now, 'agent.called', { run: now.run.run, tool: 'git_commit', result }));
    return said(`Committed as ${commit}.`);
  },
});
