import { expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import { verifyAll } from '../../src/log/verify.ts';
import type { NewEvent } from '../../src/pipeline/events.ts';
import { itemNumber } from '../../src/pipeline/values.ts';
import { databaseOf } from './database-of.ts';
import { tickingClock } from './random-history.ts';

const LOBBY = { transport: 'console', room: 'lobby', thread: null };

function event(item: number, kind: 'item.created' | 'item.moved'): NewEvent {
  const base = { project: 'shop', item: itemNumber(item), actor: 'anna', cause: null, kind };
  const payload =
    kind === 'item.moved'
      ? { to: { name: 'current' }, why: 'for the test', failure: null }
      : { type: 'story', title: `Item ${item}`, description: '', criteria: [], dependsOn: [], qaMode: null };
  return { ...base, payload } as NewEvent;
}

it('a part of a transaction that throws is undone alone: its events, its messages, what is told after it', () => {
  const log = Log.inMemory(tickingClock());
  const told: string[] = [];
  const queued = log.transaction((tx) => {
    for (const item of [1, 2]) tx.record(event(item, 'item.created'));
    const failing = (): void =>
      tx.attempt(() => {
        tx.record(event(1, 'item.moved'));
        tx.outbox.add({ to: LOBBY, kind: 'notice', body: { blocks: [] }, inbox: null, item: null }, tx.now);
        tx.afterCommit(() => told.push('failed'));
        throw new Error('does not fit');
      });
    expect(failing).toThrow('does not fit');
    expect(tx.item('shop', 1)?.stage.name).toBe('backlog');
    expect(tx.reads.lastSeq()).toBe(2);
    const stage = tx.attempt(() => {
      tx.record(event(2, 'item.moved'));
      tx.afterCommit(() => told.push('kept'));
      return tx.item('shop', 2)?.stage.name;
    });
    expect(stage).toBe('current');
    return tx.outbox.open('console', 'lobby', 10).length;
  });
  expect(queued).toBe(0);
  expect(told).toEqual(['kept']);
  expect(log.reads.counts('shop')).toMatchObject({ backlog: 1, current: 1 });
  expect(log.reads.events(0, 10).map(({ seq, item, kind }) => [seq, item, kind])).toEqual([
    [1, 1, 'item.created'],
    [2, 2, 'item.created'],
    [3, 2, 'item.moved'],
  ]);
  expect(verifyAll(databaseOf(log)).differences).toEqual([]);
  log.close();
});
