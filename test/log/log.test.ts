import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { compareVersions, OLDEST_SQLITE, openDatabase, sqliteVersion } from '../../src/log/database.ts';
import { DATABASE_FILE, Log } from '../../src/log/log.ts';
import { SCHEMA_VERSION } from '../../src/log/schema/migrations.ts';
import { num } from '../pipeline/samples.ts';
import { dataDir } from './data-dir.ts';
import { tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

const ROOM = { project: 'shop', item: null, actor: 'console:ann', cause: null, kind: 'room.bound' } as const;
const LOBBY = { transport: 'console', room: 'lobby' };
const CREATION = { type: 'bug', title: 't', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
function open(dir: string): Log {
  return Log.open(dir, tickingClock());
}

describe('the database of a log', () => {
  it('syncs each commit to the disk, after a write and after it was opened again', () => {
    const dir = dataDir();
    for (let time = 0; time < 2; time++) {
      const log = open(dir);
      log.transaction((tx) => tx.record({ ...ROOM, payload: LOBBY }));
      expect(databaseOf(log).pragma('synchronous', { simple: true })).toBe(2);
      expect(databaseOf(log).pragma('journal_mode', { simple: true })).toBe('wal');
      log.close();
    }
  });

  it('and its side files are for their owner alone', () => {
    const dir = dataDir();
    const log = open(dir);
    log.transaction((tx) => tx.record({ ...ROOM, payload: LOBBY }));
    const modes = readdirSync(dir).map((file) => [file, (statSync(join(dir, file)).mode & 0o777).toString(8)]);
    expect(Object.fromEntries(modes)).toEqual({ 'musher.sqlite': '600', 'musher.sqlite-shm': '600', 'musher.sqlite-wal': '600' });
    log.close();
  });

  it('of a newer program is refused and left as it is', () => {
    const dir = dataDir();
    open(dir).close();
    const file = join(dir, DATABASE_FILE);
    const raw = new Database(file);
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    const before = readFileSync(file);
    expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'LOG_TOO_NEW' }));
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is no database is refused with a way out', () => {
    const dir = dataDir();
    writeFileSync(join(dir, DATABASE_FILE), 'not a database, but long enough to look like a file of some kind'.repeat(20));
    expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'LOG_DAMAGED', hint: expect.stringContaining('backup') as string }));
  });

  it('runs on an SQLite without the WAL-reset bug', () => {
    const db = openDatabase(':memory:');
    expect(compareVersions(sqliteVersion(db), OLDEST_SQLITE)).toBeGreaterThanOrEqual(0);
    db.close();
  });

  it.each([
    ['3.51.3', '3.51.3', 0],
    ['3.51.2', '3.51.3', -1],
    ['3.100.0', '3.51.3', 1],
    ['3.51', '3.51.3', -1],
    ['4', '3.51.3', 1],
  ])('compares version %s with %s by numbers', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
  });
});

describe('a transaction', () => {
  it('is refused inside another, which continues', () => {
    const log = Log.inMemory(tickingClock());
    log.transaction((tx) => {
      expect(() => log.transaction(() => 1)).toThrow('a transaction is open already');
      tx.record({ ...ROOM, payload: LOBBY });
    });
    expect(log.reads.lastSeq()).toBe(1);
    expect(log.transaction(() => 'again')).toBe('again');
    log.close();
  });

  it('shows its own appends to its reads', () => {
    const log = Log.inMemory(tickingClock());
    log.transaction((tx) => {
      const item = tx.nextNumber('shop');
      tx.record({ ...ROOM, item, kind: 'item.created', payload: CREATION });
      expect(tx.item('shop', item)?.title).toBe('t');
      expect(tx.reads.item('shop', item)?.title).toBe('t');
      expect(tx.reads.counts('shop').backlog).toBe(1);
      expect(tx.nextNumber('shop')).toBe(2);
    });
    log.close();
  });

  it('continues after an event that does not fit, of which nothing is kept', () => {
    const log = Log.inMemory(tickingClock());
    log.transaction((tx) => {
      expect(tx.append({ ...ROOM, item: num(9), kind: 'item.released', payload: {} })).toMatchObject({ ok: false });
      tx.record({ ...ROOM, payload: LOBBY });
    });
    expect(log.reads.events(0, 10).map((event) => [event.seq, event.kind])).toEqual([[1, 'room.bound']]);
    log.close();
  });

  it('is undone by an event that had to fit and does not', () => {
    const log = Log.inMemory(tickingClock());
    expect(() =>
      log.transaction((tx) => {
        tx.record({ ...ROOM, payload: LOBBY });
        tx.record({ ...ROOM, item: num(9), kind: 'item.released', payload: {} });
      }),
    ).toThrow('item.released of item 9 does not fit');
    expect([log.reads.lastSeq(), log.reads.roomProject('console', 'lobby')]).toEqual([0, null]);
    log.close();
  });

  it('tells listeners after the commit, once, and only of one that appended', async () => {
    const log = Log.inMemory(tickingClock());
    const told: number[] = [];
    const stop = log.onCommit((seq) => told.push(seq));
    log.transaction((tx) => {
      tx.record({ ...ROOM, payload: LOBBY });
      tx.record({ ...ROOM, payload: LOBBY });
    });
    log.transaction(() => 'nothing');
    expect(() =>
      log.transaction((tx) => {
        tx.record({ ...ROOM, payload: LOBBY });
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([2]);
    stop();
    log.transaction((tx) => tx.record({ ...ROOM, payload: LOBBY }));
    await Promise.resolve();
    expect(told).toEqual([2]);
    log.close();
  });

  it('cannot be an async function', () => {
    const log = Log.inMemory(tickingClock());
    // @ts-expect-error TS2345: it would commit before its awaits run
    expect(() => log.transaction(async () => 1)).toThrow('return a promise');
    log.close();
  });
});
