import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { agentActor } from '../../src/pipeline/actor.ts';
import { endRun, makeDesk, makeWorld, numbered, startRun, type Desk, type World } from './harness.ts';

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

it('is among what a day brought, in today and in the digest, and nothing else that was archived is', async () => {
  const n = spike();
  const run = startRun(world, n);
  world.record(n, 'run.reported', { run, text: 'It can be done.' });
  endRun(world, n, run, 'finished');
  const to = { name: 'archived', reason: { kind: 'completed' }, archivedAt: world.clock.now() } as const;
  const by = { project: 'shop', item: numbered(n), actor: agentActor('coder-1'), cause: null } as const;
  world.log.transaction((tx) => void tx.record({ ...by, kind: 'item.moved', payload: { to, why: { kind: 'reported' }, failure: null } }));
  const dropped = world.make({ title: 'Dropped' });
  await world.say(`move ${dropped} archived`);
  for (const command of ['today', 'digest']) {
    const { text } = await world.say(command);
    expect(text).toContain('1 report');
    expect(text).toContain(`✓ #${n} Cards · \`report ${n}\``);
    expect(text).not.toContain('✓ #' + String(dropped));
  }
});
