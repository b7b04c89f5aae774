import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { doneStage, makeDesk, makeWorld, mergeStage, moveTo, seeWork, startRun, when, type Desk, type World } from './harness.ts';

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

const kept = 'its work is kept under refs/musher/snapshots/1/1';

/** Confirms, and cleans up as the engine does. */
async function deleted(text: string, n: number, left: string[] = []): Promise<Awaited<ReturnType<World['say']>>> {
  await world.say(text);
  const seen = world.item(n).version;
  const answer = world.say('yes');
  await when(world.log, () => world.item(n).version > seen && world.item(n).removal?.state === 'asked');
  world.record(n, 'item.removed', { done: [kept], left });
  if (world.item(n).removal?.purge === true && left.length === 0) world.record(n, 'item.purged', {});
  return answer;
}

function seeNothing({ text }: { text: string }): void {
  expect(text).toContain('Purge it too?');
  expect(text).not.toContain('worktree');
}

describe('delete', () => {
  it('asks first, and says what will happen', async () => {
    const n = world.make({ title: 'Old idea' });
    world.make({ dependsOn: [n] });
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    seeWork(world, n);
    const { ok, text } = await world.say(`delete ${n}`);
    expect(ok).toBe(true);
    expect(text).toContain('is in current');
    expect(text).toContain('Stops run 1 by coder-1.');
    expect(text).toContain(desk.branch);
    expect(text).toContain('2 depends on it');
    expect(text).toContain('The number is not used again.');
    expect(world.item(n).deletedAt).toBeNull();
  });

  it('does nothing on a no', async () => {
    const n = world.make();
    await world.say(`delete ${n}`);
    expect((await world.say('no')).text).toContain('nothing was done');
    expect(world.item(n).deletedAt).toBeNull();
  });

  it('stops the run, waits for the clean-up and lists its steps', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    const { ok, text } = await deleted(`delete ${n}`, n);
    expect(ok).toBe(true);
    expect(text).toContain(`#${n} Fix the login is deleted.`);
    expect(text).toContain(kept);
    expect(world.kinds(n).slice(-3)).toEqual(['run.stop_requested', 'item.deleted', 'item.removed']);
    expect(world.item(n).removal).toEqual({ state: 'removed', purge: false });
  });

  it('says that Musher is stopping when it waits no longer for that reason', async () => {
    const n = world.make();
    await world.say(`delete ${n}`);
    const answer = world.say('yes');
    await when(world.log, () => world.item(n).deletedAt !== null);
    await world.stop();
    const { text } = await answer;
    expect(text).toContain('after the next start');
    expect(text).not.toContain('after a minute');
  });

  it('says what is left where a step failed, and tries again when it is asked again', async () => {
    const n = world.make();
    const failed = await deleted(`delete ${n}`, n, ['worktree and branch: permission denied']);
    expect(failed).toMatchObject({ ok: false, code: 'delete-incomplete' });
    expect(failed.text).toContain('permission denied');
    expect(failed.text).toContain(`delete ${n}`);
    expect((await world.say(`delete ${n}`)).text).toContain('Retry the clean-up?');
    await world.say('no');
    const again = await deleted(`delete ${n}`, n);
    expect(again.ok).toBe(true);
    expect(world.item(n).removal?.state).toBe('removed');
  });

  it('takes a yes after signs of life of the run, but not after a move', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n);
    await world.say(`delete ${n}`);
    moveTo(world, n, { name: 'qa' });
    expect(await world.say('yes')).toMatchObject({ ok: false, code: 'confirmation-stale' });
    moveTo(world, n, { name: 'current' });
    await world.say(`delete ${n}`);
    world.record(n, 'run.heartbeat', { run, activity: 'thinks' });
    const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 1 };
    world.record(n, 'run.usage', { run, agent: 'coder-1', model: 'small', usage });
    const answer = world.say('yes');
    await when(world.log, () => world.item(n).deletedAt !== null);
    world.record(n, 'item.removed', { done: [], left: [] });
    expect(await answer).toMatchObject({ ok: true });
  });

  it('is safe to call twice', async () => {
    const n = world.make();
    await deleted(`delete ${n}`, n);
    const before = world.item(n).version;
    const again = await world.say(`delete ${n}`);
    expect(again).toMatchObject({ ok: true, text: expect.stringContaining('already deleted') as string });
    expect(world.item(n).version).toBe(before);
  });

  it('purges: the reply says nothing of what was purged', async () => {
    const n = world.make({ title: 'Secret plan' });
    const question = await world.say(`delete ${n} --purge`);
    expect(question.text).toContain('can’t be undone');
    await world.say('no');
    const { ok, text } = await deleted(`delete ${n} --purge`, n);
    expect(ok).toBe(true);
    expect(text).toContain(`${n} is deleted and purged`);
    expect(text).not.toContain('Secret');
    expect(world.item(n)).toMatchObject({ title: '', removal: { state: 'purged' } });
    expect((await world.say(`delete ${n} --purge`)).text).toContain('already deleted and purged');
  });

  it('purges what was only deleted before, and speaks of no worktree that is gone', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    seeWork(world, n);
    await deleted(`delete ${n}`, n);
    seeNothing(await world.say(`delete ${n} --purge`));
    const { text } = await deleted(`delete ${n} --purge`, n);
    expect(text).toContain('deleted and purged');
    expect(world.item(n).removal).toEqual({ state: 'purged', purge: true });
  });

  it('says that clean-up continues where it takes more than a minute', async () => {
    const n = world.make();
    await world.say(`delete ${n}`);
    const answer = world.say('yes');
    await when(world.log, () => world.item(n).deletedAt !== null);
    await expect.poll(() => world.clock.waiting()).toBe(2);
    world.clock.move(60_000);
    expect((await answer).text).toContain('`history 1`');
  });

  it('says that what was merged stays', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    seeWork(world, n);
    moveTo(world, n, mergeStage);
    moveTo(world, n, doneStage);
    expect((await world.say(`delete ${n}`)).text).toContain('Merged changes stay on main.');
  });

  it('refuses a number that is not there before it asks', async () => {
    expect(await world.say('delete 99')).toMatchObject({ ok: false, code: 'no-such-item' });
    expect(await world.say('delete 1', { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(await world.say('yes')).toMatchObject({ ok: false, code: 'nothing-to-confirm' });
  });
});
