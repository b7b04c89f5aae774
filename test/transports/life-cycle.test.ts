import { expect, it } from 'vitest';
import { MusherError } from '../../src/errors.ts';
import { LifeCycle } from '../../transports/life-cycle.ts';
import { testClock } from '../commands/harness.ts';

const connect = (): Promise<void> => Promise.resolve();
const never = new AbortController().signal;

it('is online after a start, and says since when', async () => {
  const clock = testClock();
  const life = new LifeCycle(clock);
  const before = clock.now();
  expect(life.health).toMatchObject({ state: 'starting', since: before });
  clock.move(1_000);
  await life.start({ connect });
  expect(life.health).toMatchObject({ state: 'online', since: before + 1_000, problem: null });
  clock.move(1_000);
  life.online();
  expect(life.health.since).toBe(before + 1_000);
});

it('tells a return from a first connection, and keeps the beginning of an absence over all tries', async () => {
  const clock = testClock();
  const life = new LifeCycle(clock);
  life.reconnecting('not yet there');
  expect(life.state).toBe('starting');
  await life.start({ connect });
  expect(life.online()).toBe(false);
  const away = clock.now();
  life.reconnecting('closed');
  clock.move(5_000);
  life.reconnecting('refused');
  expect(life.health).toMatchObject({ state: 'reconnecting', since: away, problem: 'refused' });
  expect(life.online()).toBe(true);
});

it('is offline with what to do where a start fails, closes what was opened, and may be started again', async () => {
  const life = new LifeCycle(testClock());
  const abandoned: string[] = [];
  const problem = new MusherError('NETWORK_TOKEN_REFUSED', 'No.', 'Get a new one.');
  const start = life.start({
    connect: () => Promise.reject(new Error('401')),
    explain: () => problem,
    abandon: () => Promise.resolve(abandoned.push(life.state)),
  });
  await expect(start).rejects.toBe(problem);
  expect(abandoned).toEqual(['offline']);
  expect(life.health.problem).toContain('NETWORK_TOKEN_REFUSED');
  await life.start({ connect });
  expect(life.health).toMatchObject({ state: 'online', problem: null });
});

it('ends once, and nothing changes it afterwards', async () => {
  const life = new LifeCycle(testClock());
  await life.start({ connect });
  let closed = 0;
  const close = (): Promise<unknown> => Promise.resolve((closed += 1));
  await Promise.all([life.stop(never, close), life.stop(never, close)]);
  life.reconnecting('closed');
  life.offline(new Error('refused'));
  life.online();
  expect(life.state).toBe('stopped');
  expect(closed).toBe(1);
});

it('does not wait for what still hangs when the time for the end is over', async () => {
  const life = new LifeCycle(testClock());
  await life.stop(AbortSignal.abort(), () => new Promise(() => {}));
  expect(life.state).toBe('stopped');
});

it('takes what comes in for a sign of life, and trouble only while it is there', async () => {
  const clock = testClock();
  const life = new LifeCycle(clock);
  life.troubled('too early');
  expect(life.health.problem).toBeNull();
  await life.start({ connect });
  life.heard();
  life.troubled('a full disk');
  expect(life.health).toMatchObject({ state: 'online', lastEvent: clock.now(), problem: 'a full disk' });
  life.troubled(null);
  expect(life.health.problem).toBeNull();
});
