import { flag, severalItems, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Confirmation } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { beginEach, itemsMeant } from '../../src/bot/several/each.ts';
import { allOf, asLine, linesOf, type Outcome } from '../../src/words/bot/several.ts';
import { leftoverWords, removalWords } from '../../src/words/item/event.ts';
import { inStage, itemName, itemTitle } from '../../src/words/item/item.ts';
import { openRun, projectOf, stopOpenRun } from '../../src/bot/of-item.ts';
import { answer, done, goesOn, refused } from '../../src/words/replies.ts';
import { cancelTimers } from '../../src/bot/timers.ts';
import { code, command as typed, doc, list, paragraph, type Content } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';

/** Long enough to stop a run, take a snapshot and run the teardown. */
const WAIT_MS = 60_000;

export const deleteCommand = command({
  words: ['delete'],
  summary: 'Deletes an item with its run, worktree and branch. A snapshot of its work is kept.',
  details:
    'The branch and worktree are saved as a snapshot in the repository first. The number is not used again, and the history stays in the log; ' +
    '`--purge` also erases all text that people and agents wrote from the log. For an item that is already deleted, it retries the clean-up.',
  examples: ['delete 42', 'delete 7 8', 'delete 42 --purge'],
  args: { item: severalItems(), purge: flag('purge', 'Also erases its content from the log.') },
  role: 'operator',
  waits: true,
  confirm(context, { item: named, purge }) {
    const meant = itemsMeant(context, named, {});
    if (!meant.ok) return meant.error;
    const { refs } = meant.value;
    const all = refs.map((ref) => ({ ref, asked: questionOf(context, ref, purge, refs.length > 1) }));
    const [only] = all;
    if (only !== undefined && all.length === 1) return only.asked;
    const asked = all.flatMap(({ ref, asked: one }) => ('ok' in one ? [] : [{ ref, one }]));
    const others = all.flatMap(({ ref, asked: one }): Outcome[] => ('ok' in one ? [{ ref, reply: one }] : []));
    return asked.length === 0 ? allOf(others, context.project.name) : questionForAll(context, asked, others, purge);
  },
  run: (context, { item: named, purge }) =>
    beginEach(
      context,
      named,
      {},
      (tx, ref) => begin(context, tx, ref, purge),
      (begun) => ('ok' in begun ? begun : ended(context, begun, purge)),
    ),
});

interface Begun {
  readonly item: WorkItem;
  /** The last event when it was asked for. */
  readonly since: number;
}

/** A reply where nothing is left to do. */
function begin(context: CommandContext, tx: CommandTx, ref: ItemRef, purge: boolean): Begun | Reply {
  const found = context.findAny(ref);
  if (!found.ok) return tx.refuse(found.error);
  const gone = alreadyGone(context, found.value, purge);
  if (gone !== null) return gone;
  const item = tx.reads.item(ref.project, ref.number) ?? found.value;
  if (item.deletedAt === null) cancelTimers(context, tx, item, { kind: 'person', did: 'deleted' });
  const stopped = item.deletedAt === null ? stopOpenRun(tx, item, { kind: 'person', did: 'deleted' }).item : item;
  tx.append(stopped, 'item.deleted', { purge });
  return { item, since: tx.reads.lastSeq() };
}

async function ended(context: CommandContext, { item, since }: Begun, purge: boolean): Promise<Reply> {
  const removed = await context.until(() => outcome(context, item, since), WAIT_MS);
  const name = itemName(item, context.project.name);
  // A purged title must not be shown again.
  const title = purge ? `Item ${name}` : itemTitle(item, context.project.name);
  if (removed === null && context.signal.aborted)
    return goesOn(
      `${title} is deleted. Musher is stopping and will finish the clean-up after the next start; `,
      typed(`history ${name}`),
      ' shows the result.',
    );
  if (removed === null) {
    return goesOn(
      `${title} is deleted. The clean-up is taking more than a minute and continues in the background; `,
      typed(`history ${name}`),
      ' shows the progress.',
    );
  }
  return report(context, item, removed);
}

/** `among`: one of several in a question that asks for all of them. */
function questionOf(context: CommandContext, ref: ItemRef, purge: boolean, among: boolean): Confirmation | Reply {
  const found = context.findAny(ref);
  if (!found.ok) return found.error;
  return alreadyGone(context, found.value, purge) ?? question(context, found.value, purge, among);
}

/** One question for several items, with a line for each; the yes is to exactly those. `others`: what is not among them, and why. */
function questionForAll(
  context: CommandContext,
  asked: readonly { readonly ref: ItemRef; readonly one: Confirmation }[],
  others: readonly Outcome[],
  purge: boolean,
): Confirmation {
  const items = asked.flatMap(({ one }) => one.items);
  const names = asked.map(({ ref }) => itemName(ref, context.project.name));
  return {
    question: doc(
      paragraph(`Delete ${items.length === 1 ? 'this item' : `these ${items.length} items`}${purge ? ' for good' : ''}?`),
      list(asked.map(({ one }) => asLine(one.question))),
      others.length > 0 && paragraph('Not among them:'),
      others.length > 0 && list(linesOf(others, context.project.name)),
    ),
    items,
    text: `delete ${names.join(' ')}${purge ? ' --purge' : ''}`,
  };
}

/** The answer if nothing is left to do, so that deleting twice is safe. */
function alreadyGone(context: CommandContext, item: WorkItem, purge: boolean): Reply | null {
  const { removal } = item;
  if (removal === null || removal.state === 'asked') return null;
  const name = itemName(item, context.project.name);
  if (removal.state === 'purged') return done(`Item ${name} is already deleted and purged; only its number is left.`);
  if (purge) return null;
  return done(
    `${itemTitle(item, context.project.name)} is already deleted. Its history is still in the log; `,
    typed(`delete ${name} --purge`),
    ' erases its content there too.',
  );
}

function question(context: CommandContext, item: WorkItem, purge: boolean, among: boolean): Confirmation {
  const current = context.project.name;
  const again = item.deletedAt !== null;
  const title = itemTitle(item, current);
  const ask = again
    ? `${title} is already deleted. ${purge ? 'Purge it too?' : 'Retry the clean-up?'}`
    : among
      ? `${title} is ${inStage(item.stage)}.`
      : `Delete ${title}${purge ? ' and purge it' : ''}? It is ${inStage(item.stage)}.`;
  return {
    question: doc(paragraph(ask), list(consequences(context, item, purge))),
    items: [{ project: item.project, number: item.number, version: item.version }],
  };
}

function consequences(context: CommandContext, item: WorkItem, purge: boolean): Content[][] {
  const { reads } = context;
  const base = projectOf(context, item).settings.baseBranch;
  const run = openRun(reads, item);
  const timers = reads.timers.ofItem(item.project, item.number);
  const needing = item.deletedAt === null ? reads.dependents(item.project, item.number) : [];
  const lines: (Content[] | null)[] = [
    run === null ? null : [`Stops run ${run.run} by ${run.agent}.`],
    (item.runs === 0 && item.work === null) || item.removal?.state === 'removed'
      ? null
      : [
          'Removes its worktree',
          ...(item.work === null ? [] : [' and branch ', code(item.work.branch)]),
          '. A snapshot is kept in the repository.',
        ],
    timers.length === 0 ? null : [`Cancels ${timers.length === 1 ? 'timer' : 'timers'} ${timers.map(({ timer }) => timer).join(', ')}.`],
    item.stage.name === 'done' ? [`Merged changes stay on ${base}.`] : null,
    needing.length === 0
      ? null
      : [
          `${needing.map((number) => `#${number}`).join(', ')} ${needing.length === 1 ? 'depends' : 'depend'} on it and will stay blocked until ${needing.length === 1 ? 'its' : 'their'} dependencies change.`,
        ],
    purge
      ? ['Erases its title, text, run logs and everything written about it from the log. This can’t be undone.']
      : ['Keeps its history in the log. The number is not used again.'],
  ];
  return lines.filter((line) => line !== null);
}

type Removed = ItemEvents['item.removed'];

/** What the clean-up reported after `since`; null until it does. */
function outcome({ reads }: CommandContext, { project, number }: WorkItem, since: number): Removed | null {
  const event = reads.history(project, number, 20).find((one) => one.kind === 'item.removed' && one.seq > since);
  return event?.kind === 'item.removed' ? event.payload : null;
}

function report(context: CommandContext, item: WorkItem, removed: Removed): Reply {
  const name = itemName(item, context.project.name);
  const now = context.reads.item(item.project, item.number);
  if (now?.removal?.state === 'purged') {
    // The reply is stored too, so it must not repeat what was purged.
    const steps = [...removed.done.map(removalWords), 'erased its title, text and everything written about it from the log'];
    return answer(doc(paragraph(`Item ${name} is deleted and purged.`), list(steps)));
  }
  const title = itemTitle(item, context.project.name);
  const steps: Block | false = removed.done.length > 0 && list(removed.done.map(removalWords));
  if (removed.left.length === 0) return answer(doc(paragraph(`${title} is deleted.`), steps));
  return {
    ...refused('delete-incomplete', ''),
    body: doc(
      paragraph(`${title} is deleted, but the clean-up is incomplete.`),
      steps,
      paragraph('Still there:'),
      list(removed.left.map(leftoverWords)),
      paragraph(typed(`delete ${name}`), ' tries again.'),
    ),
  };
}
