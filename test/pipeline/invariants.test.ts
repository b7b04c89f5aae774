import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemEvent } from '../../src/pipeline/events.ts';
import { created, transition } from '../../src/pipeline/transition.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { CREATION, eventOf, T0 } from './samples.ts';
import { draft, fit, type Draft } from './random-events.ts';
import { ROLE_OF } from '../../src/pipeline/role.ts';

const ACCOUNTS: ReadonlySet<ItemEvent['kind']> = new Set([
  'run.heartbeat',
  'run.heard',
  'item.told',
  'item.commented',
  'item.files_added',
  'item.seconded',
  'item.climbed',
  'run.usage',
  'run.session',
  'run.budget_crossed',
  'run.extended',
  'item.set_aside',
  'run.price_unknown',
  'run.admitted',
  'run.connected',
  'run.reported',
  'run.verdict',
  'agent.called',
  'request.opened',
  'request.closed',
  'request.refused',
]);

interface Step {
  readonly before: WorkItem;
  readonly event: ItemEvent;
  readonly after: WorkItem;
  readonly taken: boolean;
}

/** Plays drafts on a new item. Everything handed to the transition function is frozen: it must not write to what it gets. */
function play(drafts: readonly Draft[]): Step[] {
  const steps: Step[] = [];
  let item = deepFreeze(created(eventOf('item.created', CREATION, { seq: 1, at: T0 })));
  drafts.forEach((drafted, i) => {
    const event = deepFreeze(fit(drafted, item, i + 2, T0 + (i + 1) * 1_000));
    const result = transition(item, event);
    const after = result.ok ? deepFreeze(result.value) : item;
    steps.push({ before: item, event, after, taken: result.ok });
    item = after;
  });
  return steps;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** The first random history with a step at which something does not hold, shrunk and told; null where there is none. */
function broken(holds: (step: Step, index: number, steps: readonly Step[]) => boolean): string | null {
  const property = fc.property(fc.array(draft, { maxLength: 120 }), (drafts) => play(drafts).every(holds));
  const details = fc.check(property, { numRuns: 300 });
  return details.failed ? (fc.defaultReportMessage(details) ?? 'failed') : null;
}

const LIVE = ['backlog', 'current', 'qa', 'merge', 'done'];
const FRESH = { attempts: 0, queued: false, held: null, execution: { state: 'idle' } };

describe('whatever happens to an item', () => {
  it('an agent is attached only where agents work, and only in the role that fits the stage', () => {
    const fits = ({ stage, execution }: WorkItem): boolean => {
      if (execution.state === 'idle') return true;
      return (stage.name === 'current' || stage.name === 'qa' || stage.name === 'merge') && ROLE_OF[stage.name] === execution.agent.role;
    };
    expect(broken(({ after }) => fits(after))).toBeNull();
  });

  it('a done item has its merge commit, a merge has something to merge, and the archive knows the live stage it came from', () => {
    const complete = ({ stage }: WorkItem): boolean => {
      if (stage.name === 'done') return /^[0-9a-f]{40}$/.test(stage.mergeCommit);
      if (stage.name === 'merge') return stage.commitsAhead >= 1;
      return stage.name !== 'archived' || LIVE.includes(stage.from.name);
    };
    expect(broken(({ after }) => complete(after))).toBeNull();
  });

  it('a commit is landing only in merge, or where a merge is reverted', () => {
    expect(broken(({ after }) => after.landing === null || after.stage.name === 'merge' || after.errand?.kind === 'undo')).toBeNull();
  });

  it('its version is the number of events that it took, but for the signs of life and metering of runs', () => {
    const taken = (steps: readonly Step[], upTo: number): number =>
      steps.filter((step, i) => i <= upTo && step.taken && !ACCOUNTS.has(step.event.kind) && !step.event.kind.startsWith('timer.')).length;
    expect(broken(({ after }, index, steps) => after.version === 1 + taken(steps, index))).toBeNull();
  });

  it('a move starts its stage afresh', () => {
    expect(
      broken(({ event, taken, after }) => {
        if (!taken || event.kind !== 'item.moved') return true;
        const { attempts, queued, held, execution, stageSince, stepSeq } = after;
        return isDeepStrictEqual({ attempts, queued, held, execution }, FRESH) && stageSince === event.at && stepSeq === event.seq;
      }),
    ).toBeNull();
  });

  it('only a move, its undo, or what is found after a restore changes the stage, apart from the words that a purge takes out', () => {
    expect(
      broken(({ before, event, after }) => {
        if (event.kind === 'item.moved' || event.kind === 'item.put_back' || event.kind.startsWith('item.found_')) return true;
        return event.kind === 'item.purged' ? after.stage.name === before.stage.name : isDeepStrictEqual(after.stage, before.stage);
      }),
    ).toBeNull();
  });

  it('once deleted it stays deleted, where it stood, and idle', () => {
    expect(
      broken(
        ({ before, after }) =>
          before.deletedAt === null ||
          (after.deletedAt === before.deletedAt && after.stage.name === before.stage.name && after.execution.state === 'idle'),
      ),
    ).toBeNull();
  });

  it('once purged nothing changes but the count of events', () => {
    expect(
      broken(({ before, after }) => before.removal?.state !== 'purged' || isDeepStrictEqual(after, { ...before, version: after.version })),
    ).toBeNull();
  });

  it('its step changes whenever the stage or the state of the execution does', () => {
    expect(
      broken(({ before, event, after }) => {
        const changed = before.stage.name !== after.stage.name || before.execution.state !== after.execution.state;
        return after.stepSeq === event.seq || (!changed && after.stepSeq === before.stepSeq);
      }),
    ).toBeNull();
  });

  it('runs are numbered one after another, and only a reservation takes a number', () => {
    expect(
      broken(({ before, event, taken, after }) => after.runs === before.runs + (taken && event.kind === 'run.pending' ? 1 : 0)),
    ).toBeNull();
  });

  it('who it is and where it came from never change', () => {
    const identity = (item: WorkItem): unknown[] => [item.project, item.number, item.createdAt];
    expect(
      broken(
        ({ before, event, after }) =>
          isDeepStrictEqual(identity(after), identity(before)) && (event.kind === 'item.purged' || after.createdBy === before.createdBy),
      ),
    ).toBeNull();
  });

  it('the counters of failure never fall below nothing, and each failed attempt counts once', () => {
    expect(
      broken(
        ({ before, event, taken, after }) =>
          Math.min(after.attempts, after.sentBack) >= 0 &&
          (!taken || event.kind !== 'item.attempt_failed' || after.attempts === before.attempts + 1),
      ),
    ).toBeNull();
  });
});

describe('the random histories', () => {
  it('reach every stage, every state of an execution, and the end of a purge', () => {
    const seen = new Set<string>();
    for (const drafts of fc.sample(fc.array(draft, { maxLength: 120, size: 'max' }), { numRuns: 800, seed: 7 }))
      for (const { after } of play(drafts)) {
        seen.add(after.stage.name);
        seen.add(after.execution.state);
        seen.add(after.removal?.state ?? 'there');
      }
    const all = [LIVE, 'archived', 'idle', 'pending', 'running', 'rateLimited', 'completed', 'there', 'asked', 'removed', 'purged'].flat();
    expect(seen).toEqual(new Set(all));
  });
});
