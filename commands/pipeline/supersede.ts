import { itemRef, keyword, severalItems, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { stopOpenRun } from '../../src/bot/of-item.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import { cancelTimers } from '../../src/bot/timers.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { notSuperseded, superseded } from '../../src/words/bot/moving.ts';
import { itemName, itemTitle, mergedAs, stageWords } from '../../src/words/item/item.ts';
import type { Reply } from '../../src/words/reply.ts';

export const supersede = command({
  words: ['supersede'],
  summary: 'Archives an item because another one replaces it.',
  details:
    'Stops its run (the work is kept) and cancels its timers. It never counts as done for the items that depend on it. `move 42 backlog` brings it back.',
  examples: ['supersede 42 by 57', 'supersede 3 4 by 9'],
  args: { item: severalItems({ followed: 'word' }), by: keyword('by'), other: itemRef('The item that replaces it.') },
  role: 'operator',
  run: (context, { item: named, other }) => changeEach(context, named, {}, (tx, ref) => replace(context, tx, ref, other)),
});

function replace(context: CommandContext, tx: CommandTx, ref: ItemRef, by: ItemRef): Reply {
  const current = context.project.name;
  const item = tx.find(ref);
  const other = tx.find(by);
  const problem = problemWith(context, tx, item, other);
  if (problem !== null) return tx.refuse(problem);
  const timers = cancelTimers(context, tx, item, { kind: 'person', did: 'moved' });
  const stopped = stopOpenRun(tx, item, { kind: 'person', did: 'moved' });
  tx.append(stopped.item, 'item.moved', {
    to: { name: 'archived', archivedAt: tx.now, reason: { kind: 'superseded', by: other.number } },
    why: { kind: 'person', did: 'moved' },
    failure: null,
  });
  const needing = tx.reads
    .dependents(item.project, item.number)
    .map((number) => tx.reads.item(item.project, number))
    .filter(
      (one) =>
        one !== null && one.deletedAt === null && one.stage.name !== 'done' && one.stage.name !== 'archived' && one.number !== other.number,
    )
    .flatMap((one) => (one === null ? [] : [itemName(one, current)]));
  const run = stopped.run === null ? '' : `Stopped run ${stopped.run.run} by ${stopped.run.agent}. `;
  const title = itemTitle(item, current);
  return superseded({
    title,
    by: itemTitle(other, current),
    who: context.nameOf(context.actor),
    other: itemName(other, current),
    also: `${run}${timers}`,
    needing,
  });
}

function problemWith(context: CommandContext, tx: CommandTx, item: WorkItem, other: WorkItem): Reply | null {
  const current = context.project.name;
  const title = itemTitle(item, current);
  if (item.project !== other.project) return notSuperseded.elsewhere(title, item.project);
  if (item.number === other.number) return notSuperseded.itself(title);
  if (mergedAs(item.stage) !== null) return notSuperseded.merged(title, itemName(item, current));
  if (item.stage.name === 'archived' && !isResumable(item.stage)) return notSuperseded.finished(title, stageWords(item.stage));
  for (let at: WorkItem | null = other, seen = 0; at !== null && seen < 100; seen += 1) {
    if (at.number === item.number) return notSuperseded.circle(title, itemTitle(other, current));
    at = at.stage.name === 'archived' && at.stage.reason.kind === 'superseded' ? tx.reads.item(at.project, at.stage.reason.by) : null;
  }
  return null;
}
