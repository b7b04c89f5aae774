import { actorName } from '../../src/pipeline/actor.ts';
import { faultWords } from '../../src/words/item/faults.ts';
import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import { Engine } from '../../src/engine/engine.ts';
import { TransientRetries } from '../../src/log/retry-transient.ts';
import { testClock } from '../commands/harness.ts';

const busy = (): Error => new Database.SqliteError('the database is locked', 'SQLITE_BUSY');

it('work that meets a busy database is told once and comes again until it is through', () => {
  const clock = testClock();
  const told: string[] = [];
  const retries = new TransientRetries(clock, (what) => told.push(what));
  let tries = 0;
  retries.run('counting', () => {
    tries += 1;
    if (tries < 3) throw busy();
  });
  expect(tries).toBe(1);
  clock.move(999);
  expect(tries).toBe(1);
  clock.move(1);
  clock.move(1_000);
  clock.move(10_000);
  expect(tries).toBe(3);
  expect(told).toEqual(['counting']);
  expect(clock.waiting()).toBe(0);
});

it('a bug is not tried again, and nothing is tried after the end', () => {
  const clock = testClock();
  const retries = new TransientRetries(clock, () => {});
  expect(() =>
    retries.run('a bug', () => {
      throw new Error('a bug');
    }),
  ).toThrow('a bug');
  retries.run('busy', () => {
    throw busy();
  });
  retries.stop();
  expect(clock.waiting()).toBe(0);
});

it('an engine whose look at the log fails once looks again, at the same events', async () => {
  const clock = testClock();
  const log = Log.inMemory(clock);
  const problems: string[] = [];
  const onProblem = (what: string): void => void problems.push(what);
  const engine = new Engine({
    log,
    clock,
    dataDir: '/nowhere',
    installation: 'x',
    projects: new Map(),
    onProblem,
    access: null,
    stopGraceMs: 1,
    failureText: ({ summary }) => faultWords(summary, actorName),
    nameOf: actorName,
    redactor: NOTHING_SECRET,
  });
  engine.start();
  const looks: number[] = [];
  const events = log.reads.events.bind(log.reads);
  log.reads.events = (after, limit) => {
    looks.push(after);
    if (looks.length === 1) throw busy();
    return events(after, limit);
  };
  const payload = { version: '1', pid: 1 };
  log.transaction((tx) => void tx.record({ project: 'shop', item: null, actor: 'musher', cause: null, kind: 'musher.started', payload }));
  while (looks.length === 0) await setImmediate();
  expect(problems).toEqual(['looking at what is new in the log; it is tried again']);
  clock.move(1_000);
  expect(looks).toEqual([0, 0]);
  await engine.stop('release');
  log.close();
});
