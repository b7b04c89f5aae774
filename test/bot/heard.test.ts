import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../../src/message/address.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { answered, blockedStage, makeDesk, makeWorld, moveTo, when, type Desk, type World } from '../commands/harness.ts';

let desk: Desk;
let world: World;
let messages = 0;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
afterEach(() => world.close());

/** Musher with item 1, which is blocked, and a message about it that the room was sent. */
function begin(about: 'it' | 'it and others' | 'nothing' = 'it'): string {
  const roles = { admin: [], operator: [], viewer: [] };
  const rooms = ['lobby', 'other'].map((id) => ({ transport: 'test', id, project: 'shop', roles }));
  world = makeWorld(desk, {}, [], { rooms });
  world.make({ title: 'Fix the login' });
  world.make({ title: 'Sort the list' });
  return shown(about);
}

function shown(about: 'it' | 'it and others' | 'nothing', parts = 1): string {
  const { log } = world;
  const item = about === 'nothing' ? null : { project: 'shop', number: 1 };
  const to = { transport: 'test', room: 'lobby', thread: null };
  const notice = { to, item, several: about === 'it and others', kind: 'notice', body: line('news'), inbox: null } as const;
  const id = log.outbox.add(notice, 0);
  log.outbox.sent(
    id,
    Array.from({ length: parts }, (_, part) => ({ transport: 'test', room: 'lobby', id: `out-${id}.${part}` })),
  );
  return `out-${id}.${parts - 1}`;
}

/** What a message of the room is answered with; null where it is not for Musher. */
async function say(text: string, more: Partial<IncomingMessage> = {}, by = 'operator'): Promise<string | null> {
  messages += 1;
  const at = { transport: 'test', room: 'lobby', thread: more.threadRoot ?? null };
  const sender = { transport: 'test', id: by, name: by };
  const inbox = world.receive({ id: `h${messages}`, at, sender, ingress: 'message', text, ...more });
  if (inbox === null) return null;
  await answered(world.log, inbox);
  const row = world.log.outbox.open('test', 'lobby', 1_000).find((one) => one.inbox === inbox);
  return row === undefined ? '' : plainText(row.body, { width: 300 });
}

describe('a reply to a message of Musher’s', () => {
  it('needs no mention, and no number where the message is about one item', async () => {
    const replyTo = begin();
    expect(await say('show', { replyTo })).toContain('Fix the login');
    expect(await say('show 2', { replyTo })).toContain('Sort the list');
    expect(await say('!show', { replyTo })).toContain('Fix the login');
  });

  it('is answered whatever it says', async () => {
    const replyTo = begin();
    expect(await say('what a mess', { replyTo })).toContain('There is no command');
  });

  it('approves nothing by words behind a number that was left out: they may be talk', async () => {
    const replyTo = begin();
    expect(await say('approve of what?', { replyTo })).toContain('approve 1 <text>');
    expect(await say('approve', { replyTo })).not.toContain('<text>');
  });

  it('is known by any part of a long message', async () => {
    begin();
    expect(await say('show', { replyTo: shown('it', 3) })).toContain('Fix the login');
  });

  it.each(['it and others', 'nothing'] as const)('has to say which item where the message is about %s', async (about) => {
    const replyTo = begin(about);
    expect(await say('show', { replyTo })).toContain('needs an item number');
    expect(await say('show 2', { replyTo })).toContain('Sort the list');
  });

  it('is not for Musher where it begins with the name of somebody else', async () => {
    const replyTo = begin();
    expect(await say('<@U2> show', { replyTo })).toBeNull();
    expect(await say('@anna status', { replyTo })).toBeNull();
  });

  it('is only one to Musher where Musher sent that message, in that room', async () => {
    const replyTo = begin();
    expect(await say('show 1', { replyTo: 'of-anna' })).toBeNull();
    expect(await say('show 1', { replyTo, at: { transport: 'test', room: 'other', thread: null } })).toBeNull();
    expect(await say('show 1', { replyTo, at: { transport: 'elsewhere', room: 'lobby', thread: null } })).toBeNull();
  });
});

describe('a room that is not served', () => {
  it('is told so once in ten minutes, and what has to be added, and nothing of any project', async () => {
    begin();
    const at = { transport: 'test', room: 'nowhere', thread: null };
    const answers = async (): Promise<string[]> => {
      await answered(world.log, world.log.inbox.lastId());
      return world.log.outbox.open('test', 'nowhere', 100).map(({ body }) => plainText(body, { width: 300 }));
    };
    await say('musher: show 1', { at });
    await say('musher: status', { at }, 'stranger');
    expect(await answers()).toHaveLength(1);
    const [told = ''] = await answers();
    expect(told).toContain('id = "nowhere"');
    expect(told).not.toContain('shop');
    world.clock.move(10 * 60_000);
    await say('musher: status', { at });
    expect(await answers()).toHaveLength(2);
    expect(await say('what is this room for', { at })).toBeNull();
  });
});

describe('small talk with Musher', () => {
  it('is a greeting that names what to begin with, or thanks, and no mistake', async () => {
    begin();
    for (const text of ['hi musher', '@musher hello!', '@musher', 'musher, hey']) expect(await say(text)).toContain('status');
    expect(await say('@musher thanks!')).toContain('welcome');
    const handled = world.log.reads.events(0, 1_000).filter(({ kind }) => kind === 'command.handled');
    expect(handled.map(({ payload }) => payload)).toEqual(handled.map(() => expect.objectContaining({ outcome: 'ok' })));
    expect(await say('thanks, @musher')).toBeNull();
  });

  it('gets a polite command done', async () => {
    begin();
    expect(await say('Musher, show 1 please!')).toContain('Fix the login');
  });
});

describe('a message in the thread of an item', () => {
  it('is a command where it reads as one', async () => {
    const threadRoot = begin();
    expect(await say('show', { threadRoot })).toContain('Fix the login');
    expect(await say('show 2', { threadRoot })).toContain('Sort the list');
    moveTo(world, 1, blockedStage());
    expect(await say('why', { threadRoot })).toContain('blocked');
    expect(await say('retry', { threadRoot })).toContain('Fix the login');
    expect(world.item(1).stage.name).toBe('backlog');
  });

  it.each([
    'I would show it to Ben first',
    'show me the log, please',
    'why is this still open',
    'create a test for it',
    'create bug reports for it, please',
    'start tomorrow',
    'approve of it, please',
    'accept whatever Ben says',
    'retry it tomorrow',
    'allow me to explain',
    'yes',
    'ok',
    'nice work!',
    '42',
    '',
  ])('is talk of people where it is %j', async (text) => {
    const threadRoot = begin();
    expect(await say(text, { threadRoot })).toBeNull();
    expect(world.log.inbox.lastId()).toBe(0);
  });

  it('is left alone if it is of somebody without a role', async () => {
    const threadRoot = begin();
    expect(await say('show', { threadRoot }, 'stranger')).toBeNull();
    expect(await say('musher: show', { threadRoot }, 'stranger')).toContain('You have no role');
  });

  it('is refused, and not ignored, if the role is too small', async () => {
    const threadRoot = begin();
    expect(await say('start', { threadRoot }, 'viewer')).toContain('operator');
    expect(world.item(1).stage.name).toBe('backlog');
  });

  it('answers what Musher asked its sender, and nobody else', async () => {
    const threadRoot = begin();
    expect(await say('delete', { threadRoot })).toContain('Delete #1');
    expect(await say('yes', { threadRoot }, 'admin')).toBeNull();
    expect(world.item(1).deletedAt).toBeNull();
    // Its answer comes when the engine has cleared up, which is not there.
    const answer = say('yes', { threadRoot });
    await when(world.log, () => world.item(1).deletedAt !== null);
    await world.stop();
    expect(await answer).toContain('is deleted');
  });

  it('is about another item only where that is certain', async () => {
    const threadRoot = begin();
    expect(await say('reject 2 tests fail', { threadRoot })).toContain('reject #2');
    expect(await say('reject #2 tests fail', { threadRoot })).toContain('Sort the list');
    expect(await say('reject 1 tests fail', { threadRoot })).toContain('Fix the login');
    expect(await say('reject tests fail', { threadRoot })).toContain('Fix the login');
  });

  it('is known as one by the name that its network gave it', async () => {
    begin();
    const { threads } = world.log;
    const key = { transport: 'test', room: 'lobby', project: 'shop', item: 2 };
    threads.begin(key, 99);
    threads.open(key, 't|7');
    const at = { transport: 'test', room: 'lobby', thread: 't|7' };
    expect(await say('show', { at, threadRoot: '7' })).toContain('Sort the list');
  });

  it('does not count for a thread under the words of a person', async () => {
    begin();
    expect(await say('show 1', { threadRoot: 'of-anna' })).toBeNull();
    expect(await say('musher: show 1', { threadRoot: 'of-anna' })).toContain('Fix the login');
  });

  it('keeps its item when Musher is killed before it is handled', async () => {
    const threadRoot = begin();
    const { log } = world;
    const at = { transport: 'test', room: 'lobby', thread: threadRoot };
    const sender = { transport: 'test', id: 'operator', name: 'Olga' };
    const about = { project: 'shop', number: 1 };
    log.inbox.receive({ id: 'x1', at, sender, ingress: 'message', text: 'show', about }, 0);
    world.start();
    await answered(log, 1);
    expect(plainText(log.outbox.open('test', 'lobby', 10).at(-1)?.body ?? line(''), { width: 300 })).toContain('Fix the login');
  });
});
