import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { follow, type Follower } from '../../src/log/follow.ts';
import { Log } from '../../src/log/log.ts';
import type { LoggedEvent } from '../../src/pipeline/events.ts';
import { testClock } from '../commands/harness.ts';
import { dataDir } from './data-dir.ts';
import { tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

const ROOM = { project: 'shop', item: null, actor: 'console:ann', cause: null, kind: 'room.bound' } as const;
function bind(log: Log, ...rooms: readonly string[]): void {
  log.transaction((tx) => rooms.forEach((room) => void tx.record({ ...ROOM, payload: { transport: 'console', room } })));
}
const roomOf = (event: LoggedEvent): string => (event.kind === 'room.bound' ? event.payload.room : event.kind);
const never = (error: unknown): never => {
  throw error;
};
/** Lets the follower's turns of the event loop pass until something holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !holds(); turn++) await setImmediate();
  expect(holds()).toBe(true);
}
const cursor = (log: Log, name: string): number | null => log.transaction((tx) => tx.cursor(name));

/** Collects the rooms that a follower is told of; throws at those named `bad…`. */
function collect(log: Log, seen: string[], errors: string[] = []): Follower {
  return follow(
    log,
    'collector',
    (event) => {
      if (roomOf(event).startsWith('bad')) throw new Error(roomOf(event));
      seen.push(roomOf(event));
    },
    (error) => errors.push(String(error)),
  );
}

describe('a follower', () => {
  it('is told of each event once and in order, from when it first came', async () => {
    const log = Log.inMemory(tickingClock());
    bind(log, 'before');
    const seen: string[] = [];
    const follower = collect(log, seen);
    bind(log, 'a', 'b');
    bind(log, 'c');
    await until(() => cursor(log, 'collector') === log.reads.lastSeq());
    expect(seen).toEqual(['a', 'b', 'c']);
    follower.stop();
    log.close();
  });

  it('continues after a restart where it stood, and hears what happened meanwhile', async () => {
    const dir = dataDir();
    const seen: string[] = [];
    const first = Log.open(dir, tickingClock());
    const stopped = collect(first, seen);
    bind(first, 'a');
    await until(() => seen.length === 1);
    stopped.stop();
    bind(first, 'while away');
    first.close();
    const log = Log.open(dir, tickingClock());
    const follower = collect(log, seen);
    bind(log, 'b');
    await until(() => seen.length >= 3);
    expect(seen).toEqual(['a', 'while away', 'b']);
    follower.stop();
    log.close();
  });

  it('undoes what a failing handler wrote, tells of the bug once, and continues', async () => {
    const log = Log.inMemory(tickingClock());
    const told: string[] = [];
    const follower = follow(
      log,
      'writer',
      (event, tx) => {
        if (roomOf(event).startsWith('echo')) return;
        tx.record({ ...ROOM, payload: { transport: 'console', room: `echo of ${roomOf(event)}` } });
        if (roomOf(event) === 'bad') throw new Error('a bug');
      },
      (error, event) => told.push(`${event === null ? '' : roomOf(event)}: ${String(error)}`),
    );
    bind(log, 'a', 'bad', 'b');
    await until(() => cursor(log, 'writer') === log.reads.lastSeq());
    expect(log.reads.events(0, 10).map(roomOf)).toEqual(['a', 'bad', 'b', 'echo of a', 'echo of b']);
    expect(told).toEqual(['bad: Error: a bug']);
    follower.stop();
    log.close();
  });

  it('does not go back to an event that failed after a restart', async () => {
    const dir = dataDir();
    const seen: string[] = [];
    const errors: string[] = [];
    const first = Log.open(dir, tickingClock());
    const one = collect(first, seen, errors);
    bind(first, 'bad', 'a');
    await until(() => seen.length === 1);
    one.stop();
    first.close();
    const log = Log.open(dir, tickingClock());
    const two = collect(log, seen, errors);
    bind(log, 'b');
    await until(() => seen.length === 2);
    expect([seen, errors]).toEqual([['a', 'b'], ['Error: bad']]);
    two.stop();
    log.close();
  });

  it('passes nothing over while the disk is full, and continues when there is room again', async () => {
    const pauses: (() => void)[] = [];
    const ticking = tickingClock();
    const clock = {
      now: () => ticking.now(),
      at(_time: number, wake: () => void) {
        pauses.push(wake);
        return () => void pauses.splice(pauses.indexOf(wake), 1);
      },
    };
    const log = Log.inMemory(clock);
    const told: string[] = [];
    const follower = follow(
      log,
      'writer',
      (event, tx) => {
        if (roomOf(event).startsWith('echo')) return;
        tx.record({ ...ROOM, payload: { transport: 'console', room: `echo of ${roomOf(event)} ${'x'.repeat(200_000)}` } });
      },
      (error, event) => told.push(`${event === null ? '' : roomOf(event)}: ${String((error as { code?: string }).code)}`),
    );
    bind(log, 'a', 'b');
    const pages = Number(databaseOf(log).pragma('page_count', { simple: true }));
    databaseOf(log).pragma(`max_page_count = ${pages}`);
    await until(() => pauses.length === 1);
    const started = cursor(log, 'writer');
    pauses.shift()?.();
    expect([pauses.length, cursor(log, 'writer')]).toEqual([1, started]);
    expect(told).toEqual(['a: SQLITE_FULL']);
    databaseOf(log).pragma('max_page_count = 1000000');
    pauses.shift()?.();
    await until(() => cursor(log, 'writer') === log.reads.lastSeq());
    expect(log.reads.events(0, 10).map((event) => roomOf(event).slice(0, 9))).toEqual(['a', 'b', 'echo of a', 'echo of b']);
    expect(told).toHaveLength(1);
    follower.stop();
    log.close();
  });

  it('keeps up over many pages, and hears nothing more once it is stopped', async () => {
    const log = Log.inMemory(tickingClock());
    const seen: string[] = [];
    const follower = collect(log, seen);
    const rooms = Array.from({ length: 1_000 }, (_, i) => `room ${i}`);
    bind(log, ...rooms);
    await until(() => seen.length === 1_000);
    expect(seen).toEqual(rooms);
    follower.stop();
    bind(log, 'after');
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(seen).toHaveLength(1_000);
    log.close();
  });

  it('is one of several that do not disturb each other', async () => {
    const log = Log.inMemory(tickingClock());
    const left: string[] = [];
    const right: string[] = [];
    const followers = [left, right].map((seen, i) => follow(log, `number ${i}`, (event) => void seen.push(roomOf(event)), never));
    bind(log, 'a', 'b');
    await until(() => left.length + right.length === 4);
    expect([left, right]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    followers.forEach((follower) => follower.stop());
    log.close();
  });
});

it('passes what is no news over without a commit', async () => {
  const log = Log.inMemory(tickingClock());
  const heard: string[] = [];
  const follower = follow(
    log,
    'quiet',
    (event) => void heard.push(event.kind),
    never,
    ({ kind }) => kind !== 'room.bound',
  );
  let transactions = 0;
  const transaction = log.transaction.bind(log);
  log.transaction = (work) => {
    transactions += 1;
    return transaction(work as never);
  };
  bind(log, 'a');
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  expect([heard, transactions]).toEqual([[], 1]);
  // Who waits for it sees that it has looked, although its cursor has not moved.
  expect([follower.position, cursor(log, 'quiet')]).toEqual([log.reads.lastSeq(), 0]);
  log.transaction((tx) => tx.record({ ...ROOM, kind: 'musher.stopped', payload: { pid: 1 } }));
  await until(() => heard.length > 0);
  expect([heard, cursor(log, 'quiet')]).toEqual([['musher.stopped'], 2]);
  follower.stop();
  log.close();
});

describe('waiting for the log', () => {
  const add = (log: Log, room: string): void => bind(log, room);
  const rooms = (log: Log): number => log.reads.lastSeq();
  const noSignal = new AbortController().signal;

  it('ends at once where it holds already, or at the commit that makes it hold', async () => {
    const log = Log.inMemory(testClock());
    const first = rooms(log);
    expect(await log.when(() => 'already', noSignal)).toBe('already');
    const grown = log.when(() => (rooms(log) >= first + 2 ? rooms(log) : null), noSignal);
    add(log, 'a');
    add(log, 'b');
    expect(await grown).toBe(first + 2);
    log.close();
  });

  it('ends with its time, with its signal, and with what goes wrong, and leaves no timer', async () => {
    const clock = testClock();
    const log = Log.inMemory(clock);
    const late = log.when(() => null, noSignal, 1_000);
    clock.move(1_000);
    expect(await late).toBeNull();
    const ending = new AbortController();
    const given = log.when(() => null, ending.signal, 1_000);
    ending.abort();
    expect(await given).toBeNull();
    let looks = 0;
    const broken = log.when(
      () => {
        if (++looks > 1) throw new Error('a bug');
        return null;
      },
      noSignal,
      1_000,
    );
    add(log, 'a');
    await expect(broken).rejects.toThrow('a bug');
    expect(clock.waiting()).toBe(0);
    log.close();
  });
});
