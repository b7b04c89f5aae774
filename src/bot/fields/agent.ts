import type { AgentSettings } from '../../config/settings.ts';
import { nearest } from '../../nearest.ts';
import { takesModel } from '../../pipeline/next/model.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { agentSet, agentUnchanged, manyCanUse, notACoder, unknownAgent } from '../../words/fields/choosing.ts';
import { readerOf } from '../../words/reader.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import { openRun, projectOf } from '../of-item.ts';

/**
 * Assigns an item by the name of an agent, or of a model that a single agent can use: then that agent gets it, with the model. `any`
 * leaves it to whoever is free.
 */
export function setAgent(context: CommandContext, tx: CommandTx, item: WorkItem, typed: string): Reply {
  const { current } = readerOf(context);
  const { agents } = projectOf(context, item);
  const coders = agents.filter(({ role }) => role === 'coder');
  const names = coders.map(({ name }) => name);
  const known = agents.find(({ name }) => name.toLowerCase() === typed.toLowerCase());
  if (known !== undefined && known.role !== 'coder') return tx.refuse(notACoder(known, names));
  if (known === undefined && typed.toLowerCase() === 'any') return assigned(context, tx, item, null, null, []);
  const takers = coders.filter((one) => takesModel(one, typed));
  if (known !== undefined) return assigned(context, tx, item, known, null, takers.length > 0 && !takesModel(known, typed) ? [typed] : []);
  const [only, ...others] = takers;
  if (only === undefined) return tx.refuse(unknownAgent(item, typed, nearest(typed, names), names));
  if (others.length > 0)
    return tx.refuse(
      manyCanUse(
        item,
        current,
        typed,
        takers.map(({ name }) => name),
      ),
    );
  return assigned(context, tx, item, only, only.model === typed ? null : typed, []);
}

/** `model`: to be chosen along with the agent; null: what is chosen stays. `alsoModels`: names of models that the agent's name could have meant. */
function assigned(
  context: CommandContext,
  tx: CommandTx,
  item: WorkItem,
  agent: AgentSettings | null,
  model: string | null,
  alsoModels: readonly string[],
): Reply {
  const { current } = readerOf(context);
  const name = agent?.name ?? null;
  const before = item.model ?? null;
  const isNewModel = model !== null && before !== model;
  if (name === item.assignedTo && !isNewModel) return tx.refuse(agentUnchanged(item, current));
  let after = name === item.assignedTo ? item : tx.append(item, 'item.assigned', { agent: name, prior: item.assignedTo });
  if (isNewModel) after = tx.append(after, 'item.edited', { field: 'model', value: model, prior: before });
  const run = openRun(tx.reads, item);
  const finishing = run !== null && run.role === 'coder' && run.agent !== name ? run : null;
  return agentSet(after, projectOf(context, item).settings.defaults[item.type].agent, finishing, alsoModels, current);
}
