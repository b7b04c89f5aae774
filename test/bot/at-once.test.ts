import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { IncomingMessage } from '../../src/message/address.ts';
import { answered, makeDesk, makeWorld, type Desk, type World } from '../commands/harness.ts';
import { databaseOf } from '../log/database-of.ts';

/** Commands that are answered in the commit that stores them. */
let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

function opened(): World {
  const roles = { admin: [], operator: [], viewer: [] };
  const rooms = ['lobby', 'elsewhere'].map((id) => ({ transport: 'test', id, project: 'shop', roles }));
  const world = makeWorld(desk, {}, [], { rooms });
  onTestFinished(() => world.close());
  return world;
}

let messages = 0;
function message(text: string, room = 'lobby'): IncomingMessage {
  messages += 1;
  const sender = { transport: 'test', id: 'operator', name: 'Some operator' };
  return { id: `at-once-${messages}`, at: { transport: 'test', room, thread: null }, sender, ingress: 'slash', text };
}

const stateOf = (world: World, id: number | null): string => (id === null ? 'none' : (world.log.inbox.get(id)?.state ?? 'none'));

test('what has its answer at once is taken in, done and answered by one commit', async () => {
  const world = opened();
  const inCommit = await world.log.inSharedCommit(() => {
    const id = world.receive(message('create story One'));
    return { id, state: stateOf(world, id), item: world.log.reads.item('shop', 1)?.title };
  });
  expect(inCommit).toMatchObject({ state: 'done', item: 'One' });
  expect(world.log.outbox.open('test', 'lobby', 10).map(({ inbox }) => inbox)).toEqual([inCommit.id]);
});

test('where the commit fails nothing of it has happened, and the message can come again', async () => {
  const world = opened();
  const asked = message('create story One');
  const lost = world.log.inSharedCommit(() => {
    world.receive(asked);
    // What SQLite itself does when the disk is full.
    databaseOf(world.log).exec('ROLLBACK');
  });
  await expect(lost).rejects.toThrow(/commit/);
  expect(world.log.reads.item('shop', 1)).toBeNull();
  expect(world.log.outbox.isEmpty('test', 'lobby')).toBe(true);
  const id = world.receive(asked);
  await answered(world.log, id ?? 0);
  expect(world.log.reads.item('shop', 1)?.title).toBe('One');
});

test('a message that comes again in the same commit, or later, is answered once', async () => {
  const world = opened();
  const asked = message('ping');
  const ids = await Promise.all([asked, asked].map((one) => world.log.inSharedCommit(() => world.receive(one))));
  expect(ids.filter((id) => id !== null)).toHaveLength(1);
  expect(world.receive(asked)).toBeNull();
  expect(world.log.outbox.open('test', 'lobby', 10)).toHaveLength(1);
});

test('what waits for something begins after the commit, and what comes behind it in its room waits too', async () => {
  const world = opened();
  const ids = await Promise.all(
    [message('git'), message('ping'), message('ping', 'elsewhere')].map((one) =>
      world.log.inSharedCommit(() => {
        const id = world.receive(one);
        return { id, state: stateOf(world, id), text: id === null ? '' : world.log.inbox.get(id)?.message.text };
      }),
    ),
  );
  expect(ids.map(({ state, text }) => [state, text])).toEqual([
    ['received', 'git'],
    ['received', 'ping'],
    ['done', ''],
  ]);
  for (const { id } of ids) await answered(world.log, id ?? 0);
  expect(world.log.outbox.open('test', 'lobby', 10).map(({ inbox }) => inbox)).toEqual(ids.slice(0, 2).map(({ id }) => id));
});

test('what is refused, unknown or asked about is answered as ever', async () => {
  const world = opened();
  world.make();
  const outcomes: unknown[] = [];
  for (const text of ['backup', 'strat 1', 'delete 1', 'no']) {
    const id = await world.log.inSharedCommit(() => world.receive(message(text)));
    await answered(world.log, id ?? 0);
    outcomes.push([text, world.log.inbox.get(id ?? 0)?.outcome]);
  }
  expect(outcomes).toEqual([
    ['backup', 'refused'],
    ['strat 1', 'refused'],
    ['delete 1', 'ok'],
    ['no', 'ok'],
  ]);
});
