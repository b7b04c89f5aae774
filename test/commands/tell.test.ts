import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOUNDS } from '../../src/bounds.ts';
import {
  blockedStage,
  doneStage,
  endRun,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  startRun,
  type Desk,
  type World,
} from './harness.ts';

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

function inCurrent(): number {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  return n;
}

describe('tell', () => {
  it('keeps the words with their author, says when they are read, and who has read them', async () => {
    const n = inCurrent();
    const { text } = await world.say(`tell ${n} use the old API`);
    expect(text).toMatch(/told by operator\. No agent is working on it; the next run reads it\./);
    expect(world.item(n).told).toMatchObject([{ by: 'test:operator', text: 'use the old API' }]);
    expect((await world.say(`show ${n}`)).text).toMatch(/14:05 operator: use the old API \(not read yet\)/);
    const run = startRun(world, n);
    const ids = (world.item(n).told ?? []).map(({ id }) => id);
    world.clock.move(60_000);
    world.log.transaction((tx) =>
      tx.record({
        project: 'shop',
        item: world.item(n).number,
        actor: 'agent:coder-1',
        cause: null,
        kind: 'run.heard',
        payload: { run, told: ids },
      }),
    );
    expect((await world.say(`show ${n}`)).text).toMatch(/14:05 operator: use the old API \(read by coder-1 14:06\)/);
    expect((await world.say(`history ${n}`)).text).toMatch(/operator told its agent: use the old API/);
  });

  it('says it to several, each on its own; numbers without a comma belong to the words', async () => {
    const [a, b, over] = [inCurrent(), inCurrent(), inCurrent()];
    seeWork(world, over);
    moveTo(world, over, mergeStage);
    moveTo(world, over, doneStage);
    const { text } = await world.say(`tell ${a}, ${b} and ${over} 2 spaces, no tabs`);
    expect(text).toMatch(/Done for 2 of 3 items[^]*told by operator[^]*no agent works on it/);
    for (const n of [a, b]) expect(world.item(n).told).toMatchObject([{ text: '2 spaces, no tabs' }]);
    await world.say(`comment ${a}, ${b} both agreed`);
    expect((await world.say(`show ${b}`)).text).toContain('operator: both agreed');
    await world.say(`tell ${a} ${b} is the better one`);
    expect(world.item(b).told).toHaveLength(1);
  });

  it('keeps line breaks and signs as they were typed', async () => {
    const n = inCurrent();
    await world.say(`tell ${n} “quoted” -- and\n{{failure}} 'x'`);
    expect(world.item(n).told?.[0]?.text).toBe("“quoted” -- and\n{{failure}} 'x'");
  });

  it('is refused where no agent will work any more, and leads to a comment', async () => {
    const n = inCurrent();
    seeWork(world, n);
    moveTo(world, n, mergeStage);
    moveTo(world, n, doneStage);
    const { ok, code, text } = await world.say(`tell ${n} hello`);
    expect([ok, code]).toEqual([false, 'finished']);
    expect(text).toMatch(
      /is merged, so no agent works on it\. `comment 1 <text>` keeps your words for people; `move 1 current` reopens it\./,
    );
  });

  it('takes no text longer than a prompt does, and no more texts than that while nobody reads them', async () => {
    const n = inCurrent();
    expect((await world.say(`tell ${n} ${'x'.repeat(BOUNDS.toldText + 1)}`)).code).toBe('too-long');
    for (let i = 0; i < BOUNDS.told; i += 1) await world.say(`tell ${n} word ${i}`);
    expect((await world.say(`tell ${n} one more`)).code).toBe('too-many-unread');
    expect(world.item(n).told).toHaveLength(BOUNDS.told);
  });

  it('leaves a question about the item open', async () => {
    const n = inCurrent();
    await world.say(`delete ${n}`, { role: 'admin' });
    const { version } = world.item(n);
    await world.say(`tell ${n} wait`);
    expect(world.item(n).version).toBe(version);
    void world.say('yes', { role: 'admin' });
    await expect.poll(() => world.item(n).deletedAt).not.toBeNull();
  });

  it('is taken back by undo while nobody has read it, and not after that', async () => {
    const n = inCurrent();
    await world.say(`tell ${n} use the old API`);
    expect((await world.say('undo')).text).toMatch(/no agent will read it/);
    expect(world.item(n).told).toEqual([]);
    await world.say(`tell ${n} use the new API`);
    const run = startRun(world, n);
    world.record(n, 'run.heard', { run, told: (world.item(n).told ?? []).map(({ id }) => id) });
    const { ok, text } = await world.say('undo');
    expect(ok).toBe(false);
    expect(text).toMatch(/has read it already/);
  });

  it('goes with a purge', async () => {
    const n = inCurrent();
    await world.say(`tell ${n} the quagga is a secret`);
    await world.say(`comment ${n} the quagga is a secret`);
    world.record(n, 'item.deleted', { purge: true });
    world.record(n, 'item.removed', { done: [], left: [] });
    world.record(n, 'item.purged', {});
    expect(JSON.stringify(world.log.reads.history('shop', n, 100))).not.toContain('quagga');
    expect(JSON.stringify(world.item(n))).not.toContain('quagga');
  });
});

describe('retry and unblock', () => {
  it.each(['retry', 'unblock'])('%s carries words to the next run', async (word) => {
    const n = inCurrent();
    moveTo(world, n, blockedStage());
    expect((await world.say(`${word} ${n} the key is in the vault`)).ok).toBe(true);
    expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, told: [{ text: 'the key is in the vault' }] });
  });

  it('takes numbers alone for items, and numbers before words for words unless they are joined', async () => {
    const [a, b, c] = [inCurrent(), inCurrent(), inCurrent()];
    for (const n of [a, b, c]) moveTo(world, n, blockedStage());
    await world.say(`retry ${a} ${b} keys are new`);
    expect([world.item(a).told?.[0]?.text, world.item(b).stage.name]).toEqual([`${b} keys are new`, 'archived']);
    await world.say(`retry ${b}, ${c} all keys are new`);
    for (const n of [b, c]) expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, told: [{ text: 'all keys are new' }] });
    for (const n of [a, b, c]) moveTo(world, n, blockedStage());
    await world.say(`retry ${a} ${b} ${c}`);
    for (const n of [a, b, c]) expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, told: { length: 1 } });
    expect((await world.say(`retry ${a} 0`)).ok).toBe(false);
  });

  it('undo of both takes the words back as well', async () => {
    const n = inCurrent();
    const run = startRun(world, n);
    endRun(world, n, run, 'stopped');
    moveTo(world, n, blockedStage());
    await world.say(`retry ${n} the key is in the vault`);
    expect((await world.say('undo')).text).toMatch(/no agent will read it; it is back archived/);
    expect(world.item(n)).toMatchObject({ stage: { name: 'archived' }, told: [] });
  });
});

describe('comment', () => {
  it('is shown to people, and is no word for agents', async () => {
    const n = inCurrent();
    await world.say(`comment ${n} agreed with design`);
    expect(world.item(n).told).toBeUndefined();
    expect((await world.say(`show ${n}`)).text).toMatch(/Comments[\s\S]*14:05 operator: agreed with design/);
    expect((await world.say(`history ${n}`)).text).toMatch(/operator commented: agreed with design/);
  });
});
