import { flag, itemRef } from '../../src/bot/parse/arguments.ts';
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
  args: { item: itemRef(), purge: flag('purge', 'Also takes its content out of the log.') },
  role: 'operator',
  confirm(context, { item: ref, purge }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    return alreadyGone(context, item, purge) ?? question(context, item, purge);
  },
  async run(context, { item: ref, purge }) {
    const found = context.findAny(ref);
    if (!found.ok) return found.error;
    const gone = alreadyGone(context, found.value, purge);
    if (gone !== null) return gone;
    const begun = context.begin((tx) => {
      const item = tx.reads.item(ref.project, ref.number) ?? found.value;
      if (item.deletedAt === null) cancelTimers(context, tx, item, 'it was deleted');
      const stopped = item.deletedAt === null ? stopOpenRun(tx, item, 'the item was deleted').item : item;
      tx.append(stopped, 'item.deleted', { purge });
      return { item, since: tx.reads.lastSeq() };
    });
    if (!begun.ok) return begun.error;
    const { item, since } = begun.value;
    const removed = await context.until(() => outcome(context, item, since), WAIT_MS);
    const name = itemName(item, context.project.name);
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
    return report(context, item, removed);
  },
});

/** The answer where nothing is left to do: calling it twice is safe. */
function alreadyGone(context: CommandContext, item: WorkItem, purge: boolean): Reply | null {
  const { removal } = item;
  if (removal === null || removal.state === 'asked') return null;
  const name = itemName(item, context.project.name);
  if (removal.state === 'purged') return done(`${name} was deleted and purged already: nothing is left of it but its number.`);
  if (purge) return null;
  return done(
    `${name} was deleted already; its history is in the log. `,
    code(`delete ${name} --purge`),
    ' takes its content out of the log too.',
  );
}

function question(context: CommandContext, item: WorkItem, purge: boolean): Confirmation {
  const current = context.project.name;
  const again = item.deletedAt !== null;
  const title = itemTitle(item, current);
  const ask = again
    ? `${title} was deleted already. ${purge ? 'Purge it too?' : 'Try again what could not be removed?'}`
    : `Delete ${title}, in ${stageWords(item.stage)}${purge ? ', and purge it' : ''}?`;
  return {
    question: doc(paragraph(ask), list(consequences(context, item, purge))),
    item: { project: item.project, number: item.number, version: item.version },
  };
}

function consequences(context: CommandContext, item: WorkItem, purge: boolean): Content[][] {
  const { reads } = context;
  const base = projectOf(context, item).settings.baseBranch;
  const run = openRun(reads, item);
  const timers = reads.timers.ofItem(item.project, item.number);
  const needing = item.deletedAt === null ? reads.dependents(item.project, item.number) : [];
  const lines: (Content[] | null)[] = [
    run === null ? null : [`Run ${run.run} of ${run.agent} is stopped.`],
    (item.runs === 0 && item.work === null) || item.removal?.state === 'removed'
      ? null
      : [
          'Its worktree',
          ...(item.work === null ? [] : [' and the branch ', code(item.work.branch)]),
          ' are removed; what they hold is kept in a snapshot of the repository first.',
        ],
    timers.length === 0
      ? null
      : [
          `Its ${timers.length === 1 ? 'timer' : 'timers'} ${timers.map(({ timer }) => timer).join(', ')} ${timers.length === 1 ? 'is' : 'are'} cancelled.`,
        ],
    item.stage.name === 'done' ? [`What was merged stays on ${base}.`] : null,
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

function report(context: CommandContext, item: WorkItem, removed: Removed): Reply {
  const name = itemName(item, context.project.name);
  const now = context.reads.item(item.project, item.number);
  if (now?.removal?.state === 'purged') {
    // Nothing of what was purged is said again: this reply is kept as well.
    const steps = [...removed.done, 'took its title, text and all that was written about it out of the log'];
    return answer(doc(paragraph(`${name} is deleted and purged.`), list(steps)));
  }
  const title = itemTitle(item, context.project.name);
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
