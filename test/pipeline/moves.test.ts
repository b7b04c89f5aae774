import { misfitWords } from '../../src/words/item/misfit.ts';
import { describe, expect, it } from 'vitest';
import type { MoveTarget } from '../../src/pipeline/events.ts';
import { mayMove, validMoves } from '../../src/pipeline/moves.ts';
import { transition, type TransitionError } from '../../src/pipeline/transition.ts';
import type { Stage, WorkItem } from '../../src/pipeline/types.ts';
import type { Result } from '../../src/result.ts';
import {
  archivedStage,
  eventOf,
  LIVE_NAMES,
  REASON_NAMES,
  REASONS,
  STAGE,
  standing,
  T0,
  type LiveName,
  type ReasonName,
} from './samples.ts';

/**
 * The moves as the design's sentence lists them, written out again and not taken from the code. `to` is a stage, or
 * an archive reason in brackets. "Any → archived" is read as any place that an item can still leave: from the archive
 * itself only what can come back may be given up for good. What was given up begins again from the backlog.
 */
const GIVE_UP = ['(abandoned)', '(superseded)'];
const SET_ASIDE = ['(blocked)', '(mergeFailed)', '(reviewHeld)', ...GIVE_UP];
const FROM_LIVE: Record<LiveName, readonly string[]> = {
  backlog: ['current', ...SET_ASIDE],
  current: ['backlog', 'qa', 'merge', ...SET_ASIDE],
  qa: ['backlog', 'merge', 'current', ...SET_ASIDE],
  merge: ['backlog', 'current', 'qa', 'done', ...SET_ASIDE],
  done: ['current', '(completed)', ...SET_ASIDE],
};
function fromArchive(reason: string, origin: LiveName): readonly string[] {
  if (['abandoned', 'superseded', 'completed'].includes(reason)) return origin === 'done' ? [] : ['backlog'];
  return ['blocked', 'mergeFailed', 'reviewHeld'].includes(reason) ? ['backlog', origin, ...GIVE_UP] : [];
}

const origins: readonly { name: string; stage: Stage; allowed: readonly string[] }[] = [
  ...LIVE_NAMES.map((name) => ({ name, stage: STAGE[name], allowed: FROM_LIVE[name] })),
  ...REASON_NAMES.flatMap((reason) =>
    LIVE_NAMES.map((from) => ({
      name: `archived (${reason}) out of ${from}`,
      stage: archivedStage(reason, from),
      allowed: fromArchive(reason, from),
    })),
  ),
];
const targets: readonly { name: string; to: MoveTarget }[] = [
  ...LIVE_NAMES.map((name) => ({ name, to: STAGE[name] })),
  ...REASON_NAMES.map((reason) => ({ name: `(${reason})`, to: { name: 'archived' as const, archivedAt: T0, reason: REASONS[reason] } })),
];
const pairs = origins.flatMap((from) => targets.map((to) => ({ from, to, allowed: from.allowed.includes(to.name) })));

describe('moving an item', () => {
  it.each(pairs)('from $from.name to $to.name is what the design says: $allowed', ({ from, to, allowed }) => {
    expect(mayMove(from.stage, to.to)).toBe(allowed);
    const result = transition(standing(from.stage), eventOf('item.moved', { to: to.to, why: 'asked', failure: null }));
    expect(result).toMatchObject(
      allowed ? { ok: true, value: { stage: to.to } } : { ok: false, error: { code: 'invalid-move', validMoves: validMoves(from.stage) } },
    );
  });

  it.each(origins)('a refusal from $name lists exactly the stages that can be reached', ({ stage, allowed }) => {
    const reachable = new Set(allowed.map((target) => (target.startsWith('(') ? 'archived' : target)));
    expect(new Set(validMoves(stage))).toEqual(reachable);
    expect(validMoves(stage)).toHaveLength(reachable.size);
  });

  it('names the moves there are', () => {
    const refused = transition(standing(STAGE.qa), eventOf('item.moved', { to: STAGE.done, why: '', failure: null }));
    expect(refused).toMatchObject({
      ok: false,
      error: { misfit: { kind: 'no-such-move', to: 'done' }, stage: 'qa' },
    });
    const finished = transition(
      standing(archivedStage('completed', 'done')),
      eventOf('item.moved', { to: STAGE.current, why: '', failure: null }),
    );
    expect(finished).toMatchObject({ ok: false, error: { misfit: { kind: 'no-such-move' }, validMoves: [] } });
    expect(refused.ok ? '' : misfitWords(refused.error)).toContain('It can move to backlog, current, merge, archived.');
  });
});

describe('a report', () => {
  const end = (item: WorkItem, actor: string): Result<WorkItem, TransitionError> =>
    transition(item, {
      ...eventOf('item.moved', { to: { name: 'archived', archivedAt: T0, reason: REASONS.completed }, why: '', failure: null }),
      actor,
    });

  it('ends a spike where its agent leaves it, and no other item, and nobody else ends one so', () => {
    const spike = { ...standing(STAGE.current), type: 'spike' } as const;
    expect(end(spike, 'agent:coder-1')).toMatchObject({ ok: true, value: { stage: { name: 'archived', from: STAGE.current } } });
    for (const [item, actor] of [
      [{ ...spike, type: 'story' }, 'agent:coder-1'],
      [{ ...standing(STAGE.qa), type: 'spike' }, 'agent:coder-1'],
      [spike, 'console:ann'],
      [spike, 'musher'],
    ] as const)
      expect(end(item, actor)).toMatchObject({ ok: false, error: { code: 'invalid-move' } });
  });

  it('is no merge that could be undone, and the item can begin again', () => {
    const ended = standing(archivedStage('completed', 'current'));
    expect(transition(ended, eventOf('item.undo_asked', { reason: '' }))).toMatchObject({
      ok: false,
      error: { misfit: { kind: 'not-merged' } },
    });
    expect(validMoves(ended.stage)).toEqual(['backlog']);
  });
});

describe('arriving in the archive', () => {
  it('remembers the stage it came from, also when what was blocked is given up later', () => {
    const archive = (item: WorkItem, reason: ReasonName): Result<WorkItem, TransitionError> =>
      transition(
        item,
        eventOf('item.moved', { to: { name: 'archived', archivedAt: T0, reason: REASONS[reason] }, why: 'x', failure: null }),
      );
    const blocked = archive(standing(STAGE.merge), 'blocked');
    expect(blocked).toMatchObject({ ok: true, value: { stage: { name: 'archived', from: STAGE.merge } } });
    expect(blocked.ok && archive(blocked.value, 'abandoned')).toMatchObject({
      ok: true,
      value: { stage: { reason: { kind: 'abandoned' }, from: STAGE.merge } },
    });
  });
});
