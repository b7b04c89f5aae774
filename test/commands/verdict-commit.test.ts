import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { blockedStage, makeDesk, makeWorld, moveTo, seeWork, type Desk, type World } from './harness.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());
afterAll(() => desk.remove());

const inQa = (): number => {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  seeWork(world, n);
  moveTo(world, n, { name: 'qa' });
  return n;
};

it('a verdict that names the commit counts for that commit alone', async () => {
  const n = inQa();
  const other = await world.say(`approve shop#${n} 1234567`);
  expect(other.code).toBe('changed');
  expect(other.text).toMatch(new RegExp(`${desk.head.slice(0, 8)}.*1234567`));
  expect(world.item(n).stage.name).toBe('qa');
  expect((await world.say(`approve shop#${n} ${desk.head.slice(0, 10).toUpperCase()}`)).ok).toBe(true);
  expect(world.item(n).stage.name).toBe('merge');
});

it('so does a word for what review held back', async () => {
  const n = inQa();
  moveTo(world, n, blockedStage('reviewHeld'));
  expect((await world.say(`accept ${n} 1234567`)).code).toBe('changed');
  expect((await world.say(`accept ${n} ${desk.head}`)).ok).toBe(true);
});

it('a word that is no commit is pointed at', async () => {
  expect((await world.say(`approve ${inQa()} 1a2b3`)).text).toContain('at least 7 characters');
});

it('a question notes its buttons, and the answer that was not sent yet belongs to its item', async () => {
  const n = inQa();
  const asked = await world.say(`delete ${n}`);
  const [question] = world.log.buttons.inState('open', world.clock.now());
  expect(question?.occasion).toMatchObject({ kind: 'question' });
  expect(asked.body.blocks.at(-1)?.kind).toBe('actions');
  expect(question?.plain.blocks.map(({ kind }) => kind)).not.toContain('actions');
  await world.say(`logs ${n}`);
  const items = world.log.outbox.open('test', 'lobby', 10).map(({ item }) => item?.number ?? null);
  expect(items).toEqual([n, n]);
});
