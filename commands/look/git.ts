import { command } from '../../src/bot/command.ts';
import { short } from '../../src/words/item/event.ts';
import { CATCH_UP } from '../../src/words/item/causes.ts';
import { firstLine } from '../../src/words/item/item.ts';
import { moment } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import type { GitStatus } from '../../src/git/overview.ts';
import { phrase, code, doc, fields, heading, paragraph, table } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Worktrees listed at once. */
const MOST = 30;

export const git = command({
  words: ['git'],
  summary: 'Shows the repository: base branch, checkout and worktrees.',
  details: 'If your own checkout is behind the base branch, it shows the command that updates it.',
  examples: ['git'],
  args: {},
  role: 'viewer',
  waits: true,
  async run(context) {
    const { name, git: repository } = context.project;
    const status = await repository.status();
    const reader = readerOf(context);
    const { checkout, worktrees } = status;
    const more = worktrees.length > MOST ? `, the first ${MOST} of ${worktrees.length}` : '';
    return answer(
      doc(
        heading(`Repository of ${name}`),
        fields([
          ['Base branch', [code(status.base), ...phrase` at ${short(status.head)}, ${moment(status.headAt, reader.now, reader.timezone)}`]],
          ['Last commit', firstLine(status.headSubject)],
          ['Checkout', checkoutWords(checkout)],
        ]),
        checkout?.behindBase === true &&
          paragraph(
            'Your checkout is behind the base branch, so a commit there would revert later merges. Run ',
            code(CATCH_UP),
            ' there first, it keeps your changes.',
          ),
        worktrees.length > 0 && heading(`Worktrees${more}`),
        worktrees.length > 0 && worktreeTable(status),
      ),
    );
  },
});

function checkoutWords(checkout: GitStatus['checkout']): string {
  if (checkout === null) return 'none, the repository is bare';
  const branch = checkout.branch === null ? 'detached HEAD' : `on ${checkout.branch}`;
  return `${branch}${checkout.clean === null ? '' : checkout.clean ? ', clean' : ', uncommitted changes'}`;
}

function worktreeTable({ worktrees }: GitStatus): ReturnType<typeof table> {
  return table(
    ['Item', 'Branch', 'Commit'],
    worktrees
      .slice(0, MOST)
      .map(({ item, branch, head }) => [item === null ? 'no item' : String(item), branch ?? 'none', head === null ? 'none' : short(head)]),
  );
}
