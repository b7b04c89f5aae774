import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeHead } from '../../src/decide/facts.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { databaseOf } from '../log/database-of.ts';
import { sha } from '../pipeline/samples.ts';
import { doneStage, makeDesk, makeWorld, moveTo, projectSettings, type Desk, type World } from './harness.ts';

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

describe('priority', () => {
  const SHOP = projectSettings('shop', '/nowhere');
  const head = (): number | null => mergeHead(world.log.reads, SHOP, world.clock.now());
  const toMerge = (n: number): void => {
    moveTo(world, n, { name: 'current' });
    moveTo(world, n, { name: 'merge', branch: `b${n}`, commitsAhead: 1 as never });
  };

  it('orders the backlog and the queue of what starts, and lists show it', async () => {
    const [a, b, c] = [world.make({ title: 'A' }), world.make({ title: 'B' }), world.make({ title: 'C' })];
    const answer = await world.say(`priority ${c} high`);
    expect(answer.text).toContain('#3 C now has high priority');
    expect((await world.say(`priority ${a} low`)).ok).toBe(true);
    expect(world.log.reads.inStage('shop', 'backlog', 10).map(({ number }) => number)).toEqual([c, b, a]);
    const { text } = await world.say('backlog');
    expect(text.indexOf('C (')).toBeLessThan(text.indexOf('B ('));
    expect(text).toContain('C (story) · high priority');
    expect((await world.say(`show ${c}`)).text).toMatch(/Priority:? +high/);
    expect((await world.say(`show ${b}`)).text).not.toContain('Priority');
    expect((await world.say(`history ${c}`)).text).toContain('set its priority to high');
    for (const n of [a, b, c]) world.record(n, 'item.queued', { queued: true });
    expect(world.log.reads.openNumbers('shop')).toEqual([c, b, a]);
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('is set for several items at once, and each one that it would not change says so', async () => {
    const [a, b] = [world.make(), world.make()];
    await world.say(`priority ${a} high`);
    const answer = await world.say(`prio ${a} ${b} high`);
    expect(answer).toMatchObject({ ok: true });
    expect(answer.text).toContain('Done for 1 of 2 items');
    expect(answer.text).toContain('already has high priority');
    expect(world.item(b).priority).toBe('high');
    expect(await world.say(`priority ${a} high`)).toMatchObject({ ok: false, code: 'unchanged' });
    expect(await world.say(`priority ${a} urgent`)).toMatchObject({ ok: false });
    expect(await world.say(`priority ${a} low`, { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  it('changes nothing of what is merged', async () => {
    const n = world.make();
    toMerge(n);
    moveTo(world, n, doneStage);
    expect(await world.say(`priority ${n} high`)).toMatchObject({ ok: false, code: 'over' });
  });

  it('decides who merges first, but never over one whose commit is on its way', async () => {
    const [a, b] = [world.make(), world.make()];
    toMerge(a);
    toMerge(b);
    expect(head()).toBe(a);
    await world.say(`priority ${b} high`);
    expect(head()).toBe(b);
    world.record(a, 'merge.attempted', { commit: sha('c'), base: sha('0'), head: sha('a'), outcome: 'clean', files: [] });
    expect(head()).toBe(a);
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('keeps what is done in the order in which it came', async () => {
    const [a, b] = [world.make(), world.make()];
    await world.say(`priority ${a} high`);
    for (const n of [a, b]) {
      toMerge(n);
      moveTo(world, n, doneStage);
      world.clock.move(1_000);
    }
    expect(world.log.reads.recentInStage('shop', 'done', 10).map(({ number }) => number)).toEqual([b, a]);
  });
});
