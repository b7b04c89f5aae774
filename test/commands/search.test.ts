import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDesk, makeWorld, moveTo, START, type Desk, type World } from './harness.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());

describe('search', () => {
  it('shows number, title, stage and the place of the words, and nothing of other items', async () => {
    world.make({ title: 'Login with SSO', description: 'By the identity provider' });
    world.make({ title: 'Cart' });
    await world.say('comment 2 the vault key is with Anna');
    const { text } = await world.say('search vault', { role: 'viewer' });
    expect(text).toMatch(/^Found in 1 item\n- #2 Cart · backlog · comment by .*: the vault key is with Anna$/);
    expect((await world.say('find login')).text).toBe('Found in 1 item\n- #1 Login with SSO · backlog');
    expect((await world.say('search identity')).text).toContain('description: By the identity provider');
  });

  it('finds an item by its labels, by those that it has now', async () => {
    const n = world.make({ title: 'Cart', criteria: [{ text: 'it fits', checked: false }] });
    await world.say(`label ${n} phone, offline`);
    expect((await world.say('search offline')).text).toBe(
      `Found in 1 item\n- #${n} Cart · backlog · labels and criteria: phone, offline it fits`,
    );
    await world.say(`unlabel ${n} offline`);
    expect((await world.say('search offline')).code).toBe('nothing-found');
  });

  it('finds what an agent said, why it failed, and a deleted item', async () => {
    const n = world.make({ title: 'Cart' });
    world.record(n, 'item.moved', { to: { name: 'current' }, why: 'for the test', failure: null });
    const reason = { kind: 'blocked', reason: 'the flux capacitor is missing' } as const;
    moveTo(world, n, { name: 'archived', archivedAt: START, reason });
    expect((await world.say('search capacitor')).text).toContain(`#${n} Cart · archived (blocked) · moved by`);
    world.record(n, 'item.deleted', { purge: false });
    expect((await world.say('search cart')).text).toBe(`Found in 1 item\n- #${n} Cart · deleted`);
  });

  it('pages with `more`, for each person on its own', async () => {
    for (let n = 1; n <= 19; n++) world.make({ title: `Payment ${n}` });
    const first = await world.say('search payment');
    expect(first.text).toContain('Found in 19 items');
    expect(first.text).toContain('11 more items: `more`.');
    const second = await world.say('more');
    const third = await world.say('more');
    const shown = [first, second, third].flatMap(({ text }) => Array.from(text.matchAll(/#(\d+) Payment/g), ([, n]) => n));
    expect(new Set(shown).size).toBe(19);
    expect((await world.say('more')).code).toBe('nothing-more');
    expect((await world.say('more', { role: 'viewer' })).code).toBe('nothing-more');
  });

  it('has nothing more to show after a purge, which takes what was looked for away', async () => {
    for (let n = 1; n <= 19; n++) world.make({ title: `Payment ${n}` });
    await world.say('search payment', { role: 'admin' });
    world.record(3, 'item.deleted', { purge: true });
    world.log.transaction((tx) =>
      tx.purge({
        project: 'shop',
        item: world.log.reads.item('shop', 3)?.number ?? (0 as never),
        actor: 'musher',
        cause: null,
        kind: 'item.purged',
        payload: {},
      }),
    );
    expect((await world.say('more', { role: 'admin' })).code).toBe('nothing-more');
    expect((await world.say('search "payment 3"')).code).toBe('nothing-found');
  });

  it('looks in the room’s project, names others only where it is asked to, and never one that its sender may not see', async () => {
    world.make({ title: 'Zebra crossing' }, 'docs');
    const none = await world.say('search zebra');
    expect(none.code).toBe('nothing-found');
    expect(none.text).toContain('1 item in other projects has it: `search --all zebra`.');
    expect(none.text).not.toContain('crossing');
    for (const typed of ['search --all zebra', 'search zebra --all'])
      expect((await world.say(typed)).text).toContain('docs#1 Zebra crossing');
  });

  it.each(['"', '*', '-', '🎉', '" "', '()', 'AND', '-x OR (y', '{a}:b', 'x'.repeat(10_000), 'x '.repeat(5_000)])(
    'answers %j',
    async (typed) => {
      world.make({ title: 'Login' });
      const { text, code } = await world.say(`search ${typed}`);
      expect(['no-words', 'nothing-found', 'bad-argument', null]).toContain(code);
      expect(text.length).toBeLessThan(400);
    },
  );

  it('says so where it looks for the beginning alone', async () => {
    world.make({ title: 'a b c d e f g h i j k l m n' });
    expect((await world.say('search a b c d e f g h i j k l m n')).text).toContain('looked for the first 12 words');
  });

  it('finds what was said to Musher in this room and was no command', async () => {
    await world.say('the wiki has moved to the attic');
    await world.say('the attic is closed', { room: 'other' });
    const { text } = await world.say('search attic');
    expect(text).toContain('Said to Musher in this room');
    expect(text).toContain('the wiki has moved to the attic');
    expect(text).not.toContain('closed');
    await world.say('status');
    expect((await world.say('search status')).code).toBe('nothing-found');
  });
});
