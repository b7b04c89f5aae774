import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { line } from '../../src/message/build.ts';
import { DATABASE_FILE, Log } from '../../src/log/log.ts';
import { SCHEMA_VERSION } from '../../src/log/schema/migrations.ts';
import { verifyOpen } from '../../src/log/open-log.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { makeDesk, numbered, testClock, worldOver, type Desk } from '../commands/harness.ts';
import { dataDir } from './data-dir.ts';
import { databaseOf } from './database-of.ts';

/**
 * What the first schema's program left: eight items through gates, retries, reviews, requests, timers, budgets, undo, a
 * merge that was taken back, a delete and a purge, in 38 kinds of event.
 */
const BEFORE = join(import.meta.dirname, 'fixtures/schema-1.sqlite.gz');
const EVENTS = 231;

/**
 * What the program of the fourteenth schema left: ten items told of as cards in rooms of three networks, through a pause, a
 * permission, a retry, a dependency, a merge that was taken back, a kill, a delete and a purge; a timer, a room's own
 * subscription and a question are open.
 */
const WITH_CARDS = join(import.meta.dirname, 'fixtures/schema-14.sqlite.gz');
const EVENTS_WITH_CARDS = 182;

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

function opened(fixture = BEFORE): { log: Log; dir: string; clock: ReturnType<typeof testClock> } {
  const dir = dataDir();
  writeFileSync(join(dir, DATABASE_FILE), gunzipSync(readFileSync(fixture)), { mode: 0o600 });
  const clock = testClock();
  const log = Log.open(dir, clock);
  clock.move((log.reads.events(log.reads.lastSeq() - 1, 1)[0]?.at ?? 0) - clock.now() + 60_000);
  return { log, dir, clock };
}

it('a log of the version before opens, holds the same, and goes on', () => {
  const { log } = opened();
  expect(databaseOf(log).pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
  expect(verifyAll(databaseOf(log))).toEqual({ events: EVENTS, differences: [] });
  expect(verifyOpen(log, ['shop']).differences).toEqual([]);
  expect(log.reads.counts('shop')).toMatchObject({ backlog: 1, current: 2, done: 1, archived: 2 });
  expect(log.reads.item('shop', 3)).toMatchObject({ title: '', removal: { state: 'purged' } });
  const about = { project: 'shop', item: numbered(7), actor: 'console:local', cause: null } as const;
  log.transaction((tx) => tx.record({ ...about, kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } }));
  expect(log.reads.item('shop', 7)?.stage.name).toBe('current');
  expect(verifyAll(databaseOf(log))).toEqual({ events: EVENTS + 1, differences: [] });
  log.close();
});

it('its messages are found by their new indexes, and none is answered twice', () => {
  const { log } = opened();
  const { rooms, replies } = databaseOf(log)
    .prepare<[], { rooms: number; replies: number }>('SELECT count(DISTINCT room) AS rooms, count(inbox) AS replies FROM outbox')
    .get() ?? { rooms: 0, replies: 0 };
  const network = databaseOf(log).prepare<[], string>('SELECT transport FROM outbox ORDER BY id LIMIT 1').pluck().get() ?? '';
  const queued = log.outbox.queuedBetween(network, 0, Number.MAX_SAFE_INTEGER);
  expect({ rooms: queued.size, messages: [...queued.values()].reduce((a, b) => a + b, 0), replies }).toEqual({
    rooms,
    messages: 79,
    replies: 50,
  });
  const again = { to: { transport: network, room: 'x', thread: null }, kind: 'reply', body: line('again'), inbox: 1, item: null } as const;
  expect(() => log.transaction((tx) => tx.outbox.add(again, tx.now))).toThrow('outbox.inbox');
  expect(log.outbox.prune(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toBe(79);
  log.close();
});

it('what people ask of it is answered, and what they did then can be taken back now', async () => {
  const { log, clock } = opened();
  const world = worldOver(log, clock, [desk]);
  for (const asked of ['status', 'show 1', 'why 2', 'why 4', 'history 6', 'history 7', 'timers', 'cost', 'history 4 200'])
    expect({ asked, ...(await world.say(asked)) }).toMatchObject({ asked, ok: true });
  expect((await world.say('show 1')).text).toContain('Pay by card');
  expect(world.item(7).dependsOn).toEqual([5]);
  expect(await world.say('undo 7')).toMatchObject({ ok: true });
  expect(world.item(7).dependsOn).toEqual([]);
  await world.close();
});

it('a purge reaches what the version before wrote', () => {
  const { log, dir } = opened();
  const file = join(dir, DATABASE_FILE);
  const words = ['Never right', 'never-right', 'gate test ended'];
  log.scrub();
  expect(words.map((word) => readFileSync(file).includes(word))).toEqual([true, true, true]);
  const about = { project: 'shop', item: numbered(4), actor: 'console:local', cause: null } as const;
  log.transaction((tx) => {
    tx.record({ ...about, kind: 'item.deleted', payload: { purge: true } });
    tx.purge({ ...about, kind: 'item.purged', payload: {} });
  });
  log.scrub();
  expect(words.map((word) => readFileSync(file).includes(word))).toEqual([false, false, false]);
  expect(verifyAll(databaseOf(log)).differences).toEqual([]);
  log.close();
});

it('a log with cards, a pause and three networks opens, holds the same, and goes on', () => {
  const { log, dir } = opened(WITH_CARDS);
  expect(databaseOf(log).pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
  expect(verifyAll(databaseOf(log))).toEqual({ events: EVENTS_WITH_CARDS, differences: [] });
  expect(verifyOpen(log, ['shop']).differences).toEqual([]);
  expect(log.reads.counts('shop')).toMatchObject({ backlog: 1, current: 1, done: 6 });
  const rows = (table: string): unknown => databaseOf(log).prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  expect({ cards: rows('cards'), timers: rows('timers'), subscriptions: rows('subscriptions'), asked: rows('confirmations') }).toEqual({
    cards: 19,
    timers: 1,
    subscriptions: 1,
    asked: 1,
  });
  expect(log.reads.item('shop', 8)).toMatchObject({ title: '', removal: { state: 'purged' } });
  expect(readFileSync(join(dir, DATABASE_FILE)).includes('secret words')).toBe(false);
  const about = { project: 'shop', item: numbered(3), actor: 'console:local', cause: null } as const;
  log.transaction((tx) => tx.record({ ...about, kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } }));
  expect(verifyAll(databaseOf(log))).toEqual({ events: EVENTS_WITH_CARDS + 1, differences: [] });
  log.close();
});

it('its items are found by their words, and a purged one by none', async () => {
  const { log, clock } = opened(WITH_CARDS);
  const world = worldOver(log, clock, [desk]);
  for (const asked of ['status', 'show 1', 'why 5', 'history 6', 'timers', 'cost', 'blocked', 'mine'])
    expect({ asked, ...(await world.say(asked)) }).toMatchObject({ asked, ok: true });
  expect((await world.say('search card')).text).toContain('#1 Price on the card');
  expect((await world.say('search secret words')).text).not.toContain('#8');
  await world.close();
});
