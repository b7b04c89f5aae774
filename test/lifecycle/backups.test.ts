import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Backups } from '../../src/app/lifecycle/backups.ts';
import { backupsIn } from '../../src/log/copies/backup.ts';
import { Log } from '../../src/log/log.ts';
import { START, testClock, type TestClock } from '../commands/harness.ts';
import { dataDir } from '../log/data-dir.ts';

const HOUR = 3_600_000;
let dir: string;
let clock: TestClock;
let log: Log;
let problems: string[];

beforeEach(() => {
  dir = dataDir();
  clock = testClock();
  log = Log.open(dir, clock);
  problems = [];
});
afterEach(() => log.close());

function backups(schedule: string | null, folder: string | null = null): Backups {
  const onProblem = (what: string, error: unknown): void => void problems.push(`${what}: ${(error as Error).message}`);
  return new Backups({
    log,
    clock,
    dataDir: dir,
    settings: { schedule, folder, keep: 3 },
    timezone: 'Europe/Berlin',
    project: 'shop',
    onProblem,
  });
}

/** The kinds of what the log says of its copies. */
const told = (): string[] => log.reads.events(0, 100).map(({ kind }) => kind);
const hours = (): number[] => backupsIn(join(dir, 'backups')).map(({ at }) => (at - START) / HOUR);

test('copies are made by the schedule, in the time zone of the bot', async () => {
  const kept = backups('5 3 * * *');
  kept.start();
  // It is 14:05 in Berlin.
  expect(kept.state().next).toBe(START + 13 * HOUR);
  clock.move(13 * HOUR);
  await expect.poll(() => kept.state().next).toBe(START + 37 * HOUR);
  expect(hours()).toEqual([13]);
  clock.move(24 * HOUR);
  await expect.poll(() => kept.state().next).toBe(START + 61 * HOUR);
  expect(hours()).toEqual([37, 13]);
  expect(told()).toEqual(['log.backed_up', 'log.backed_up']);
  await kept.stop();
  expect(clock.waiting()).toBe(0);
});

test('a copy that was missed while Musher did not run is made soon after its start', async () => {
  const before = backups(null);
  await before.make('console:ann', 'inbox:1');
  expect(before.state()).toMatchObject({ next: null, count: 1 });
  clock.move(48 * HOUR);
  const kept = backups('0 3 * * *');
  kept.start();
  expect(kept.state().next).toBe(START + 48 * HOUR + 60_000);
  clock.move(60_000);
  await expect.poll(() => kept.state().count).toBe(2);
  await kept.stop();
});

test('who asks while a copy is in progress gets that one', async () => {
  const kept = backups(null);
  const [one, two] = await Promise.all([kept.make('console:ann', null), kept.make('console:ben', null)]);
  expect(one).toEqual(two);
  expect(kept.state().count).toBe(1);
});

test('a copy that fails is told once, tried again each hour, and shown until one succeeds', async () => {
  const folder = join(dir, 'elsewhere');
  writeFileSync(folder, 'a file is in the way');
  const kept = backups('0 3 * * *', folder);
  kept.start();
  clock.move(13 * HOUR);
  await expect.poll(() => kept.state().problem).toContain('cannot be created or written');
  await expect.poll(() => kept.state().next).toBe(clock.now() + HOUR);
  clock.move(HOUR);
  await expect.poll(() => problems.length).toBe(2);
  expect(told()).toEqual(['log.backup_failed']);
  rmSync(folder);
  mkdirSync(folder);
  chmodSync(folder, 0o700);
  await expect.poll(() => kept.state().next).toBe(clock.now() + HOUR);
  clock.move(HOUR);
  await expect.poll(() => kept.state().problem).toBeNull();
  expect(told()).toEqual(['log.backup_failed', 'log.backed_up']);
  await kept.stop();
});
