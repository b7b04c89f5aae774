import { flag, item } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Confirmation, type Reply } from '../../src/bot/command.ts';
import { itemName, itemTitle, stageWords } from '../../src/words/item.ts';
import { openRun, projectOf, stopOpenRun } from '../../src/bot/of-item.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import { cancelTimers } from '../../src/bot/timers.ts';
import { code, doc, list, paragraph, type Content } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

/** Longer than a run takes to stop, a snapshot and a teardown to be made. */
const WAIT_MS = 60_000;

export const deleteCommand = command({
  words: ['delete'],
  summary: 'Deletes an item: its run, worktree and branch, after keeping its work.',
  details:
    'What the branch and worktree hold is kept in a snapshot of the repository first. The number stays taken and the history stays in the log; ' +
    '`--purge` also takes what people and agents wrote out of the log. On an item that was deleted already it tries again what could not be removed.',
  examples: ['delete 42', 'delete 42 --purge'],
  args: { item: item(), purge: flag('purge', 'Also takes its content out of the log.') },
  role: 'operator',
  confirm(context, { item: ref, purge }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const it = found.value;
    return alreadyGone(context, it, purge) ?? question(context, it, purge);
  },
  async run(context, { item: ref, purge }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const gone = alreadyGone(context, found.value, purge);
    if (gone !== null) return gone;
    const begun = context.begin((tx) => {
      const it = tx.reads.item(ref.project, ref.number) ?? found.value;
      if (it.deletedAt === null) cancelTimers(context, tx, it, 'it was deleted');
      const stopped = it.deletedAt === null ? stopOpenRun(tx, it, 'the item was deleted').item : it;
      tx.append(stopped, 'item.deleted', { purge });
      return { it, since: tx.reads.lastSeq() };
    });
    if (!begun.ok) return begun.error;
    const { it, since } = begun.value;
    const removed = await context.until(() => outcome(context, it, since), WAIT_MS);
    const name = itemName(it, context.project.name);
    if (removed === null && context.signal.aborted)
      return done(
        `${name} is deleted. Musher is stopping; the next start goes on with its clean-up, and `,
        code(`history ${name}`),
        ' shows then how far it is.',
      );
    if (removed === null) {
      return done(
        `${name} is deleted. Its clean-up was not over after a minute and goes on by itself; `,
        code(`history ${name}`),
        ' shows how far it is.',
      );
    }
    return report(context, it, removed);
  },
});

/** The answer where nothing is left to do: calling it twice is safe. */
function alreadyGone(context: CommandContext, it: WorkItem, purge: boolean): Reply | null {
  const { removal } = it;
  if (removal === null || removal.state === 'asked') return null;
  const name = itemName(it, context.project.name);
  if (removal.state === 'purged') return done(`${name} was deleted and purged already: nothing is left of it but its number.`);
  if (purge) return null;
  return done(
    `${name} was deleted already; its history is in the log. `,
    code(`delete ${name} --purge`),
    ' takes its content out of the log too.',
  );
}

function question(context: CommandContext, it: WorkItem, purge: boolean): Confirmation {
  const current = context.project.name;
  const again = it.deletedAt !== null;
  const title = itemTitle(it, current);
  const ask = again
    ? `${title} was deleted already. ${purge ? 'Purge it too?' : 'Try again what could not be removed?'}`
    : `Delete ${title}, in ${stageWords(it.stage)}${purge ? ', and purge it' : ''}?`;
  return {
    question: doc(paragraph(ask), list(consequences(context, it, purge))),
    item: { project: it.project, number: it.number, version: it.version },
  };
}

function consequences(context: CommandContext, it: WorkItem, purge: boolean): Content[][] {
  const { reads } = context;
  const base = projectOf(context, it).settings.baseBranch;
  const run = openRun(reads, it);
  const timers = reads.timers.ofItem(it.project, it.number);
  const needing = it.deletedAt === null ? reads.dependents(it.project, it.number) : [];
  const lines: (Content[] | null)[] = [
    run === null ? null : [`Run ${run.run} of ${run.agent} is stopped.`],
    (it.runs === 0 && it.work === null) || it.removal?.state === 'removed'
      ? null
      : [
          'Its worktree',
          ...(it.work === null ? [] : [' and the branch ', code(it.work.branch)]),
          ' are removed; what they hold is kept in a snapshot of the repository first.',
        ],
    timers.length === 0
      ? null
      : [
          `Its ${timers.length === 1 ? 'timer' : 'timers'} ${timers.map(({ timer }) => timer).join(', ')} ${timers.length === 1 ? 'is' : 'are'} cancelled.`,
        ],
    it.stage.name === 'done' ? [`What was merged stays on ${base}.`] : null,
    needing.length === 0
      ? null
      : [`${needing.join(', ')} ${needing.length === 1 ? 'depends' : 'depend'} on it and can not start by waiting any more.`],
    purge
      ? ['Its title, text, run logs and everything written about it are taken out of the log. That can not be undone.']
      : ['Its history stays in the log, and the number is never used again.'],
  ];
  return lines.filter((line) => line !== null);
}

type Removed = ItemEvents['item.removed'];

/** What clean-up reported after `since`; null while it has not. */
function outcome({ reads }: CommandContext, { project, number }: WorkItem, since: number): Removed | null {
  const event = reads.history(project, number, 20).find((one) => one.kind === 'item.removed' && one.seq > since);
  return event?.kind === 'item.removed' ? event.payload : null;
}

function report(context: CommandContext, it: WorkItem, removed: Removed): Reply {
  const name = itemName(it, context.project.name);
  const now = context.reads.item(it.project, it.number);
  if (now?.removal?.state === 'purged') {
    // Nothing of what was purged is said again: this reply is kept as well.
    const steps = [...removed.done, 'took its title, text and all that was written about it out of the log'];
    return answer(doc(paragraph(`${name} is deleted and purged.`), list(steps)));
  }
  const title = itemTitle(it, context.project.name);
  const steps: Block | false = removed.done.length > 0 && list(removed.done);
  if (removed.left.length === 0) return answer(doc(paragraph(`${title} is deleted.`), steps));
  return {
    ...refused('delete-incomplete', ''),
    body: doc(
      paragraph(`${title} is deleted, but not all of it could be removed.`),
      steps,
      paragraph('Still left:'),
      list(removed.left),
      paragraph(code(`delete ${name}`), ' tries that again.'),
    ),
  };
}
