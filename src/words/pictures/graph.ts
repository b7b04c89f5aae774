import { list, doc, heading, paragraph, phrase, command, type Content } from '../../message/build.ts';
import type { Block, Document } from '../../message/document.ts';
import type { Dependencies, DependencyItem } from '../../decide/dependencies.ts';
import { mergedAs, itemLabel, itemTitle, stageWords } from '../item/item.ts';
import { stepSign } from '../item/step.ts';
import type { Reader } from '../reader.ts';
import { counted } from '../amounts.ts';
import { pictureBlock, toneOf } from './block.ts';

/** The graph of dependencies as a picture. */
export function graphPicture(graph: Dependencies, project: string, reader: Reader): Block {
  return pictureBlock({
    of: 'graph',
    title: project,
    note: noteOf(graph),
    nodes: graph.items.map((one) => ({
      number: one.item.number,
      tone: one.isRunning ? 'running' : one.step === null ? 'merged' : toneOf(one.step, null),
      title: itemTitle(one.item, reader.current),
      detail: stateOf(one),
    })),
    edges: graph.items.flatMap(({ item, needs }) => needs.map((other) => [other, item.number] as const)),
  });
}

/** The same in words: each item with what it waits for. */
export function graphDocument(graph: Dependencies, project: string, reader: Reader): Document {
  if (graph.items.length === 0)
    return doc(paragraph(`No open item of ${project} depends on another one. `, command('depends 42 on 40'), ' makes one wait.'));
  const line = (one: DependencyItem): Content[] => {
    const needs = one.needs.map((number) => itemLabel({ project, number }, reader.current));
    const sign = one.step === null ? '✓' : stepSign(one.step);
    return phrase`${sign} ${itemTitle(one.item, reader.current)} · ${stateOf(one)}${needs.length === 0 ? '' : ` · after ${needs.join(', ')}`}`;
  };
  return doc(heading(project), paragraph(`${noteOf(graph)}.`), list(graph.items.map(line)));
}

function noteOf({ items, left }: Dependencies): string {
  return `${counted(items.length, 'item')} that ${items.length === 1 ? 'depends' : 'depend'} on each other${left > 0 ? `, ${left} more not shown` : ''}`;
}

function stateOf({ item, step, isRunning }: DependencyItem): string {
  if (step === null) return mergedAs(item.stage) === null ? stageWords(item.stage) : 'merged';
  if (isRunning) return `running in ${item.stage.name}`;
  return item.stage.name === 'backlog' && item.queued ? 'queued' : stageWords(item.stage);
}
