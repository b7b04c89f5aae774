import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  doneStage,
  failAttempt,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  SHA,
  startRun,
  when,
  type Answer,
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

/** An item that Musher has merged; `by` null: its change came to the base branch in another way. */
function merged(by: 'musher' | null = 'musher'): number {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  seeWork(world, n);
  moveTo(world, n, mergeStage);
  if (by === 'musher') world.record(n, 'merge.attempted', { commit: SHA, base: SHA, head: SHA, outcome: 'clean', files: [] });
  moveTo(world, n, doneStage);
  return n;
}

/** Answers yes, and ends the errand as the engine does. */
async function ended(n: number, end: () => void): Promise<Answer> {
  const answer = world.say('yes');
  await when(world.log, () => world.item(n).errand !== null);
  end();
  return answer;
}

describe('undo of a merge', () => {
  it('asks first, and says what becomes of the base branch, the item and those who depend on it', async () => {
    const n = merged();
    world.make({ dependsOn: [n] });
    const { text } = await world.say(`undo ${n} It broke.`);
    expect(text).toContain('Revert the merge of');
    expect(text).toContain('Adds a commit to main that reverts `11111111');
    expect(text).toContain('#2 depends on it');
    expect(world.item(n).errand).toBeNull();
  });

  it('hands it to the engine with the reason, and answers with what came of it', async () => {
    const n = merged();
    await world.say(`undo ${n} It broke.`);
    const { ok, text } = await ended(n, () => {
      expect(world.item(n).errand).toEqual({ kind: 'undo', reason: 'It broke.', by: 'test:operator' });
      world.record(n, 'undo.attempted', { commit: SHA, base: SHA, merge: SHA });
      world.record(n, 'item.moved', { to: { name: 'current' }, why: 'taken back', failure: null });
    });
    expect(ok).toBe(true);
    expect(text).toContain('✓ Reverted the merge of');
  });

  it('says what stood in the way, and that nothing was changed', async () => {
    const n = merged();
    await world.say(`undo ${n}`);
    const why = 'later commits (“2: More”) changed the same places in a.txt';
    const answer = await ended(n, () => world.record(n, 'item.errand_failed', { errand: 'undo', why, files: ['a.txt'] }));
    expect(answer).toMatchObject({ ok: false, code: 'undo-conflict' });
    expect(answer.text).toContain(`could not be reverted: ${why}. Nothing changed on main.`);
  });

  it('is refused where no commit is known to be its change alone', async () => {
    const n = merged(null);
    expect(await world.say(`undo ${n}`)).toMatchObject({ ok: false, code: 'not-its-own-commit' });
    expect(world.kinds(n)).not.toContain('item.undo_asked');
  });

  it('is refused for a deleted item, with the command that does it in the repository', async () => {
    const n = merged();
    world.record(n, 'item.deleted', { purge: false });
    const answer = await world.say(`undo ${n}`);
    expect(answer).toMatchObject({ ok: false, code: 'deleted' });
    expect(answer.text).toContain('git revert 11111111');
  });

  it('is refused a second time while the first is in progress, and to a viewer', async () => {
    const n = merged();
    world.record(n, 'item.undo_asked', { reason: '' });
    expect(await world.say(`undo ${n}`)).toMatchObject({ ok: false, code: 'under-way' });
    expect(await world.say(`undo ${n}`, { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });
});

describe('restore', () => {
  it('is refused while a run is in progress, and says how to stop it', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    const answer = await world.say(`restore ${n}`);
    expect(answer).toMatchObject({ ok: false, code: 'running' });
    expect(answer.text).toContain(`\`stop ${n}\``);
    expect(world.item(n).errand).toBeNull();
  });

  it('is refused where nothing was kept, and for a number that is not there', async () => {
    const n = world.make();
    expect(await world.say(`restore ${n}`)).toMatchObject({ ok: false, code: 'no-snapshots' });
    expect(await world.say(`restore ${n} 4`)).toMatchObject({ ok: false, code: 'no-such-snapshot' });
    expect(await world.say(`snapshots ${n} 4`)).toMatchObject({ ok: false, code: 'no-such-snapshot' });
    expect((await world.say(`snapshots ${n}`, { role: 'viewer' })).text).toContain('has no snapshots yet');
  });
});

describe('undo of a command', () => {
  const backlog = (): number => world.make({ title: 'Fix the login', criteria: [{ text: 'it works', checked: false }] });

  it.each([
    ['edit 1 type bug', { type: 'story' }, 'it is a story again'],
    ['edit 1 qa agent', { qaMode: null }, 'its qa is the default again'],
    ['edit 1 description New words', { description: '' }, 'its description is as before'],
    ['edit 1 criteria one\ntwo', { criteria: [{ text: 'it works', checked: false }] }, 'its criteria are as before'],
    ['check 1 1', { criteria: [{ text: 'it works', checked: false }] }, 'criterion 1 is unchecked again'],
    ['label 1 ui', { labels: [] }, 'it has no labels again'],
    ['priority 1 high', { priority: 'normal' }, 'its priority is normal again'],
    ['assign 1 coder-2', { assignedTo: null }, 'it is open to any coder again'],
    ['move 1 archived', { stage: { name: 'backlog' } }, 'it is back in backlog'],
    ['start 1', { stage: { name: 'backlog' } }, 'it is back in backlog'],
  ])('takes `%s` back', async (typed, before, words) => {
    backlog();
    expect(await world.say(typed)).toMatchObject({ ok: true });
    const answer = await world.say('undo');
    expect(answer).toMatchObject({ ok: true });
    expect(answer.text).toContain(words);
    expect(world.item(1)).toMatchObject(before);
    expect(world.kinds(1)).toContain('item.undone');
  });

  it('gives back what a move forgets: failed attempts, the failure, the stop and the approval', async () => {
    backlog();
    moveTo(world, 1, { name: 'current' });
    failAttempt(world, 1, { cause: 'gate', summary: 'lint failed', evidence: 'x' });
    await world.say('stop 1');
    const before = world.item(1);
    await world.say('move 1 qa');
    expect(world.item(1)).toMatchObject({ attempts: 0, held: null });
    await world.say('undo 1');
    const { stage, attempts, failure, held, stageSince } = world.item(1);
    expect({ stage, attempts, failure, held, stageSince }).toEqual({
      stage: before.stage,
      attempts: 1,
      failure: before.failure,
      held: before.held,
      stageSince: before.stageSince,
    });
  });

  it('refuses what someone has changed again since, and changes nothing', async () => {
    backlog();
    await world.say('edit 1 title Mine');
    await world.say('edit 1 title Theirs', { role: 'admin' });
    const answer = await world.say('undo');
    expect(answer).toMatchObject({ ok: false, code: 'overtaken' });
    expect(answer.text).toContain('its title was changed again since');
    expect(world.item(1).title).toBe('Theirs');
    expect(world.kinds(1)).not.toContain('item.undone');
  });

  it('alone takes back the sender’s own last change; with a number the last that anyone made of it', async () => {
    backlog();
    await world.say('edit 1 title Mine');
    await world.say('assign 1 coder-1', { role: 'admin' });
    expect((await world.say('undo')).text).toContain('its title is “Fix the login” again');
    expect((await world.say('undo 1')).text).toContain('it is open to any coder again');
    expect(await world.say('undo')).toMatchObject({ ok: false, code: 'nothing-to-undo' });
  });

  it('refuses where the item has continued, and says with what', async () => {
    backlog();
    await world.say('start 1');
    startRun(world, 1);
    const answer = await world.say('undo');
    expect(answer).toMatchObject({ ok: false, code: 'overtaken' });
    expect(answer.text).toContain('`stop 1`');
  });

  it('does not close a circle of dependencies that was opened since', async () => {
    backlog();
    world.make({ dependsOn: [] });
    await world.say('depends 1 on 2');
    await world.say('depends 1 on nothing');
    await world.say('depends 2 on 1', { role: 'admin' });
    expect(await world.say('undo')).toMatchObject({ ok: false, code: 'overtaken' });
  });

  it('does not take back a creation or a deletion, and says what does', async () => {
    await world.say('create story A thing');
    const answer = await world.say('undo');
    expect(answer).toMatchObject({ ok: false, code: 'not-undoable' });
    expect(answer.text).toContain('`delete 1`');
  });
});
