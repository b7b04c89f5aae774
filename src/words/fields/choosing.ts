import { command, type Content } from '../../message/build.ts';
import type { Step } from '../../pipeline/next/step.ts';
import type { ItemType, Priority, WorkItem } from '../../pipeline/types.ts';
import type { WorkStage } from '../../pipeline/role.ts';
import type { Run } from '../../log/projections/run.ts';
import { inStage, itemName, itemTitle } from '../item/item.ts';
import { outlook } from '../item/step.ts';
import { done, refused } from '../replies.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';

/** The item's place in line now. */
export function prioritySet(item: WorkItem, step: Step, reader: Reader): Reply {
  return done(`${itemTitle(item, reader.current)} now has ${item.priority ?? 'normal'} priority. `, ...outlook(item, step, reader));
}

export function priorityUnchanged(item: WorkItem, current: string, priority: Priority): Reply {
  return refused('unchanged', `${itemTitle(item, current)} already has ${priority} priority.`);
}

export function unknownPriority(typed: string, all: readonly Priority[]): Reply {
  return refused('unknown-priority', `“${typed.slice(0, 40)}” is not a priority. Priorities: ${all.join(', ')}.`);
}

/** Nothing of the item will run or wait any more. */
export function overAlready(item: WorkItem, current: string, what: 'priority' | 'model'): Reply {
  return refused('over', `${itemTitle(item, current)} is ${inStage(item.stage)}, so a ${what} would change nothing.`);
}

const PLURAL: { readonly [T in ItemType]: string } = { story: 'stories', bug: 'bugs', spike: 'spikes', refactor: 'refactors' };

/** The labels that an item has now. */
export function labelsSet(item: WorkItem, current: string): Reply {
  const { labels = [] } = item;
  return done(`${itemTitle(item, current)} ${labels.length === 0 ? 'has no labels now' : `is labelled ${labels.join(', ')}`}.`);
}

export function labelsUnchanged(item: WorkItem, current: string): Reply {
  const { labels = [] } = item;
  return refused(
    'unchanged',
    `${itemTitle(item, current)} ${labels.length === 0 ? 'has no labels' : `is already labelled ${labels.join(', ')}`}.`,
  );
}

/** It has none of the labels that should be taken off it. */
export function notLabelled(item: WorkItem, current: string, typed: readonly string[]): Reply {
  const { labels = [] } = item;
  const has = labels.length === 0 ? 'It has none.' : `It has ${labels.join(', ')}.`;
  return refused('not-labelled', `${itemTitle(item, current)} isn’t labelled ${typed.join(', ')}. ${has}`);
}

export function badLabel(label: string, longest: number): Reply {
  return refused('bad-label', `“${label.slice(0, 40)}” can’t be a label: at most ${longest} letters, digits and dashes.`);
}

export function tooManyLabels(most: number): Reply {
  return refused(
    'too-many-labels',
    `An item has at most ${most} labels. `,
    'Take one off first with ',
    command('unlabel <item> <label>'),
    '.',
  );
}

/** What stands for a choice that nobody made: `the default for bugs`. */
export function defaultOf(type: ItemType): string {
  return `the default for ${PLURAL[type]}`;
}

/** `byType`: who works on items of that type; null: any. `finishing`: a run of another agent that continues. */
export function agentSet(
  item: WorkItem,
  byType: string | null,
  finishing: Run | null,
  alsoModels: readonly string[],
  current: string,
): Reply {
  const { assignedTo, type } = item;
  const title = itemTitle(item, current);
  const model = item.model === null || item.model === undefined ? '' : `, with ${item.model}`;
  const who =
    assignedTo !== null
      ? `${title} is assigned to ${assignedTo}${model}.`
      : byType === null
        ? `${title} is open to any coder${model}.`
        : `${title} goes to ${byType}, ${defaultOf(type)}${model}.`;
  const later = finishing === null ? '' : ` ${finishing.agent} finishes run ${finishing.run} first.`;
  const also = alsoModels.flatMap((one): Content[] => [
    ` ${one} is a model too: `,
    command(`model ${itemName(item, current)} ${one}`),
    ' chooses that.',
  ]);
  return done(`${who}${later}`, ...also);
}

export function agentUnchanged(item: WorkItem, current: string): Reply {
  const now = item.assignedTo === null ? 'open to any coder' : `assigned to ${item.assignedTo}`;
  return refused('unchanged', `${itemTitle(item, current)} is already ${now}.`);
}

export function unknownAgent(item: WorkItem, typed: string, near: string | null, coders: readonly string[]): Reply {
  const meant = near === null ? '' : ` Did you mean ${near}?`;
  return refused('unknown-agent', `${item.project} has no agent “${typed.slice(0, 40)}”.${meant} ${choices(coders)}`);
}

export function notACoder({ name, stage }: { readonly name: string; readonly stage: WorkStage }, coders: readonly string[]): Reply {
  return refused('not-a-coder', `${name} can’t write code: it works in ${stage}. ${choices(coders)}`);
}

function choices(coders: readonly string[]): string {
  return coders.length === 0 ? 'Add a coder to .musher/project.toml first.' : `Coders: ${coders.join(', ')}, or any.`;
}

/** What was typed for an agent is a model that several can use. */
export function manyCanUse(item: WorkItem, current: string, model: string, agents: readonly string[]): Reply {
  const name = itemName(item, current);
  return refused(
    'several-agents',
    `${model} is a model that ${listed(agents)} can use. `,
    command(`model ${name} ${model}`),
    ' chooses the model and leaves the agent open, ',
    command(`assign ${name} ${agents[0] ?? 'any'}`),
    ' chooses the agent.',
  );
}

/** What there is to say of a model that was chosen. */
interface ModelFacts {
  /** Null: items of its type have none. */
  readonly byType: string | null;
  /** No program is known to have it. */
  readonly unknown: boolean;
  readonly near: string | null;
  /** The agents that can use it, where others can’t. */
  readonly takers: readonly string[];
  /** A run with another one that continues. */
  readonly finishing: Run | null;
}

export function modelSet(item: WorkItem, { byType, unknown, near, takers, finishing }: ModelFacts, step: Step, reader: Reader): Reply {
  const title = itemTitle(item, reader.current);
  const model = item.model ?? null;
  const what =
    model !== null
      ? `runs with ${model} now`
      : byType !== null
        ? `runs with ${byType} now, ${defaultOf(item.type)}`
        : 'runs with its agent’s own model now';
  const meant = near === null ? '' : ` Did you mean ${near}?`;
  const notes = [
    finishing === null
      ? ''
      : ` Run ${finishing.run} by ${finishing.agent} finishes${finishing.model === null ? '' : ` with ${finishing.model}`} first.`,
    takers.length === 0 ? '' : ` Of its coders, ${listed(takers)} can use it.`,
    unknown
      ? ` No agent here is known to have that model, so it is passed on as typed.${meant} If it has no price, dollar caps can’t stop its runs; token caps still do.`
      : '',
  ].join('');
  const stuck = step.do === 'wait' && step.for === 'configuration';
  return done(`${title} ${what}.${notes}`, ...(stuck ? [' ', ...outlook(item, step, reader)] : []));
}

export function modelUnchanged(item: WorkItem, current: string, byType: string | null): Reply {
  const model = item.model ?? null;
  const now = model ?? (byType === null ? 'its agent’s own model' : `${byType}, ${defaultOf(item.type)}`);
  return refused('unchanged', `${itemTitle(item, current)} already runs with ${now}.`);
}

export function badModel(typed: string): Reply {
  return refused('bad-model', `“${typed.slice(0, 40)}” is not the name of a model. It has no spaces and begins with a letter or a digit.`);
}

/** `coder-1 and coder-2`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
