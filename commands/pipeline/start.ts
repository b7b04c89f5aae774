import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Reply } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { itemName, itemTitle, sentence, stageWords } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';
import { unmetDependencies } from '../../src/pipeline/dependencies.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';

export const start = command({
  words: ['start'],
  summary: 'Starts an item, or lets a stopped one go on.',
  details:
    'An item of the backlog moves to current, where the next free coder takes it. While what it depends on is not done, it is marked to start by itself as soon as it is.',
  examples: ['start 42'],
  args: { item: itemRef() },
  role: 'operator',
  run: (context, { item: ref }) =>
    context.change((tx) => {
      const item = tx.find(ref);
      if (item.stage.name === 'done' || item.stage.name === 'archived') return tx.refuse(ended(context, item));
      if (item.stage.name === 'backlog') return fromBacklog(context, tx, item);
      const step = tx.step(item);
      const reader = readerOf(context);
      if (item.held === null)
        return tx.refuse(
          refused(
            'already-started',
            `${itemTitle(item, reader.current)} is in ${item.stage.name} already. `,
            ...outlook(item, step, reader),
          ),
        );
      const after = tx.append(item, 'item.released', {});
      return done(`${itemTitle(item, reader.current)} goes on in ${item.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});

function fromBacklog(context: CommandContext, tx: CommandTx, item: WorkItem): Reply {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  const unmet = unmetDependencies(item, (number) => tx.reads.item(item.project, number));
  const never = unmet.find((one) => one.never !== null);
  if (never !== undefined) {
    const depends = `depends ${itemName(item, reader.current)} on …`;
    return tx.refuse(
      refused(
        'dependency-lost',
        `${title} depends on ${never.number}, and ${never.never}: that never comes by waiting. `,
        code(depends),
        ' changes it.',
      ),
    );
  }
  if (unmet.length === 0) {
    const released = item.held === null ? item : tx.append(item, 'item.released', {});
    const after = tx.append(released, 'item.moved', {
      to: { name: 'current' },
      why: 'a person started it',
      failure: null,
    });
    return done(`${title} is started, from backlog to current. `, ...outlook(after, tx.step(after), reader));
  }
  const waits = unmet.map((one) => `${one.number} (in ${one.stage})`).join(', ');
  if (item.queued && item.held === null)
    return tx.refuse(
      refused('already-queued', `${title} starts by itself when what it depends on is done: ${waits}. Nothing was changed.`),
    );
  const released = item.held === null ? item : tx.append(item, 'item.released', {});
  if (!released.queued) tx.append(released, 'item.queued', { queued: true });
  return done(`${title} starts by itself as soon as what it depends on is done: ${waits}.`);
}

function ended(context: CommandContext, item: WorkItem): Reply {
  const name = itemName(item, context.project.name);
  const title = itemTitle(item, context.project.name);
  if (item.stage.name === 'done')
    return refused(
      'already-done',
      `${title} is done: it was merged. `,
      code(`accept ${name}`),
      ' archives it, ',
      code(`move ${name} current`),
      ' works on it again.',
    );
  if (isResumable(item.stage))
    return refused(
      'blocked',
      `${title} is ${stageWords(item.stage)}. `,
      code(`unblock ${name}`),
      ' puts it back, ',
      code(`retry ${name}`),
      ' also starts afresh.',
    );
  return refused(
    'archived',
    sentence(`${title} is ${stageWords(item.stage)} and can not start again`),
    ' ',
    code('create'),
    ' makes a new one.',
  );
}
