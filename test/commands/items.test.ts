import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDesk, makeWorld, moveTo, startRun, type Desk, type World, doneStage, abandonedStage } from './harness.ts';

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

describe('create', () => {
  it('puts an item with its criteria into the backlog and says the next step', async () => {
    const answer = await world.say('create story Export as CSV\nPeople want it.\n- [ ] opens\n- [x] ISO dates');
    expect(answer).toMatchObject({ ok: true, code: null });
    expect(answer.text).toContain('#1 Export as CSV');
    expect(answer.text).toContain('2 criteria');
    expect(answer.text).toContain('start 1');
    expect(world.item(1)).toMatchObject({
      type: 'story',
      title: 'Export as CSV',
      description: 'People want it.',
      criteria: [
        { text: 'opens', checked: false },
        { text: 'ISO dates', checked: true },
      ],
      createdBy: 'test:operator',
    });
  });

  it('is not for viewers', async () => {
    expect(await world.say('create bug x', { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });
});

describe('edit', () => {
  it('changes each field and keeps what was there before', async () => {
    const n = world.make({ description: 'Old text.' });
    expect((await world.say(`edit ${n} title  New   title`)).text).toContain('New title');
    expect(world.last(n)).toMatchObject({ kind: 'item.edited', payload: { field: 'title', value: 'New title', prior: 'Fix the login' } });
    expect((await world.say(`edit ${n} type bug`)).ok).toBe(true);
    expect((await world.say(`edit ${n} qa server`)).ok).toBe(true);
    expect((await world.say(`edit ${n} description Other\ntext`)).ok).toBe(true);
    expect(world.last(n)).toMatchObject({ payload: { prior: 'Old text.' } });
    expect(world.item(n)).toMatchObject({ type: 'bug', qaMode: 'server', description: 'Other\ntext' });
    expect((await world.say(`edit ${n} qa default`)).ok).toBe(true);
    expect(world.item(n).qaMode).toBeNull();
  });

  it('keeps the check of a criterion whose text stays', async () => {
    const n = world.make({ criteria: [{ text: 'opens', checked: true }] });
    expect((await world.say(`edit ${n} criteria opens\n- closes\n- [x] burns`)).text).toContain('3 criteria');
    expect(world.item(n).criteria).toEqual([
      { text: 'opens', checked: true },
      { text: 'closes', checked: false },
      { text: 'burns', checked: true },
    ]);
    expect((await world.say(`edit ${n} criteria nothing`)).text).toContain('cleared the criteria');
    expect(world.item(n).criteria).toEqual([]);
  });

  it('knows the criteria by both their names, and clears a description too', async () => {
    const n = world.make();
    expect((await world.say(`edit ${n} Acceptance Criteria opens\ncloses`)).text).toContain('2 criteria');
    expect((await world.say(`edit ${n} "acceptance criteria" burns`)).text).toContain('1 criterion');
    expect(world.item(n).criteria).toEqual([{ text: 'burns', checked: false }]);
    expect((await world.say(`edit ${n} description Text.`)).text).toContain('changed the description');
    expect((await world.say(`edit ${n} description Nothing`)).text).toContain('cleared the description');
    expect(world.item(n)).toMatchObject({ description: '', criteria: [{ text: 'burns' }] });
  });

  it('takes check boxes of a description as the criteria', async () => {
    const n = world.make();
    await world.say(`edit ${n} description Text.\n- [ ] one`);
    expect(world.item(n)).toMatchObject({ description: 'Text.', criteria: [{ text: 'one', checked: false }] });
  });

  it('makes a section where there is none, and replaces it where there is', async () => {
    const n = world.make({ description: 'Intro.\n\n## Risks\n\nMany.\n\n## End\n\nx' });
    expect((await world.say(`edit ${n} notes Ask first.`)).text).toContain('added the section “Notes”');
    expect((await world.say(`edit ${n} RISKS Few.`)).text).toContain('replaced the section “Risks”');
    expect(world.item(n).description).toBe('Intro.\n\n## Risks\n\nFew.\n\n## End\n\nx\n\n## Notes\n\nAsk first.');
    expect(world.last(n)).toMatchObject({ payload: { prior: expect.stringContaining('Many.') as string } });
  });

  it('says that a run in progress does not see the change', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    expect((await world.say(`edit ${n} title Other`)).text).toContain('Run 1 by coder-1');
  });

  it('refuses what does not fit, and changes nothing', async () => {
    const n = world.make({ title: 'Same' });
    const before = world.item(n).version;
    for (const [text, code] of [
      [`edit ${n} title Same`, 'unchanged'],
      [`edit ${n} type story`, 'unchanged'],
      [`edit ${n} qa default`, 'unchanged'],
      [`edit ${n} criteria nothing`, 'unchanged'],
      [`edit ${n} type epic`, 'unknown-type'],
      [`edit ${n} qa robot`, 'unknown-qa'],
      [`edit ${n} title ${'x'.repeat(201)}`, 'title-too-long'],
      [`edit ${n} a#b text`, 'bad-section'],
      ['edit 99 title x', 'no-such-item'],
      ['edit docs#1 title x', 'no-such-item'],
    ] as const)
      expect([text, await world.say(text)]).toMatchObject([text, { ok: false, code }]);
    expect(world.item(n).version).toBe(before);
  });
});

describe('check', () => {
  it('checks a criterion counted from 1, and unchecks it', async () => {
    const n = world.make({
      criteria: [
        { text: 'a', checked: false },
        { text: 'b', checked: false },
      ],
    });
    expect((await world.say(`check ${n} 2`)).text).toMatch(/checked criterion 2, b \(1 of 2\)/);
    expect(world.item(n).criteria[1]?.checked).toBe(true);
    expect((await world.say(`check ${n} 2 --off`)).ok).toBe(true);
    expect(world.item(n).criteria[1]?.checked).toBe(false);
  });

  it('refuses a criterion that is not there, or stands so already', async () => {
    const n = world.make();
    expect(await world.say(`check ${n} 1`)).toMatchObject({ ok: false, code: 'no-criteria' });
    const m = world.make({ criteria: [{ text: 'a', checked: true }] });
    expect(await world.say(`check ${m} 2`)).toMatchObject({ ok: false, code: 'no-such-criterion' });
    expect(await world.say(`check ${m} 1`)).toMatchObject({ ok: false, code: 'unchanged' });
    expect(await world.say(`check ${m} 0`)).toMatchObject({ ok: false, code: 'bad-argument' });
  });
});

describe('depends', () => {
  it('replaces, shows and clears the list', async () => {
    const [a, b, c] = [world.make({ title: 'A' }), world.make({ title: 'B' }), world.make({ title: 'C' })];
    expect((await world.say(`depends ${c} on ${a} ${b}`)).text).toContain(`depends on #${a}, #${b}`);
    expect(world.item(c).dependsOn).toEqual([a, b]);
    expect((await world.say(`depends ${c} ${b}`)).ok).toBe(true);
    expect(world.last(c)).toMatchObject({ payload: { dependsOn: [b], prior: [a, b] } });
    const shown = await world.say(`depends ${c}`);
    expect(shown.text).toContain(`#${b} B (backlog)`);
    expect((await world.say(`depends ${c} on nothing`)).text).toContain('no longer depends on anything');
    expect((await world.say(`depends ${c}`)).text).toContain('depends on nothing');
  });

  it('refuses a circle and shows the way round it', async () => {
    const [a, b, c] = [world.make(), world.make(), world.make()];
    await world.say(`depends ${b} on ${a}`);
    await world.say(`depends ${c} on ${b}`);
    const answer = await world.say(`depends ${a} on ${c}`);
    expect(answer).toMatchObject({ ok: false, code: 'cycle' });
    expect(answer.text).toContain('#1 needs #3 needs #2 needs #1');
    expect(world.item(a).dependsOn).toEqual([]);
  });

  it('refuses itself, unknown and deleted numbers, other projects, and a list without numbers', async () => {
    const [a, b, gone] = [world.make(), world.make(), world.make()];
    world.make({}, 'docs');
    world.record(gone, 'item.deleted', { purge: false });
    await world.say(`depends ${a} on ${b}`);
    for (const [text, code] of [
      [`depends ${a} on ${a}`, 'depends-on-itself'],
      [`depends ${a} on 99`, 'no-such-item'],
      [`depends ${a} on ${gone}`, 'deleted'],
      [`depends ${a} on docs#1`, 'other-project'],
      [`depends ${a} on`, 'depends-on-what'],
      [`depends ${a} on ${b}`, 'unchanged'],
      [`depends 99`, 'no-such-item'],
    ] as const)
      expect([text, await world.say(text)]).toMatchObject([text, { ok: false, code }]);
    expect(world.item(a).dependsOn).toEqual([b]);
  });
});

describe('assign', () => {
  it('chooses a coder, and gives it back to any', async () => {
    const n = world.make();
    expect((await world.say(`assign ${n} Coder-2`)).text).toContain('assigned to coder-2');
    expect(world.item(n).assignedTo).toBe('coder-2');
    expect((await world.say(`assign ${n} any`)).text).toContain('open to any coder');
    expect(world.item(n).assignedTo).toBeNull();
  });

  it('lets a run in progress continue', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n, 'coder-1');
    expect((await world.say(`assign ${n} coder-2`)).text).toContain('coder-1 finishes run 1');
  });

  it('refuses who is not there and who is no coder', async () => {
    const n = world.make();
    const unknown = await world.say(`assign ${n} coder-3`);
    expect(unknown).toMatchObject({ ok: false, code: 'unknown-agent' });
    expect(unknown.text).toContain('Did you mean coder-1?');
    expect(await world.say(`assign ${n} qa`)).toMatchObject({ ok: false, code: 'not-a-coder' });
    expect(await world.say(`assign ${n} any`)).toMatchObject({ ok: false, code: 'unchanged' });
    expect(await world.say('assign 99 any')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('start', () => {
  it('moves an item that waits for nothing to current and says who takes it', async () => {
    const n = world.make();
    const answer = await world.say(`start ${n}`);
    expect(answer.text).toContain('started by operator');
    expect(world.item(n).stage.name).toBe('current');
  });

  it('marks an item that waits for others, and names them', async () => {
    const a = world.make();
    const b = world.make({ dependsOn: [a] });
    expect((await world.say(`start ${b}`)).text).toContain(`#${a} (in backlog)`);
    expect(world.item(b)).toMatchObject({ queued: true, stage: { name: 'backlog' } });
    expect(await world.say(`start ${b}`)).toMatchObject({ ok: false, code: 'already-queued' });
  });

  it('lets a stopped item continue where it stands, also in the backlog', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    world.record(n, 'item.held', { why: '' });
    expect((await world.say(`start ${n}`)).text).toContain('in current');
    expect(world.item(n).held).toBeNull();
    const m = world.make();
    world.record(m, 'item.held', { why: '' });
    await world.say(`start ${m}`);
    expect(world.item(m)).toMatchObject({ held: null, stage: { name: 'current' } });
  });

  it('refuses what cannot start, with what to do instead', async () => {
    const gone = world.make();
    moveTo(world, gone, abandonedStage);
    const lost = world.make({ dependsOn: [gone] });
    const running = world.make();
    moveTo(world, running, { name: 'current' });
    startRun(world, running);
    const done = world.make();
    moveTo(world, done, { name: 'current' });
    moveTo(world, done, { name: 'merge', branch: 'b', commitsAhead: 1 as never });
    moveTo(world, done, doneStage);
    const blocked = world.make();
    moveTo(world, blocked, { name: 'archived', archivedAt: 1, reason: { kind: 'blocked', reason: 'no' } });
    for (const [n, code, next] of [
      [lost, 'dependency-lost', `depends ${lost} on`],
      [running, 'already-started', `stop ${running}`],
      [done, 'already-done', `accept ${done}`],
      [blocked, 'blocked', `unblock ${blocked}`],
      [gone, 'archived', 'create'],
      [99, 'no-such-item', 'Items go from #1 to'],
    ] as const) {
      const answer = await world.say(`start ${n}`);
      expect([n, answer]).toMatchObject([n, { ok: false, code }]);
      expect(answer.text).toContain(next);
    }
  });

  it('names an item of another project in full', async () => {
    world.make({}, 'docs');
    const answer = await world.say('start docs#1');
    expect(answer.text).toMatch(/docs#1 .*Fix the login.*: started/);
    expect(world.item(1, 'docs').stage.name).toBe('current');
    const again = await world.say('start docs#1');
    expect(again).toMatchObject({ code: 'already-started' });
  });
});
