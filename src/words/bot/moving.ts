import { command, doc, list, paragraph, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import type { Stage, StageName } from '../../pipeline/types.ts';
import { inStage } from '../item/item.ts';
import { done, refused } from '../replies.ts';
import type { Reply } from '../reply.ts';

/** Before merged items move to another stage: what that leaves, and what reverts it. */
export function leavesMerge(
  merged: readonly { readonly title: string; readonly name: string; readonly base: string }[],
  stage: string,
): Document {
  const many = merged.length > 1;
  const lines = merged.map(({ title, name, base }): Content[] => [
    `${title} is merged, and its merge stays on ${base}. `,
    command(`undo ${name}`),
    ' reverts it instead.',
  ]);
  return doc(paragraph(`Move to ${stage} and leave the ${many ? 'merges' : 'merge'}?`), list(lines));
}

/** What to do about an item that is merged and can't be moved. */
export function orRevert(name: string): Content[] {
  return [' Its merge stays; ', command(`undo ${name}`), ' reverts it.'];
}

/** Nobody moves an item to done; `moves`: where it can go instead. */
export function onlyByMerge(title: string, stage: Stage, moves: readonly StageName[]): Reply {
  const soon = stage.name === 'archived' ? `It can move to ${moves.join(', ')}.` : 'It will be done once it is merged.';
  return refused('done-by-merge', `Only a merge makes an item done, and ${title} is ${inStage(stage)}. ${soon}`);
}

/** An item that was given up begins again, without its branch. */
export function worksAgain(name: string): Content[] {
  return ['Its earlier work is kept: ', command(`snapshots ${name}`), '. '];
}

/** An item was archived because another one does what it was to do. `needing`: items that depend on it, as typed. */
export function superseded(about: {
  readonly title: string;
  readonly by: string;
  readonly who: string;
  readonly other: string;
  /** Of its run and its timers. */
  readonly also: string;
  readonly needing: readonly string[];
}): Reply {
  const { needing, other } = about;
  const next = needing.flatMap((one, at): Content[] => [at === 0 ? '' : ', ', command(`depends ${one} on ${other}`)]);
  const what =
    needing.length === 1
      ? ' makes the item that depends on it wait for the new one.'
      : ' make the items that depend on it wait for the new one.';
  return done(
    `${about.title}: replaced by ${about.by}, archived by ${about.who}. ${about.also}`,
    ...(needing.length === 0 ? [] : [...next, what]),
  );
}

/** Why an item can't be replaced by another. */
export const notSuperseded = {
  itself: (title: string): Reply => refused('supersedes-itself', `${title} can’t replace itself.`),
  elsewhere: (title: string, project: string): Reply => refused('other-project', `${title} can only be replaced by an item of ${project}.`),
  merged: (title: string, name: string): Reply =>
    refused('already-done', `${title} is merged. `, command(`undo ${name}`), ' reverts it, ', command(`accept ${name}`), ' archives it.'),
  finished: (title: string, stage: string): Reply => refused('archived', `${title} is already ${stage}.`),
  circle: (title: string, other: string): Reply => refused('cycle', `${other} is itself replaced by ${title}.`),
} as const;
