import { code, command, doc, join, line, list, paragraph, phrase, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { inStage, stageWords } from '../item/item.ts';
import type { Actor } from '../../pipeline/actor.ts';
import { answer, done, goesOn, refused } from '../replies.ts';
import { moment } from '../time.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Reply } from '../reply.ts';
import type { Typed } from '../reader.ts';
import { asLine } from './several.ts';

/** A command that was typed earlier: `move (14:05, by anna)`. */
export function commandOf(
  change: { readonly words: string | null; readonly at: Millis; readonly actor: Actor },
  context: Pick<Typed, 'clock' | 'timezone' | 'nameOf'>,
): Content[] {
  return phrase`${change.words ?? 'the last command'} (${moment(change.at, context.clock.now(), context.timezone)}, by ${context.nameOf(change.actor)})`;
}

/** What undoing a command did, a line for each item. `refusals`: of the items for which it can't be undone. */
export function undone(what: readonly Content[], lines: readonly (readonly Content[])[], refusals: readonly Reply[]): Reply {
  const all = lines.length + refusals.length;
  const part = refusals.length === 0 ? [] : [` for ${lines.length} of ${all} items`];
  return answer(
    doc(
      paragraph(...phrase`✓ Undid ${what}`, ...part, '.'),
      list([...lines, ...refusals.map(({ body }) => asLine(join(line('✗ '), body)))]),
      paragraph(command('undo'), ' again undoes the command before that. There is no redo.'),
    ),
  );
}

/** An item of the command was deleted since. */
export function deletedSince(title: string, what: readonly Content[]): Reply {
  return refused('deleted', ...phrase`Can’t undo ${what}: ${title} was deleted since.`);
}

/** Why a command can't be undone. */
export function cannotUndo(reason: string, title: string, what: readonly Content[], why: readonly Content[]): Reply {
  return refused(reason, ...phrase`Can’t undo ${what} on ${title}: `, ...why, '. Nothing changed.');
}

/** What is true of an item again, each a clause without a full stop. */
export const restored = {
  criterion: (n: number, checked: boolean) => `criterion ${n} is ${checked ? 'checked' : 'unchecked'} again`,
  dependencies: (numbers: readonly number[]) =>
    numbers.length === 0 ? 'it has no dependencies again' : `it depends on ${hashed(numbers)} again`,
  agent: (agent: string | null) => (agent === null ? 'it is open to any coder again' : `it is assigned to ${agent} again`),
  title: (title: string) => `its title is “${title}” again`,
  type: (type: string) => `it is a ${type} again`,
  qa: (mode: string | null) => `its qa is ${mode ?? 'the default'} again`,
  labels: (labels: readonly string[]) => (labels.length === 0 ? 'it has no labels again' : `its labels are ${labels.join(', ')} again`),
  model: (model: string | null) => (model === null ? 'its model is left to its agent again' : `its model is ${model} again`),
  priority: (priority: string) => `its priority is ${priority} again`,
  field: (field: 'description' | 'criteria') => `its ${field} ${field === 'criteria' ? 'are' : 'is'} as before`,
  told: 'no agent will read it',
  files: 'its files are gone',
  running: ({ stage }: WorkItem, withNewRun: boolean) =>
    stage.name === 'backlog' ? 'it is queued again' : `it continues in ${stageWords(stage)}${withNewRun ? ', with a new run' : ''}`,
  stopped: ({ stage }: WorkItem) => `it is back ${inStage(stage)}`,
  stage: ({ stage }: WorkItem) => `it is back ${inStage(stage)}`,
} as const;

/** Why one change of a command can't be undone, each a clause without a full stop. */
export const obstacle = {
  changedSince: (what: string): readonly Content[] => [`${what} was changed again since`],
  cycle: (cycle: readonly number[]): readonly Content[] => [
    `it would be a circular dependency now (${cycle.map((number) => `#${number}`).join(' needs ')})`,
  ],
  unknownBefore: ['the log does not hold its state before'] as readonly Content[],
  overtaken: (event: string, runningItem: number | null): readonly Content[] => [
    `work has continued since (${event})`,
    ...(runningItem === null ? [] : ['. ', command(`stop ${runningItem}`), ' stops its run']),
  ],
  read: (agent: string): readonly Content[] => [`${agent} has read it already`],
  created: (n: number): readonly Content[] => ['creating can’t be undone; ', command(`delete ${n}`), ' deletes the item'],
  deleted: (n: number): readonly Content[] => ['deleting can’t be undone; ', command(`restore ${n}`), ' restores its work on a branch'],
  snapshotRestored: (n: number): readonly Content[] => [
    command(`snapshots ${n}`),
    ' lists the state before, and ',
    command(`restore ${n} <number>`),
    ' restores it',
  ],
  mergeReverted: (n: number): readonly Content[] => [
    'a revert can’t be undone; ',
    command(`start ${n}`),
    ' lets an agent change the work; to restore it unchanged, revert the revert with git',
  ],
  cannot: (event: string): readonly Content[] => [`“${event}” can’t be undone`],
} as const;

/** What is asked before a merge is reverted. */
export function revertQuestion(title: string, name: string, base: string, merge: string, needing: readonly number[]): Document {
  const lines: Content[][] = [
    [`Adds a commit to ${base} that reverts `, code(merge), ', after the gates have passed. History is not rewritten.'],
    [`Returns the item to current with its branch, stopped until `, command(`start ${name}`), '.'],
    ...(needing.length === 0
      ? []
      : [[`${hashed(needing)} ${needing.length === 1 ? 'depends' : 'depend'} on it and will wait for it again.`]]),
  ];
  return doc(paragraph(`Revert the merge of ${title}?`), list(lines));
}

/** The gates still run; the result is announced in the room. */
export function revertRunning(title: string, name: string): Reply {
  return goesOn(
    `Reverting the merge of ${title}; the gates run first. The room gets a message when it’s done; `,
    command(`why ${name}`),
    ' shows the progress.',
  );
}

/** The merge is reverted. */
export function reverted(title: string, name: string, base: string, needing: readonly number[]): Reply {
  const wait = needing.length === 0 ? '' : ` ${hashed(needing)} ${needing.length === 1 ? 'waits' : 'wait'} for it again.`;
  return done(
    `✓ Reverted the merge of ${title} on ${base}. The item is in current with its branch, stopped.${wait} `,
    command(`diff ${name}`),
    ' shows the change, ',
    command(`start ${name}`),
    ' to continue.',
  );
}

/** The merge could not be reverted; `conflicts`: later commits changed the same places. */
export function revertFailed(title: string, base: string, why: string, conflicts: boolean): Reply {
  const next = conflicts ? ' Revert the later merges first, or create an item that removes the change.' : '';
  return refused(
    conflicts ? 'undo-conflict' : 'undo-failed',
    `The merge of ${title} could not be reverted: ${why}. Nothing changed on ${base}.${next}`,
  );
}

/** The item was never merged. */
export function notMerged(title: string, name: string): Reply {
  return refused('not-merged', `${title} is not merged. `, command(`why ${name}`), ' shows its state.');
}

/** The merged item was deleted. */
export function mergedAndDeleted(title: string, merge: string): Reply {
  return refused('deleted', `${title} was deleted, so Musher can’t revert it. In the repository, `, code(`git revert ${merge}`), ' does.');
}

/** The merge is being reverted already. */
export function alreadyReverting(title: string, name: string): Reply {
  return refused('under-way', `The merge of ${title} is already being reverted. `, command(`why ${name}`), ' shows the progress.');
}

/** The change reached the base branch without a merge by Musher, so there is no commit to revert. */
export function notOwnMerge(title: string, name: string, base: string): Reply {
  return refused(
    'not-its-own-commit',
    `Musher did not merge ${title} into ${base} itself, so it doesn’t know which commit to revert. Revert it in the repository, then `,
    command(`move ${name} current`),
    ' reopens the item.',
  );
}

function hashed(numbers: readonly number[]): string {
  return numbers.map((number) => `#${number}`).join(', ');
}
