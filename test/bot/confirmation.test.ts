import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerIn } from '../../src/bot/loop/confirm.ts';
import { plainText } from '../../src/message/plain.ts';
import { makeDesk, makeWorld, when, type Answer, type Desk, type World } from '../commands/harness.ts';

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

test('a question that was answered after 5 minutes no longer counts, and is not asked again by the late answer', async () => {
  const number = world.make();
  expect((await world.say(`delete ${number}`)).ok).toBe(true);
  world.clock.move(5 * 60_000);
  expect(await world.say('yes')).toMatchObject({ ok: false, code: 'confirmation-expired' });
  expect(await world.say('yes')).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  expect(world.item(number).deletedAt).toBeNull();
});

test('only who was asked can answer, only in the room where it was asked, and only once', async () => {
  const number = world.make();
  await world.say(`delete ${number}`, { role: 'operator', room: 'lobby' });
  expect(await world.say('yes', { role: 'admin', room: 'lobby' })).toMatchObject({ code: 'nothing-to-confirm' });
  expect(await world.say('yes', { role: 'operator', room: 'hall' })).toMatchObject({ code: 'nothing-to-confirm' });
  expect(world.item(number).deletedAt).toBeNull();
  world.clock.move(5 * 60_000 - 1);
  expect(await world.say('no', { role: 'operator', room: 'lobby' })).toMatchObject({ ok: true });
  expect(await world.say('yes', { role: 'operator', room: 'lobby' })).toMatchObject({ code: 'nothing-to-confirm' });
  expect(world.item(number).deletedAt).toBeNull();
});

/** The command of a question's button. */
const button = (answer: Answer, label: 'Yes' | 'No'): string =>
  answer.body.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : [])).find((one) => one.label === label)?.command ?? '';

test('a button answers its own question alone, not a later one of the same person', async () => {
  const [first, second] = [world.make(), world.make()];
  const old = await world.say(`delete ${first}`);
  const asked = await world.say(`delete ${second}`);
  expect(await world.say(button(old, 'Yes'))).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  expect(world.item(first).deletedAt).toBeNull();
  expect(world.item(second).deletedAt).toBeNull();
  // The open one is as it was.
  expect((await world.say(button(asked, 'No'))).text).toContain('nothing was done');
});

test('the click of somebody else is refused, does not answer their own question, and leaves both open', async () => {
  const [first, second] = [world.make(), world.make()];
  const asked = await world.say(`delete ${first}`, { role: 'operator' });
  const own = await world.say(`delete ${second}`, { role: 'admin' });
  expect(await world.say(button(asked, 'Yes'), { role: 'admin' })).toMatchObject({ ok: false, code: 'not-yours' });
  expect(await world.say(button(asked, 'Yes'), { role: 'operator', room: 'hall' })).toMatchObject({ ok: false, code: 'not-yours' });
  expect(world.item(first).deletedAt).toBeNull();
  expect(world.item(second).deletedAt).toBeNull();
  expect(await world.say(button(own, 'No'), { role: 'admin' })).toMatchObject({ ok: true });
  expect(await world.say(button(asked, 'No'), { role: 'operator' })).toMatchObject({ ok: true });
});

test('an answer is a yes or no of its own, never the beginning of a text', () => {
  expect(answerIn(' Yes! ')).toEqual({ word: 'yes', question: null, second: null });
  expect(answerIn('no 17')).toEqual({ word: 'no', question: 17, second: null });
  expect(answerIn('yes q7')).toEqual({ word: 'yes', question: null, second: 7 });
  for (const text of [
    'yes please',
    'yes 1 2',
    `yes${' '.repeat(60)}delete`,
    'yes -1',
    'yes 99999999999999999',
    'yesno',
    'ja',
    'yes q',
    'yes qq7',
  ]) {
    expect(answerIn(text)).toBeNull();
  }
});

test.each([
  ['who has none any more', { admin: [], operator: [], viewer: [] }],
  ['who has too little', { admin: [], operator: [], viewer: ['test:operator'] }],
])('a start closes the questions of somebody %s, also for the time when the right is given back', async (_, roles) => {
  const number = world.make();
  await world.say(`delete ${number}`);
  const start = (rights: Parameters<World['restarted']>[0]): World => world.restarted(rights);
  start({ roles });
  expect(world.log.reads.events(0, 100).at(-1)).toMatchObject({
    kind: 'confirmation.answered',
    actor: 'test:operator',
    payload: { words: 'delete', answer: 'revoked' },
  });
  const again = start({});
  expect(await again.say('yes')).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  expect(world.item(number).deletedAt).toBeNull();
});

test('a start with the same rights leaves a question open', async () => {
  const number = world.make();
  await world.say(`delete ${number}`);
  expect(await world.restarted({}).say('no')).toMatchObject({ ok: true });
});

test('a yes that a crash kept from its command does nothing where its project is configured no more, and says so', async () => {
  const sender = { transport: 'test', id: 'operator', name: 'Some operator' };
  const at = { transport: 'test', room: 'lobby', thread: null };
  const id = world.log.transaction((tx) => {
    const taken = tx.inbox.receive({ id: 'm-crash', at, sender, ingress: 'terminal', text: 'yes' }, tx.now) ?? 0;
    tx.inbox.confirm(taken, { project: 'sold', text: 'delete 1' });
    return taken;
  });
  world.start();
  await when(world.log, () => world.log.inbox.get(id)?.state === 'done');
  const [reply] = world.log.outbox.open('test', 'lobby', 10);
  expect(reply === undefined ? '' : plainText(reply.body, { width: 300 })).toContain('Project sold is no longer in bot.toml');
  expect(world.log.reads.events(0, 100).at(-1)).toMatchObject({ kind: 'command.handled', payload: { code: 'project-gone' } });
});
