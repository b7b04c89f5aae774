import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DATABASE_FILE, Log } from '../../src/log/log.ts';
import { testClock } from '../commands/harness.ts';
import { dataDir } from './data-dir.ts';
import { databaseOf } from './database-of.ts';

/** A log on the disk, with how many commits have reached its write-ahead log since. */
function counted(): { log: Log; commits: () => number } {
  const dir = dataDir();
  const log = Log.open(dir, testClock());
  const before = commitsIn(dir);
  return { log, commits: () => commitsIn(dir) - before };
}

/** Frames that end a commit: they name the size of the database (SQLite's file format, "WAL frame header"). */
function commitsIn(dir: string): number {
  const wal = readFileSync(join(dir, `${DATABASE_FILE}-wal`));
  const frame = 24 + wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) if (wal.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}

test('what comes at one moment is kept by one commit, and each gets its own result', async () => {
  const { log, commits } = counted();
  const state = log.stateStore('x');
  const set = (key: string): Promise<string> =>
    log.inSharedCommit(() =>
      log.transaction(() => {
        state.set(key, key);
        return key;
      }),
    );
  expect(await Promise.all(['a', 'b', 'c'].map(set))).toEqual(['a', 'b', 'c']);
  expect(commits()).toBe(1);
  log.close();
});

test('a change that cannot be kept takes no other along, and says why', async () => {
  const { log } = counted();
  const state = log.stateStore('x');
  const set = (key: string, fails = false): Promise<void> =>
    log.inSharedCommit(() =>
      log.transaction(() => {
        state.set(key, '1');
        if (fails) throw new Error('no room');
      }),
    );
  const [good, bad, other] = await Promise.allSettled([set('good'), set('bad', true), set('other')]);
  expect([good.status, bad, other.status]).toMatchObject(['fulfilled', { reason: { message: 'no room' } }, 'fulfilled']);
  expect([state.get('good'), state.get('bad'), state.get('other')]).toEqual(['1', null, '1']);
  log.close();
});

test('what is to follow a commit runs after the shared one, and not at all where that fails', async () => {
  const { log } = counted();
  const state = log.stateStore('x');
  const seen: string[] = [];
  const change = (name: string, fails = false): Promise<void> =>
    log.inSharedCommit(() => {
      log.transaction((tx) => {
        state.set(name, '1');
        tx.afterCommit(() => seen.push(`${name}, in a transaction: ${databaseOf(log).inTransaction}`));
      });
      // What SQLite itself does when the disk is full.
      if (fails) databaseOf(log).exec('ROLLBACK');
      expect(seen).not.toContain(`${name}, in a transaction: true`);
    });
  await Promise.all([change('a'), change('b')]);
  expect(seen).toEqual(['a, in a transaction: false', 'b, in a transaction: false']);
  const lost = await Promise.allSettled([change('c'), change('d', true), change('e')]);
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(seen).toHaveLength(2);
  expect([state.get('c'), state.get('d'), state.get('e')]).toEqual([null, null, null]);
  await change('f');
  expect(state.get('f')).toBe('1');
  log.close();
});

test('only a commit that nobody needs on the disk at once does not wait for it', async () => {
  const { log } = counted();
  const level = (): unknown => databaseOf(log).pragma('synchronous', { simple: true });
  const [full, normal] = [2, 1];
  expect(await Promise.all([log.inSharedCommit(level, false), log.inSharedCommit(level, false)])).toEqual([normal, normal]);
  expect(await Promise.all([log.inSharedCommit(level, false), log.inSharedCommit(level)])).toEqual([full, full]);
  expect(await log.inSharedCommit(level)).toBe(full);
  await expect(
    log.inSharedCommit(() => {
      throw new Error('no');
    }, false),
  ).rejects.toThrow('no');
  expect(level()).toBe(full);
  log.close();
});
