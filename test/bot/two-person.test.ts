import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RightsSettings } from '../../src/bot/rights/rights.ts';
import { plainText } from '../../src/message/plain.ts';
import { UNLIMITED } from '../../src/config/sections/budget.ts';
import { makeDesk, makeWorld, when, type Answer, type Desk, type World } from '../commands/harness.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const room = (transport: string, id: string, project = 'shop') => ({
  transport,
  id,
  project,
  roles: NOBODY,
  name: id,
  notify: ['approvals'],
  notifyStyle: 'messages',
  quietHours: null,
});
const RIGHTS = {
  roles: { admin: ['anna', 'ben', 'test:admin'], operator: ['cleo', 'test:operator'], viewer: ['vic'] },
  twoPerson: ['undo', 'delete --purge', 'budget', 'approve', 'accept'],
  people: [
    { name: 'anna', ids: ['test:anna', 'net:anna2'] },
    { name: 'ben', ids: ['net:ben'] },
    { name: 'cleo', ids: ['test:cleo'] },
    { name: 'vic', ids: ['test:vic'] },
  ],
  rooms: [room('test', 'lobby'), room('net', 'hall'), room('test', 'far', 'docs')],
} satisfies Partial<RightsSettings>;

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk, {}, [], RIGHTS);
});
afterEach(() => world.close());

const PLACES = { test: 'lobby', net: 'hall' } as const;
/** Says something as the person with this id, in the room of their network. */
function say(who: string, text: string, in_: World = world): Promise<Answer> {
  const [transport = '', id = ''] = who.split(':');
  const at = { transport, room: PLACES[transport as keyof typeof PLACES], thread: null };
  return in_.say(text, { from: { at, sender: { transport, id, name: 'Whoever' }, ingress: 'slash' } });
}
const question = (asked: Answer): string => /yes (q\d+)/.exec(JSON.stringify(asked.body))?.[1] ?? 'none';
const notices = (transport: string, id: string): string[] =>
  world.log.outbox
    .open(transport, id, 100)
    .filter(({ kind }) => kind === 'notice')
    .map(({ body }) => plainText(body, { width: 300 }));
const logged = (kind: string) => world.log.reads.events(0, 1_000).filter((event) => event.kind === kind);

test('a second person confirms in another network, and log, history and both rooms name the two', async () => {
  const number = world.make();
  const asked = await say('test:anna', `delete ${number} --purge`);
  expect(asked.text).toContain('ben or cleo');
  expect(notices('net', 'hall').join()).toContain('anna wants to run');
  expect(notices('test', 'far')).toEqual([]);
  expect(world.item(number).deletedAt).toBeNull();
  const answered = say('net:ben', `yes ${question(asked)}`);
  await when(world.log, () => world.item(number).deletedAt !== null);
  world.clock.move(61_000);
  expect((await answered).text).toContain('Asked by anna, confirmed by ben.');
  expect(notices('test', 'lobby').join()).toContain(`ben confirmed \`delete ${number} --purge\``);
  expect(logged('item.deleted')).toMatchObject([{ actor: 'person:anna' }]);
  expect(logged('item.seconded')).toMatchObject([{ actor: 'person:ben', item: number, payload: { askedBy: 'person:anna' } }]);
  expect(logged('confirmation.answered')).toMatchObject([{ actor: 'person:ben', payload: { answer: 'yes', askedBy: 'person:anna' } }]);
});

test('the same person is no second one, from none of their ids, and a bare yes confirms nothing', async () => {
  const number = world.make();
  const asked = await say('test:anna', `delete ${number} --purge`);
  for (const who of ['test:anna', 'net:anna2'])
    expect(await say(who, `yes ${question(asked)}`)).toMatchObject({ ok: false, code: 'two-person' });
  expect(await say('test:anna', 'yes')).toMatchObject({ ok: false });
  const bare = await say('test:cleo', 'yes');
  expect(bare).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  expect(bare.text).toContain(`yes ${question(asked)}`);
  expect(world.item(number).deletedAt).toBeNull();
});

test.each([
  ['a viewer', 'test:vic', 'not-allowed'],
  ['somebody who is listed by id alone and may be the asker', 'test:operator', 'two-person'],
])('%s confirms nothing, and the question stays open', async (_, who, code) => {
  const number = world.make();
  const asked = await say('test:anna', `delete ${number} --purge`);
  expect(await say(who, `yes ${question(asked)}`)).toMatchObject({ ok: false, code });
  expect(await say('test:cleo', `no ${question(asked)}`)).toMatchObject({ ok: true });
});

test('who confirms needs what the command asks for besides its role: an admin for the budget of a day', async () => {
  const budget = { ...UNLIMITED, day: { tokens: null, microUsd: 1_000_000 } };
  const capped = makeWorld(desk, { budget }, [], RIGHTS);
  const asked = await say('test:anna', 'budget today +5usd', capped);
  expect(asked.text).toContain('second person: ben, on any network.');
  expect(await say('test:cleo', `yes ${question(asked)}`, capped)).toMatchObject({ ok: false, code: 'not-allowed' });
  expect((await say('net:ben', `yes ${question(asked)}`, capped)).text).toContain('Added');
  await capped.close();
});

test('what changes nothing, or lacks the flag, asks nobody else', async () => {
  const number = world.make();
  expect((await say('test:anna', 'budget')).text).toContain('Today’s budget');
  expect(JSON.stringify((await say('test:anna', `delete ${number}`)).body)).toMatch(/yes \d+"/);
});

test('it expires after an hour, and an answer after that does nothing', async () => {
  const number = world.make();
  const asked = await say('test:anna', `delete ${number} --purge`);
  world.clock.move(60 * 60_000);
  expect(await say('test:cleo', `yes ${question(asked)}`)).toMatchObject({ ok: false, code: 'confirmation-expired' });
  expect(await say('test:cleo', `yes ${question(asked)}`)).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  expect(world.item(number).deletedAt).toBeNull();
});

test('the asker withdraws it, by number from anywhere or with a bare no where it was asked', async () => {
  const number = world.make();
  const first = await say('test:anna', `delete ${number} --purge`);
  expect(await say('net:anna2', `no ${question(first)}`)).toMatchObject({ ok: true });
  const next = await say('test:anna', `delete ${number} --purge`);
  expect(await say('test:anna', 'no')).toMatchObject({ ok: true });
  for (const asked of [first, next]) expect(await say('test:cleo', `yes ${question(asked)}`)).toMatchObject({ code: 'nothing-to-confirm' });
  expect(logged('confirmation.answered').map(({ payload }) => payload)).toMatchObject([{ answer: 'withdrawn' }, { answer: 'withdrawn' }]);
});

test('the second person can decline in another room, and the room of the asker hears of it', async () => {
  const asked = await say('test:anna', `delete ${world.make()} --purge`);
  await say('net:ben', `no ${question(asked)}`);
  expect(notices('test', 'lobby').join()).toContain('ben declined');
});

test('a change of the item meanwhile voids it', async () => {
  const number = world.make();
  const asked = await say('test:anna', `delete ${number} --purge`);
  world.record(number, 'item.edited', { field: 'title', value: 'Another', prior: 'Fix the login' });
  expect(await say('test:cleo', `yes ${question(asked)}`)).toMatchObject({ ok: false, code: 'confirmation-stale' });
});

test('one yes is for all of several items, and those alone', async () => {
  const numbers = [world.make(), world.make(), world.make()];
  const asked = await say('test:anna', `delete ${numbers[0]}-${numbers[1]} --purge`);
  const answered = say('test:cleo', `yes ${question(asked)}`);
  await when(world.log, () => world.item(numbers[1] ?? 0).deletedAt !== null);
  world.clock.move(61_000);
  await answered;
  expect(numbers.map((one) => world.item(one).deletedAt !== null)).toEqual([true, true, false]);
  expect(logged('item.seconded')).toHaveLength(2);
});

test('a command without a question of its own gets one, bound to its items; a word for items does not do', async () => {
  const number = world.make();
  expect(await say('test:anna', 'accept done')).toMatchObject({ ok: false, code: 'two-person' });
  const asked = await say('test:anna', `accept ${number}`);
  expect(asked.text).toContain('Run `accept');
  world.record(number, 'item.edited', { field: 'title', value: 'Another', prior: 'Fix the login' });
  expect(await say('test:cleo', `yes ${question(asked)}`)).toMatchObject({ ok: false, code: 'confirmation-stale' });
});

test('undo undoes the last change of who asked, not of who confirmed', async () => {
  const [mine, theirs] = [world.make(), world.make()];
  await say('test:anna', `edit ${mine} title Hers`);
  await say('net:ben', `edit ${theirs} title His`);
  const asked = await say('test:anna', 'undo');
  expect(world.item(mine).title).toBe('Hers');
  await say('net:ben', `yes ${question(asked)}`);
  expect([world.item(mine).title, world.item(theirs).title]).toEqual(['Fix the login', 'His']);
  expect(logged('item.undone')).toMatchObject([{ actor: 'person:anna' }]);
});

test.each([
  ['an id that is no person', 'test:operator'],
  ['somebody at the terminal', 'console:local'],
])('%s is refused with the reason', async (_, who) => {
  const [transport = '', id = ''] = who.split(':');
  const at = { transport: transport === 'console' ? 'test' : transport, room: 'lobby', thread: null };
  const ingress = transport === 'console' ? 'terminal' : 'slash';
  const sender = { transport: at.transport, id: transport === 'console' ? 'anna' : id, name: '' };
  expect(await world.say(`delete ${world.make()} --purge`, { from: { at, sender, ingress } })).toMatchObject({ code: 'two-person' });
});

test('it is refused at once where nobody else could confirm', async () => {
  const alone = makeWorld(desk, {}, [], { ...RIGHTS, roles: { admin: ['anna'], operator: [], viewer: ['ben', 'cleo'] } });
  const reply = await say('test:anna', `delete ${alone.make()} --purge`, alone);
  expect(reply).toMatchObject({ ok: false, code: 'two-person' });
  expect(reply.text).toContain('nobody else');
  await alone.close();
});

test('a question to the asker alone that is open when the configuration begins to want two people does not run on one yes', async () => {
  const before = makeWorld(desk, {}, [], { ...RIGHTS, twoPerson: [] });
  const number = before.make();
  await say('test:anna', `delete ${number} --purge`, before);
  const after = before.restarted(RIGHTS);
  expect(question(await say('test:anna', 'yes', after))).toMatch(/^q\d+$/);
  expect(after.item(number).deletedAt).toBeNull();
  await after.close();
});

test('a start closes what somebody asked who has lost the role since', async () => {
  const asked = await say('test:anna', `delete ${world.make()} --purge`);
  const after = world.restarted({ ...RIGHTS, roles: { ...RIGHTS.roles, admin: ['ben'] } });
  expect(await say('net:ben', `yes ${question(asked)}`, after)).toMatchObject({ code: 'nothing-to-confirm' });
  expect(logged('confirmation.answered')).toMatchObject([{ actor: 'person:anna', payload: { answer: 'revoked' } }]);
});

test('a crash right after the yes runs it once at the next start, as the asker', async () => {
  const number = world.make();
  await say('test:anna', `edit ${number} title Hers`);
  const asker = { transport: 'test', room: 'lobby', sender: 'anna', name: 'Anna', ingress: 'slash', direct: false } as const;
  const at = { transport: 'net', room: 'hall', thread: null };
  const id = world.log.transaction((tx) => {
    const sender = { transport: 'net', id: 'ben', name: 'Ben' };
    const taken = tx.inbox.receive({ id: 'm-crash', at, sender, ingress: 'slash', text: 'yes q1' }, tx.now) ?? 0;
    tx.inbox.confirm(taken, { project: 'shop', text: 'undo', asker });
    return taken;
  });
  world.restarted(RIGHTS);
  await when(world.log, () => world.log.inbox.get(id)?.state === 'done');
  expect(world.item(number).title).toBe('Fix the login');
  expect(logged('item.undone')).toMatchObject([{ actor: 'person:anna' }]);
});
