import { severalItems } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { stopped } from '../../src/bot/several/called.ts';
import { changeEach } from '../../src/bot/several/each.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { itemLabel, itemName, itemTitle, stageWords } from '../../src/words/item/item.ts';
import { unmetWords } from '../../src/words/item/reasons.ts';
import { outlook } from '../../src/words/item/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { unmetDependencies } from '../../src/pipeline/next/dependencies.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { ItemNumber } from '../../src/pipeline/values.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

export const start = command({
  words: ['start'],
  summary: 'Starts an item, or resumes a stopped one.',
  details:
    'The item moves from the backlog to current, where the next free coder takes it. If it depends on items that are not done yet, it starts on its own once they are.',
  examples: ['start 42', 'start 14 15 20-24', 'start stopped'],
  args: { item: severalItems({ words: ['stopped'] }) },
  role: 'operator',
  run: (context, { item: named }) =>
    changeEach(context, named, { stopped }, (tx, ref) => {
      const item = tx.find(ref);
      if (item.stage.name === 'done' || item.stage.name === 'archived') return tx.refuse(ended(context, item));
      if (item.stage.name === 'backlog') return fromBacklog(context, tx, item);
      const step = tx.step(item);
      const reader = readerOf(context);
      if (item.held === null)
        return tx.refuse(
          refused(
            'already-started',
            `${itemTitle(item, reader.current)} is already in ${item.stage.name}. `,
            ...outlook(item, step, reader),
          ),
        );
      const after = tx.append(item, 'item.released', {});
      return done(
        `${itemTitle(item, reader.current)}: resumed by ${context.nameOf(context.actor)} in ${item.stage.name}. `,
        ...outlook(after, tx.step(after), reader),
      );
    }),
});

function fromBacklog(context: CommandContext, tx: CommandTx, item: WorkItem): Reply {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  const unmet = unmetDependencies(item, (number) => tx.reads.item(item.project, number));
  const label = (number: ItemNumber): string => itemLabel({ project: item.project, number }, reader.current);
  const never = unmet.find((one) => one.never !== null);
  if (never !== undefined) {
    const depends = `depends ${itemName(item, reader.current)} on nothing`;
    return tx.refuse(
      refused(
        'dependency-lost',
        `${title} can’t start: it depends on ${label(never.number)} (${unmetWords(never, label)}). `,
        typed(depends),
        ' drops its dependencies.',
      ),
    );
  }
  if (unmet.length === 0) {
    const released = item.held === null ? item : tx.append(item, 'item.released', {});
    const after = tx.append(released, 'item.moved', {
      to: { name: 'current' },
      why: { kind: 'person', did: 'started' },
      failure: null,
    });
    return done(`${title}: started by ${context.nameOf(context.actor)}. `, ...outlook(after, tx.step(after), reader));
  }
  const waits = unmet.map((one) => `${label(one.number)} (${unmetWords(one, label)})`).join(', ');
  if (item.queued && item.held === null)
    return tx.refuse(refused('already-queued', `${title} is already queued. It starts on its own after ${waits}.`));
  const released = item.held === null ? item : tx.append(item, 'item.released', {});
  if (!released.queued) tx.append(released, 'item.queued', { queued: true });
  return done(`${title}: queued by ${context.nameOf(context.actor)}. It starts on its own after ${waits}.`);
}

function ended(context: CommandContext, item: WorkItem): Reply {
  const name = itemName(item, context.project.name);
  const title = itemTitle(item, context.project.name);
  if (item.stage.name === 'done')
    return refused(
      'already-done',
      `${title} is already merged. `,
      typed(`accept ${name}`),
      ' archives it, ',
      typed(`move ${name} current`),
      ' reopens it.',
    );
  if (isResumable(item.stage))
    return refused(
      'blocked',
      `${title} is ${stageWords(item.stage)}. `,
      typed(`unblock ${name}`),
      ' continues where it was, ',
      typed(`retry ${name}`),
      ' starts over.',
    );
  return refused('archived', `${title} is ${stageWords(item.stage)} and can’t be started again. `, typed('create'), ' adds a new item.');
}
