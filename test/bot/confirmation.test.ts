import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeDesk, makeWorld, type Desk, type World } from '../commands/harness.ts';

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
