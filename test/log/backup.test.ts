import { closeSync, existsSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { backupsIn, makeBackup } from '../../src/log/copies/backup.ts';
import { openDatabase } from '../../src/log/database.ts';
import { DATABASE_FILE, Log } from '../../src/log/log.ts';
import { takeOwnership } from '../../src/log/owner.ts';
import { restoreBackup } from '../../src/log/copies/restore.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { line } from '../../src/message/build.ts';
import type { ItemNumber } from '../../src/pipeline/values.ts';
import { dataDir } from './data-dir.ts';
import { tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

const CREATION = { type: 'bug', title: 'Mend it', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
const AT = Date.UTC(2026, 10, 21, 8, 25, 18);
const SAID = {
  to: { transport: 'slack', room: 'C1', thread: null },
  kind: 'notice',
  body: line('Said.'),
  inbox: null,
  item: null,
} as const;

function create(log: Log, times: number, project = 'shop'): ItemNumber {
  let last = 0 as ItemNumber;
  for (let i = 0; i < times; i++)
    log.transaction((tx) => {
      last = tx.nextNumber(project);
      tx.record({ project, item: last, actor: 'console:ann', cause: null, kind: 'item.created', payload: CREATION });
    });
  return last;
}

test('a backup is made while the log grows, is complete by itself, and private', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  create(log, 500);
  const making = makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  create(log, 50);
  const { file, bytes } = await making;
  create(log, 50);
  log.close();
  expect(file).toBe(join(dir, 'backups', 'musher-20261121T082518Z.sqlite'));
  expect([statSync(file).mode & 0o777, statSync(join(dir, 'backups')).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(statSync(file).size).toBe(bytes);
  expect(readdirSync(join(dir, 'backups'))).toEqual(['musher-20261121T082518Z.sqlite']);
  const copy = openDatabase(file);
  const { events, differences } = verifyAll(copy);
  copy.close();
  expect(differences).toEqual([]);
  expect(events).toBeGreaterThanOrEqual(500);
});

test('the oldest backups go, unfinished ones too, and no file of anybody else', async () => {
  const dir = dataDir();
  const folder = join(dir, 'backups');
  const log = Log.open(dir, tickingClock());
  for (let hour = 0; hour < 3; hour++) await makeBackup(databaseOf(log), folder, 3, AT + hour * 3_600_000);
  for (const name of ['notes.txt', 'musher-mine.sqlite', 'musher-20200101T000000Z.sqlite.part']) writeFileSync(join(folder, name), '');
  await makeBackup(databaseOf(log), folder, 3, AT + 3 * 3_600_000);
  log.close();
  expect(backupsIn(folder).map(({ at }) => (at - AT) / 3_600_000)).toEqual([3, 2, 1]);
  expect(readdirSync(folder).filter((name) => !name.startsWith('musher-2026'))).toEqual(['musher-mine.sqlite', 'notes.txt']);
});

test('a restore puts the backup in place, keeps what was there, and gives no number twice', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  create(log, 2);
  const { file } = await makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  expect(create(log, 3)).toBe(5);
  log.close();

  const { events, lost, aside } = restoreBackup(file, dir, tickingClock());
  expect({ events, lost }).toEqual({ events: 2, lost: 3 });
  const kept = new Database(aside ?? '', { readonly: true });
  expect(kept.prepare('SELECT count(*) FROM events').pluck().get()).toBe(5);
  kept.close();
  const restored = Log.open(dir, tickingClock());
  expect(restored.reads.item('shop', 3)).toBeNull();
  expect(create(restored, 1)).toBe(6);
  expect(verifyAll(databaseOf(restored)).differences).toEqual([]);
  restored.close();
  expect(existsSync(join(dir, 'restore'))).toBe(false);
});

test('what a backup had still to say or to answer is not said again by whoever restores it', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  log.transaction((tx) => {
    tx.outbox.add({ ...SAID, to: { ...SAID.to } }, 1);
    const sender = { transport: 'slack', id: 'T:U', name: 'ann' };
    tx.inbox.receive({ id: 'm1', at: SAID.to, sender, ingress: 'message', text: 'musher start 1' }, 1);
  });
  log.stateStore('slack').set('seen', '123');
  create(log, 1);
  const { file } = await makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  log.close();
  restoreBackup(file, dir, tickingClock());
  const restored = Log.open(dir, tickingClock());
  expect(restored.outbox.waiting()).toEqual([]);
  expect(restored.inbox.open(0, 10)).toEqual([]);
  expect(restored.stateStore('slack').get('seen')).toBeNull();
  restored.close();
});

test('a backup that was changed is refused, and the log in place stays', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  create(log, 20);
  const { file } = await makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  log.close();
  const forged = new Database(file);
  forged.prepare("UPDATE events SET payload = replace(payload, 'Mend', 'Rend') WHERE seq = 7").run();
  forged.close();
  expect(() => restoreBackup(file, dir, tickingClock())).toThrow(/event 7 \(item\.created\) was changed/);
  const broken = openSync(file, 'r+');
  writeSync(broken, Buffer.alloc(4096, 'x'), 0, 4096, 0);
  closeSync(broken);
  expect(() => restoreBackup(file, dir, tickingClock())).toThrow(/is not a usable database/);
  const still = Log.open(dir, tickingClock());
  expect(still.reads.lastSeq()).toBe(20);
  still.close();
});

test('nothing is restored under a Musher that runs', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  const { file } = await makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  log.close();
  const ownership = takeOwnership(dir);
  expect(() => restoreBackup(file, dir, tickingClock())).toThrow(/Another Musher/);
  ownership.release();
});

test('a damaged log does not stand in the way of its backup', async () => {
  const dir = dataDir();
  const log = Log.open(dir, tickingClock());
  create(log, 4);
  const { file } = await makeBackup(databaseOf(log), join(dir, 'backups'), 7, AT);
  log.close();
  writeFileSync(join(dir, DATABASE_FILE), 'no database at all');
  const { events, aside } = restoreBackup(file, dir, tickingClock());
  expect(events).toBe(4);
  expect(existsSync(aside ?? '')).toBe(true);
  const restored = Log.open(dir, tickingClock());
  expect(verifyAll(databaseOf(restored)).differences).toEqual([]);
  restored.close();
});
