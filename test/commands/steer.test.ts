import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  abandonedStage,
  blockedStage,
  doneStage,
  endRun,
  failAttempt,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  SHA,
  startRun,
  when,
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
function inQa(): number {
  const n = inCurrent();
  seeWork(world, n);
  moveTo(world, n, { name: 'qa' });
  return n;
}
function inMerge(): number {
  const n = inQa();
  moveTo(world, n, mergeStage);
  return n;
}
function inDone(): number {
  const n = inMerge();
  moveTo(world, n, doneStage);
  return n;
}

describe('stop', () => {
  it('asks the run to stop, waits for its end and says how it ended and where the work is', async () => {
    const n = inCurrent();
    seeWork(world, n);
    const run = startRun(world, n);
    world.clock.move(90_000);
    const answer = world.say(`stop ${n}`);
    await when(world.log, () => world.item(n).held !== null);
    expect(world.log.reads.run('shop', n, run)?.stopRequested).toEqual({ kind: 'person', did: 'stopped' });
    endRun(world, n, run, 'stopped');
    const { ok, text } = await answer;
    expect(ok).toBe(true);
    expect(text).toContain('Run 1 by coder-1 ended (stopped) after 1 min 30 s');
    expect(text).toContain('`musher/1-fix-the-login` has 1 commit');
    expect(text).toContain(`start ${n}`);
    expect(world.item(n)).toMatchObject({ held: { by: 'test:operator' }, execution: { state: 'idle' } });
  });

  it('says so when the run has not ended after 35 seconds', async () => {
    const n = inCurrent();
    startRun(world, n);
    const answer = world.say(`stop ${n}`);
    await when(world.log, () => world.item(n).held !== null);
    // The command's own patience, and the sign that it is worked on.
    await expect.poll(() => world.clock.waiting()).toBe(2);
    world.clock.move(35_000);
    expect(await answer).toMatchObject({ ok: true, text: expect.stringContaining('has not ended 35 s after') as string });
  });

  it('says that Musher is stopping when it waits no longer for that reason', async () => {
    const n = inCurrent();
    startRun(world, n);
    const answer = world.say(`stop ${n}`);
    await when(world.log, () => world.item(n).held !== null);
    await expect.poll(() => world.clock.waiting()).toBe(2);
    await world.stop();
    const { text } = await answer;
    expect(text).toContain('after the next start');
    expect(text).not.toContain('has not ended');
  });

  it('does not promise that `start` starts what still waits for others', async () => {
    const other = world.make();
    const waits = world.make({ dependsOn: [other] });
    await world.say(`start ${waits}`);
    const { text } = await world.say(`stop ${waits}`);
    expect(text).toContain(`\`start ${waits}\` lets it start once its dependencies are merged`);
    expect((await world.say(`stop ${waits}`)).text).toContain(`\`start ${waits}\``);
    moveTo(world, other, abandonedStage);
    expect((await world.say(`why ${waits}`)).text).toContain(`depends ${waits} on nothing`);
  });

  it('holds an item that has no run, and takes back that it starts by itself', async () => {
    const n = inQa();
    expect((await world.say(`stop ${n}`)).text).toContain('no run was in progress');
    const waits = world.make({ dependsOn: [n] });
    world.record(waits, 'item.queued', { queued: true });
    expect((await world.say(`stop ${waits}`)).ok).toBe(true);
    expect(world.item(waits)).toMatchObject({ queued: false, held: { by: 'test:operator' } });
  });

  it('refuses where there is nothing to stop', async () => {
    const idle = world.make();
    const done = inDone();
    const held = inCurrent();
    world.record(held, 'item.held', { why: '' });
    expect(await world.say(`stop ${idle}`)).toMatchObject({ ok: false, code: 'nothing-to-stop' });
    expect(await world.say(`stop ${done}`)).toMatchObject({ ok: false, code: 'nothing-to-stop' });
    expect(await world.say(`stop ${held}`)).toMatchObject({ ok: false, code: 'already-stopped' });
    expect(await world.say('stop 99')).toMatchObject({ ok: false, code: 'no-such-item' });
    expect(world.kinds(idle)).toEqual([]);
  });
});

describe('move', () => {
  it('moves along the pipeline and says what comes next', async () => {
    const n = world.make();
    expect((await world.say(`move ${n} current`)).text).toContain('moved from backlog to current by operator');
    seeWork(world, n);
    expect((await world.say(`move ${n} qa`)).text).toContain(`approve ${n}`);
    expect((await world.say(`move ${n} merge`)).ok).toBe(true);
    expect(world.item(n).stage).toEqual({ name: 'merge', branch: desk.branch, commitsAhead: 1 });
    expect((await world.say(`move ${n} archived`)).ok).toBe(true);
    expect(world.item(n).stage).toMatchObject({ name: 'archived', reason: { kind: 'abandoned' }, from: { name: 'merge' } });
  });

  it('archives what is done as completed, so that it still counts as a dependency', async () => {
    const n = inDone();
    await world.say(`move ${n} archived`);
    expect(world.item(n).stage).toMatchObject({ reason: { kind: 'completed' } });
  });

  it('stops a run before it moves the item', async () => {
    const n = inCurrent();
    startRun(world, n);
    seeWork(world, n);
    expect((await world.say(`move ${n} qa`)).text).toContain('Stopped run 1 by coder-1');
    expect(world.kinds(n).slice(-2)).toEqual(['run.stop_requested', 'item.moved']);
    expect(world.item(n).execution.state).toBe('idle');
  });

  it('refuses done, a merge of nothing, and what the pipeline refuses', async () => {
    const n = world.make();
    expect(await world.say(`move ${n} done`)).toMatchObject({ ok: false, code: 'done-by-merge' });
    const invalid = await world.say(`move ${n} qa`);
    expect(invalid).toMatchObject({ ok: false, code: 'invalid-move' });
    expect(invalid.text).toContain('can move to current, archived');
    expect(await world.say(`move ${n} merge`)).toMatchObject({ code: 'invalid-move', text: invalid.text.replace('to qa', 'to merge') });
    expect((await world.say(`move ${inDone()} qa`)).text).toMatch(/It can move to current, archived\.$/);
    const empty = inCurrent();
    expect(await world.say(`move ${empty} merge`)).toMatchObject({ ok: false, code: 'nothing-to-merge' });
    seeWork(world, empty, 0);
    const nothing = await world.say(`move ${empty} merge`);
    expect(nothing).toMatchObject({ ok: false, code: 'nothing-to-merge' });
    expect(nothing.text).toContain('has no commits');
    expect(await world.say('move 99 qa')).toMatchObject({ ok: false, code: 'no-such-item' });
    expect(await world.say(`move ${n} nowhere`)).toMatchObject({ ok: false, code: 'bad-argument' });
  });

  it('keeps nothing of a refused move, not even the request to stop', async () => {
    const n = inCurrent();
    startRun(world, n);
    const before = world.kinds(n);
    expect(await world.say(`move ${n} merge`)).toMatchObject({ ok: false, code: 'nothing-to-merge' });
    expect(world.kinds(n)).toEqual(before);
  });

  it('goes back to the backlog from anywhere in work, and from merge to qa', async () => {
    for (const n of [inCurrent(), inQa(), inMerge()]) {
      expect((await world.say(`move ${n} backlog`)).text).toContain(`Not started. \`start ${n}\` to begin`);
      expect(world.item(n)).toMatchObject({ stage: { name: 'backlog' }, queued: false, accepted: null });
    }
    const back = inMerge();
    expect((await world.say(`move ${back} qa`)).text).toContain(`approve ${back}`);
  });

  it('brings what was given up back to the backlog, without its branch, and says where its work is', async () => {
    const n = inQa();
    endRun(world, n, startRun(world, n, 'qa'), 'finished');
    await world.say(`move ${n} archived`);
    expect(await world.say(`move ${n} qa`)).toMatchObject({ ok: false, code: 'invalid-move' });
    const { text } = await world.say(`move ${n} backlog`);
    expect(text).toContain(`\`snapshots ${n}\``);
    expect(world.item(n)).toMatchObject({ stage: { name: 'backlog' }, work: null });
    expect((await world.say(`start ${n}`)).ok).toBe(true);
  });

  it('asks before it leaves a merge of Musher’s behind, and says what reverts it', async () => {
    const n = inMerge();
    const attempt = { commit: SHA, base: SHA, head: SHA, outcome: 'clean', files: [] } as const;
    world.record(n, 'merge.attempted', attempt);
    moveTo(world, n, doneStage);
    const asked = await world.say(`move ${n} current`);
    expect(asked.text).toContain('Move to current and leave the merge?');
    expect(asked.text).toContain(`\`undo ${n}\` reverts it instead`);
    expect(world.item(n).stage.name).toBe('done');
    expect((await world.say('no')).ok).toBe(true);
    expect((await world.say(`move ${n} backlog`)).text).toContain(`\`undo ${n}\` reverts it.`);
    await world.say(`move ${n} current`);
    expect((await world.say('yes')).ok).toBe(true);
    expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, refused: { commits: expect.arrayContaining([SHA]) as unknown } });
  });
});

describe('supersede', () => {
  it('archives items because of another one, and offers to follow it', async () => {
    const [old, older, by] = [inCurrent(), world.make(), world.make({ title: 'The new one' })];
    const waits = world.make({ dependsOn: [old] });
    startRun(world, old);
    const { text } = await world.say(`supersede ${old} ${older} by ${by}`);
    expect(text).toContain(`#${old} Fix the login: replaced by #${by} The new one`);
    expect(text).toContain('Stopped run 1 by coder-1.');
    expect(text).toContain(`\`depends ${waits} on ${by}\``);
    expect([old, older].map((n) => world.item(n).stage)).toEqual(
      [old, older].map(() => expect.objectContaining({ reason: { kind: 'superseded', by } }) as unknown),
    );
    expect((await world.say(`move ${older} backlog`)).ok).toBe(true);
  });

  it('refuses itself, a circle, what is merged and what is over', async () => {
    const [a, b] = [world.make(), world.make()];
    expect(await world.say(`supersede ${a} by ${a}`)).toMatchObject({ ok: false, code: 'supersedes-itself' });
    expect((await world.say(`supersede ${a} by ${b}`)).ok).toBe(true);
    expect(await world.say(`supersede ${b} by ${a}`)).toMatchObject({ ok: false, code: 'cycle' });
    expect(await world.say(`supersede ${a} by ${b}`)).toMatchObject({ ok: false, code: 'archived' });
    expect(await world.say(`supersede ${inDone()} by ${b}`)).toMatchObject({ ok: false, code: 'already-done' });
    expect(await world.say(`supersede ${b} by 99`)).toMatchObject({ ok: false, code: 'no-such-item' });
    world.make({}, 'docs');
    expect(await world.say(`supersede ${b} by docs#1`)).toMatchObject({ ok: false, code: 'other-project' });
  });
});

describe('approve', () => {
  it('sends an item with commits from qa to merge', async () => {
    const n = inQa();
    expect((await world.say(`approve ${n}`)).text).toContain('approved by operator (1 commit)');
    expect(world.item(n).stage).toEqual({ name: 'merge', branch: desk.branch, commitsAhead: 1 });
  });

  it('keeps why, for the notices, the history and `show`', async () => {
    const n = inQa();
    const head = world.item(n).work?.head.slice(0, 8);
    expect((await world.say(`approve ${n} ${head} looks right,\ntests cover it`)).text).toContain('approved by operator');
    expect((await world.say(`show ${n}`)).text).toMatch(/Approved\s+by operator, 14:05: looks right,\s+tests cover it/);
    expect((await world.say(`history ${n}`)).text).toContain(`approved ${head}: looks right,`);
  });

  it('takes no words for items, no part of a commit for words, and no talk for an approval', async () => {
    const [a, b] = [inQa(), inQa()];
    expect((await world.say(`approve ${a} ${b} tests cover it`)).text).not.toContain('Done for');
    expect([a, b].map((n) => world.item(n).stage.name)).toEqual(['merge', 'qa']);
    expect(await world.say(`approve ${b} 1a2b3`)).toMatchObject({ ok: false, code: 'bad-argument' });
    for (const words of ['later', 'if the tests pass', 'tomorrow at 9', 'not yet', 'in 2 hours'])
      expect((await world.say(`approve ${b} ${words}`)).text).toContain('take effect at once');
    expect(await world.say(`approve ${b} 1a2b3c4 fine`)).toMatchObject({ ok: false, code: 'changed' });
    expect(world.item(b).stage.name).toBe('qa');
    const c = inQa();
    await world.say(`approve ${b}, ${c} both fine`);
    expect([b, c].map((n) => world.item(n).stage.name)).toEqual(['merge', 'merge']);
  });

  it('refuses outside of qa, and a branch without commits', async () => {
    const n = inCurrent();
    moveTo(world, n, { name: 'qa' });
    expect(await world.say(`approve ${n}`)).toMatchObject({ ok: false, code: 'nothing-to-merge' });
    expect(await world.say(`approve ${inCurrent()}`)).toMatchObject({ ok: false, code: 'not-in-qa' });
    const held = inMerge();
    moveTo(world, held, blockedStage('reviewHeld'));
    expect((await world.say(`approve ${held}`)).text).toContain(`accept ${held}`);
    expect(await world.say('approve 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('reject', () => {
  it('sends an item back with the whole reason as evidence, quotes and line breaks as typed', async () => {
    const n = inQa();
    expect((await world.say(`reject ${n} It "loses" the zone.\nSee --utc and \`x\`.`)).text).toContain('from qa back to current');
    expect(world.item(n)).toMatchObject({
      stage: { name: 'current' },
      sentBack: 0,
      failure: { cause: 'rejected', summary: 'It "loses" the zone.', evidence: 'It "loses" the zone.\nSee --utc and `x`.' },
    });
  });

  it('also rejects what is in merge, and what review held back', async () => {
    const merging = inMerge();
    expect((await world.say(`reject ${merging} no`)).ok).toBe(true);
    expect(world.item(merging).stage.name).toBe('current');
    const held = inMerge();
    moveTo(world, held, blockedStage('reviewHeld'));
    expect((await world.say(`reject ${held} not these settings`)).text).toContain('from archived (held by review) back to current');
    expect(world.item(held)).toMatchObject({ stage: { name: 'current' }, failure: { summary: 'not these settings' } });
  });

  it('refuses where there is nothing to reject, and without a reason', async () => {
    expect(await world.say(`reject ${inCurrent()} no`)).toMatchObject({ ok: false, code: 'not-in-review' });
    const done = inDone();
    expect((await world.say(`reject ${done} no`)).text).toContain(`move ${done} current`);
    expect(await world.say(`reject ${inQa()}`)).toMatchObject({ ok: false, code: 'missing-argument' });
    expect(await world.say('reject 99 no')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('accept', () => {
  it('archives what is done as completed', async () => {
    const n = inDone();
    expect((await world.say(`accept ${n}`)).text).toContain('archived as completed');
    expect(world.item(n).stage).toMatchObject({ name: 'archived', reason: { kind: 'completed' } });
  });

  it('puts what review held back into the merge queue, accepted', async () => {
    const n = inMerge();
    moveTo(world, n, blockedStage('reviewHeld'));
    expect((await world.say(`accept ${n}`)).text).toContain('accepted by operator, back in merge');
    expect(world.item(n)).toMatchObject({ accepted: world.item(n).work?.head, stage: { name: 'merge', commitsAhead: 1 } });
  });

  it('refuses everything else', async () => {
    const qa = inQa();
    const answer = await world.say(`accept ${qa}`);
    expect(answer).toMatchObject({ ok: false, code: 'nothing-to-accept' });
    expect(answer.text).toContain(`approve ${qa}`);
    const blocked = inCurrent();
    moveTo(world, blocked, blockedStage());
    expect(await world.say(`accept ${blocked}`)).toMatchObject({ ok: false, code: 'nothing-to-accept' });
    expect(await world.say('accept 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('unblock', () => {
  it('puts a blocked item back where it came from, with its attempts forgotten and its failure kept', async () => {
    const n = inCurrent();
    const failure = { cause: 'gate', summary: 'test failed', evidence: 'boom' } as const;
    failAttempt(world, n, failure);
    moveTo(world, n, blockedStage());
    expect((await world.say(`unblock ${n}`)).text).toContain('unblocked by operator, back in current');
    expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, attempts: 0, failure });
  });

  it('puts a failed merge back into the queue', async () => {
    const n = inMerge();
    moveTo(world, n, blockedStage('mergeFailed'));
    await world.say(`unblock ${n}`);
    expect(world.item(n).stage).toEqual(mergeStage);
  });

  it('refuses what is not blocked', async () => {
    const n = inCurrent();
    expect(await world.say(`unblock ${n}`)).toMatchObject({ ok: false, code: 'not-blocked' });
    moveTo(world, n, abandonedStage);
    expect(await world.say(`unblock ${n}`)).toMatchObject({ ok: false, code: 'not-blocked' });
    expect(await world.say('unblock 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('retry', () => {
  it('tries a blocked item afresh', async () => {
    const n = inCurrent();
    moveTo(world, n, blockedStage());
    expect((await world.say(`retry ${n}`)).text).toContain('retried by operator in current');
    expect(world.item(n)).toMatchObject({ stage: { name: 'current' }, attempts: 0 });
  });

  it('forgets failed attempts and lets a stopped item go', async () => {
    const n = inCurrent();
    failAttempt(world, n, { cause: 'gate', summary: 'x', evidence: '' });
    world.record(n, 'item.held', { why: '' });
    await world.say(`retry ${n}`);
    expect(world.item(n)).toMatchObject({ attempts: 0, held: null, failure: { summary: 'x' } });
  });

  it('does not wait for a rate limit', async () => {
    const n = inCurrent();
    const run = startRun(world, n);
    const resumeAt = world.clock.now() + 3_600_000;
    world.record(n, 'run.ended', { run, reason: 'rate-limited', exitCode: 1, summary: '', resumeAt, turns: 1, verdict: null });
    expect(world.item(n).execution.state).toBe('rateLimited');
    expect((await world.say(`retry ${n}`)).text).toContain('Queued for the next free agent');
    expect(world.item(n)).toMatchObject({ execution: { state: 'idle' }, held: null });
  });

  it('refuses what runs, what never started, what has not failed and what is finished', async () => {
    const running = inCurrent();
    startRun(world, running);
    for (const [n, code] of [
      [running, 'running'],
      [world.make(), 'not-started'],
      [inQa(), 'nothing-to-retry'],
      [inDone(), 'finished'],
      [99, 'no-such-item'],
    ] as const)
      expect(await world.say(`retry ${n}`)).toMatchObject({ ok: false, code });
  });
});
