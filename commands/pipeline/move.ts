import { choice, severalItems, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext, type Confirmation } from '../../src/bot/command.ts';
import { blocked } from '../../src/bot/several/called.ts';
import { changeEach, itemsMeant } from '../../src/bot/several/each.ts';
import { mergedByMusher } from '../../src/bot/undo/merge.ts';
import { leavesMerge, onlyByMerge, orRevert, worksAgain } from '../../src/words/bot/moving.ts';
import { itemName, itemTitle, mergedAs, stageWords } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { mergeTarget } from '../../src/bot/merge-target.ts';
import { projectOf, stopOpenRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { cancelTimers } from '../../src/bot/timers.ts';
import { isGivenUp, validMoves } from '../../src/pipeline/moves.ts';
import { moveRefusal } from '../../src/words/item/misfit.ts';
import type { MoveTarget } from '../../src/pipeline/events.ts';
import { STAGES, type StageName, type WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { refusedNow } from '../../src/pipeline/refused.ts';
import { readerOf } from '../../src/words/reader.ts';

export const move = command({
  words: ['move'],
  summary: 'Moves an item to another stage.',
  details:
    'Stops its run (the work is kept) and cancels its timers. Moving to `archived` abandons the item, or completes it if it is done; an abandoned item can go back to the backlog. If it is merged, the merge stays on the base branch: Musher asks first, and `undo` reverts it. You cannot move an item to `done`; only a merge does that.',
  examples: ['move 42 qa', 'move 42 archived', 'move 3 4 backlog'],
  args: { item: severalItems({ words: ['blocked'], followed: 'word' }), stage: choice(STAGES, 'The new stage.') },
  role: 'operator',
  asks: 'sometimes',
  confirm(context, { item: named, stage }) {
    if (stage === 'archived' || stage === 'done') return null;
    const meant = itemsMeant(context, named, { blocked });
    return meant.ok ? questionOf(context, meant.value.refs, stage) : meant.error;
  },
  run: (context, { item: named, stage }) =>
    changeEach(context, named, { blocked }, (tx, ref) => {
      const item = tx.find(ref);
      const merge = mergedAs(item.stage);
      if (merge !== null && !validMoves(item.stage).includes(stage))
        return tx.refuse(staysMerged(context, item, stage, mergedByMusher(context, item, merge)));
      const to = target(context, item, stage, tx.now);
      if ('ok' in to) return tx.refuse(to);
      const timers = cancelTimers(context, tx, item, { kind: 'person', did: 'moved' });
      const stopped = stopOpenRun(tx, item, { kind: 'person', did: 'moved' });
      const after = tx.append(stopped.item, 'item.moved', {
        to,
        why: { kind: 'person', did: 'moved' },
        failure: null,
        // What was merged is no work once more, also where somebody has reverted it meanwhile.
        ...(item.stage.name === 'done' && to.name === 'current' ? { refuses: refusedNow(item) } : {}),
      });
      const reader = readerOf(context);
      const run = stopped.run === null ? '' : `Stopped run ${stopped.run.run} by ${stopped.run.agent}. `;
      return done(
        `${itemTitle(item, reader.current)}: moved from ${stageWords(item.stage)} to ${stage} by ${context.nameOf(context.actor)}. ${run}${timers}`,
        ...(isGivenUp(item.stage) && item.runs > 0 ? worksAgain(itemName(item, reader.current)) : []),
        ...outlook(after, tx.step(after), reader),
      );
    }),
});

/** A merged item stays merged wherever it is moved, and the person should know that first; null where none of the items is merged. */
function questionOf(context: CommandContext, refs: readonly ItemRef[], stage: StageName): Confirmation | null {
  const items = refs.flatMap((ref) => {
    const found = context.find(ref);
    return found.ok ? [found.value] : [];
  });
  const merged = items.filter((item) => {
    const merge = mergedAs(item.stage);
    return merge !== null && validMoves(item.stage).includes(stage) && mergedByMusher(context, item, merge);
  });
  if (merged.length === 0) return null;
  const { current } = readerOf(context);
  return {
    question: leavesMerge(
      merged.map((item) => ({
        title: itemTitle(item, current),
        name: itemName(item, current),
        base: projectOf(context, item).settings.baseBranch,
      })),
      stage,
    ),
    items: merged.map(({ project, number, version }) => ({ project, number, version })),
    text: `move ${items.map((item) => itemName(item, current)).join(' ')} ${stage}`,
  };
}

/** What is merged can't be moved so; `revertible`: by a merge of Musher's own. */
function staysMerged(context: CommandContext, item: WorkItem, stage: StageName, revertible: boolean): Reply {
  const words = moveRefusal(item.number, item.stage.name, stage, validMoves(item.stage));
  return refused('invalid-move', words, ...(revertible ? orRevert(itemName(item, context.project.name)) : []));
}

function target(context: CommandContext, item: WorkItem, stage: StageName, now: number): MoveTarget | Reply {
  switch (stage) {
    case 'backlog':
    case 'current':
    case 'qa':
      return { name: stage };
    case 'merge':
      return validMoves(item.stage).includes('merge')
        ? mergeTarget(item, context.project.name)
        : refused('invalid-move', moveRefusal(item.number, item.stage.name, stage, validMoves(item.stage)));
    case 'done':
      return onlyByMerge(itemTitle(item, context.project.name), item.stage, validMoves(item.stage));
    case 'archived':
      return { name: 'archived', archivedAt: now, reason: { kind: item.stage.name === 'done' ? 'completed' : 'abandoned' } };
  }
}
