import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeDesk, makeWorld, startRun, type Desk, type World } from './harness.ts';

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

function spike(): number {
  const n = world.make({ title: 'Cards', type: 'spike' });
  world.record(n, 'item.moved', { to: { name: 'current' }, why: 'for the test', failure: null });
  return n;
}

it('shows a report page by page, each line once, and the last one alone', async () => {
  const n = spike();
  const run = startRun(world, n);
  world.record(n, 'run.reported', { run, text: 'superseded' });
  const lines = Array.from({ length: 300 }, (_, i) => `finding ${i} ${'x'.repeat(20)}`);
  world.record(n, 'run.reported', { run, text: lines.join('\n') });
  const pages = [await world.say(`report ${n}`, { role: 'viewer' })];
  while (pages.at(-1)?.text.includes('`more`') === true) pages.push(await world.say('more', { role: 'viewer' }));
  const shown = pages.flatMap(({ text }) => Array.from(text.matchAll(/finding (\d+)/g), ([, i]) => Number(i)));
  expect(shown).toEqual(lines.map((_, i) => i));
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.map(({ text }) => text).join('')).not.toContain('superseded');
  expect((await world.say('search superseded')).text).toContain(`#${n} Cards`);
});

it('says so where there is none, and what the item is', async () => {
  expect(await world.say(`report ${spike()}`)).toMatchObject({ code: 'no-report' });
  const story = world.make({ title: 'Story' });
  expect((await world.say(`report ${story}`)).text).toContain('is no spike but a story');
});
