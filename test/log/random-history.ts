import * as fc from 'fast-check';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../../src/log/log.ts';
import type { Tx } from '../../src/log/tx.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import type { ItemEvents, NewItemEvent, OtherEvents } from '../../src/pipeline/events.ts';
import { amount } from '../pipeline/random-budgets.ts';
import { draft, draftOf, fit, type Draft } from '../pipeline/random-events.ts';

/** One thing that a transaction does. `among` picks one of the items that are there. */
type Act =
  | { readonly do: 'create'; readonly project: string; readonly draft: Draft }
  | { readonly do: 'event'; readonly project: string; readonly among: number; readonly draft: Draft }
  | { readonly do: 'other'; readonly project: string; readonly room: string }
  | { readonly do: 'account'; readonly project: string; readonly account: string; readonly until: number | null }
  | { readonly do: 'base'; readonly project: string; readonly to: string }
  | {
      readonly do: 'subscribe';
      readonly project: string;
      readonly room: string;
      readonly notify: 'merges' | null;
      readonly style: 'threads' | null;
    }
  | { readonly do: 'raise'; readonly project: string; readonly payload: OtherEvents['budget.raised'] };

/** A transaction; `fails`: it throws when all its acts are done, and must leave nothing. */
export interface Work {
  readonly acts: readonly Act[];
  readonly fails: boolean;
}

const project = fc.constantFrom('shop', 'site');
const raise: fc.Arbitrary<OtherEvents['budget.raised']> = fc
  .record({
    scope: fc.constantFrom('project' as const, 'person' as const, 'bot' as const),
    name: fc.constantFrom('shop', 'console:ann', ''),
    until: fc.constantFrom(1, 2),
    more: amount,
  })
  .map(({ scope, name, until, more: { tokens, microUsd } }) => ({ scope, name, until, tokens, microUsd }));

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create' as const), project, draft: draftOf('item.created') }) },
  { weight: 14, arbitrary: fc.record({ do: fc.constant('event' as const), project, among: fc.nat({ max: 5 }), draft }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('other' as const), project, room: fc.constantFrom('lobby', 'dev') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('account' as const),
      project,
      account: fc.constantFrom('main', 'spare'),
      until: fc.option(fc.nat()),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('base' as const), project, to: fc.constantFrom('a', 'b') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('subscribe' as const),
      project,
      room: fc.constantFrom('lobby', 'dev'),
      notify: fc.constantFrom('merges' as const, null),
      style: fc.constantFrom('threads' as const, null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('raise' as const), project, payload: raise }) },
);

export const history: fc.Arbitrary<Work[]> = fc.array(
  fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 8 }), fails: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) }),
  { maxLength: 25, size: 'max' },
);

const ABORT = new Error('the transaction fails');

/** Plays a history into a log; events that do not fit are refused by it, as they would be in life. Returns how many were taken. */
export function play(log: Log, works: readonly Work[]): number {
  let taken = 0;
  for (const { acts, fails } of works) {
    try {
      log.transaction((tx) => {
        const done = acts.filter((one) => perform(tx, one)).length;
        if (fails) throw ABORT;
        taken += done;
      });
    } catch (error) {
      if (error !== ABORT) throw error;
    }
  }
  return taken;
}

function perform(tx: Tx, one: Act): boolean {
  if (one.do === 'other') {
    const payload = { transport: 'console', room: one.room };
    return tx.append({ project: one.project, item: null, actor: 'console:ann', cause: null, kind: 'room.bound', payload }).ok;
  }
  if (one.do === 'account') {
    const { account, until } = one;
    const envelope = { project: one.project, item: null, actor: 'agent:coder-1', cause: null } as const;
    if (until === null) return tx.append({ ...envelope, kind: 'account.recovered', payload: { account } }).ok;
    const payload = { account, until, times: 1, news: true, others: [], earliest: null };
    return tx.append({ ...envelope, kind: 'account.limited', payload }).ok;
  }
  if (one.do === 'base') {
    const payload = { branch: 'main', from: null, to: one.to.repeat(40) as CommitSha, how: 'first', taken: [], lost: [] } as const;
    return tx.append({ project: one.project, item: null, actor: 'musher', cause: null, kind: 'base.seen', payload }).ok;
  }
  if (one.do === 'subscribe') {
    const payload = { transport: 'slack', room: one.room, notify: one.notify === null ? null : [one.notify], style: one.style };
    return tx.append({ project: one.project, item: null, actor: 'console:ann', cause: null, kind: 'room.subscribed', payload }).ok;
  }
  if (one.do === 'raise') {
    const { payload } = one;
    return tx.append({ project: one.project, item: null, actor: 'console:ann', cause: null, kind: 'budget.raised', payload }).ok;
  }
  if (one.do === 'create') {
    const payload = one.draft.payload as ItemEvents['item.created'];
    return tx.append({
      project: one.project,
      item: tx.nextNumber(one.project),
      actor: 'console:ann',
      cause: 'inbox:1',
      kind: 'item.created',
      payload,
    }).ok;
  }
  const item = tx.item(one.project, one.among);
  if (item === null) return false;
  const { seq: _seq, at: _at, version: _version, ...event } = fit(one.draft, item, 0, 0);
  const fresh = event as NewItemEvent;
  return fresh.kind === 'item.purged' ? tx.purge(fresh).ok : tx.append(fresh).ok;
}

/** A clock that moves on by ten seconds with each look. */
export function tickingClock(): Clock {
  let time = Date.UTC(2026, 0, 1);
  return { now: () => (time += 10_000), at: () => () => {} };
}
