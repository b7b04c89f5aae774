import { nearest } from '../../nearest.ts';
import { isModelName, takesModel } from '../../pipeline/next/model.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { badModel, modelSet, modelUnchanged, overAlready } from '../../words/fields/choosing.ts';
import { readerOf } from '../../words/reader.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import { openRun, projectOf } from '../of-item.ts';
import { isOver } from './priority.ts';

/** Words that take a choice back. */
const DEFAULT: ReadonlySet<string> = new Set(['default', 'any', 'nothing']);

/** Chooses the model for an item's coding runs. One that nobody knows is told of and passed on: providers have new ones every month. */
export function setModel(context: CommandContext, tx: CommandTx, item: WorkItem, typed: string): Reply {
  const reader = readerOf(context);
  const model = DEFAULT.has(typed.toLowerCase()) ? null : typed;
  if (model !== null && !isModelName(model)) return tx.refuse(badModel(model));
  if (isOver(item)) return tx.refuse(overAlready(item, reader.current, 'model'));
  const prior = item.model ?? null;
  const { agents, settings } = projectOf(context, item);
  const byType = settings.defaults[item.type].model;
  if (prior === model) return tx.refuse(modelUnchanged(item, reader.current, byType));
  const after = tx.append(item, 'item.edited', { field: 'model', value: model, prior });
  const coders = agents.filter(({ role }) => role === 'coder');
  const takers = model === null ? coders : coders.filter((one) => takesModel(one, model));
  const known = coders.flatMap(({ knownModels, model: own }) => [...(own === null ? [] : [own]), ...knownModels]);
  const run = openRun(tx.reads, item);
  return modelSet(
    after,
    {
      byType,
      unknown: model !== null && takers.length === 0,
      near: model === null || takers.length > 0 ? null : nearest(model, known),
      // Where all can, it says nothing new.
      takers: takers.length === coders.length ? [] : takers.map(({ name }) => name),
      finishing: run !== null && run.role === 'coder' && (run.chosenModel ?? null) !== (model ?? byType) ? run : null,
    },
    tx.step(after),
    reader,
  );
}
