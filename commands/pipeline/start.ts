import { item } from '../../src/bot/parse/arguments.ts';
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
  args: { item: item() },
  role: 'operator',
  run: (context, { item: ref }) =>
    context.change((tx) => {
      const it = tx.find(ref);
      if (it.stage.name === 'done' || it.stage.name === 'archived') return tx.refuse(ended(context, it));
      if (it.stage.name === 'backlog') return fromBacklog(context, tx, it);
      const step = tx.step(it);
      const reader = readerOf(context);
      if (it.held === null)
        return tx.refuse(
          refused('already-started', `${itemTitle(it, reader.current)} is in ${it.stage.name} already. `, ...outlook(it, step, reader)),
        );
      const after = tx.append(it, 'item.released', {});
      return done(`${itemTitle(it, reader.current)} goes on in ${it.stage.name}. `, ...outlook(after, tx.step(after), reader));
    }),
});

function fromBacklog(context: CommandContext, tx: CommandTx, it: WorkItem): Reply {
  const reader = readerOf(context);
  const title = itemTitle(it, reader.current);
  const unmet = unmetDependencies(it, (number) => tx.reads.item(it.project, number));
  const never = unmet.find((one) => one.never !== null);
  if (never !== undefined) {
    const depends = `depends ${itemName(it, reader.current)} on …`;
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
    const released = it.held === null ? it : tx.append(it, 'item.released', {});
    const after = tx.append(released, 'item.moved', {
      to: { name: 'current' },
      why: 'a person started it',
      failure: null,
    });
    return done(`${title} is started, from backlog to current. `, ...outlook(after, tx.step(after), reader));
  }
  const waits = unmet.map((one) => `${one.number} (in ${one.stage})`).join(', ');
  if (it.queued && it.held === null)
    return tx.refuse(
      refused('already-queued', `${title} starts by itself when what it depends on is done: ${waits}. Nothing was changed.`),
    );
  const released = it.held === null ? it : tx.append(it, 'item.released', {});
  if (!released.queued) tx.append(released, 'item.queued', { queued: true });
  return done(`${title} starts by itself as soon as what it depends on is done: ${waits}.`);
}

function ended(context: CommandContext, it: WorkItem): Reply {
  const name = itemName(it, context.project.name);
  const title = itemTitle(it, context.project.name);
  if (it.stage.name === 'done')
    return refused(
      'already-done',
      `${title} is done: it was merged. `,
      code(`accept ${name}`),
      ' archives it, ',
      code(`move ${name} current`),
      ' works on it again.',
    );
  if (isResumable(it.stage))
    return refused(
      'blocked',
      `${title} is ${stageWords(it.stage)}. `,
      code(`unblock ${name}`),
      ' puts it back, ',
      code(`retry ${name}`),
      ' also starts afresh.',
    );
  return refused(
    'archived',
    sentence(`${title} is ${stageWords(it.stage)} and can not start again`),
    ' ',
    code('create'),
    ' makes a new one.',
  );
}
