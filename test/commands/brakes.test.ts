import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAll } from '../../src/log/verify.ts';
import { databaseOf } from '../log/database-of.ts';
import { endRun, makeDesk, makeWorld, moveTo, startRun, when, type Desk, type World } from './harness.ts';

const MINUTE = 60_000;
let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
  world.make();
});
afterEach(async () => {
  const { differences } = verifyAll(databaseOf(world.log));
  await world.close();
  if (differences.length > 0) throw new Error(differences.join('\n'));
});

const paused = (project = 'shop') => world.log.reads.pauses.get(project);
/** The engine ends each run that is asked to stop. */
function endAsked(): () => void {
  return world.log.onCommit(() => {
    for (const run of world.log.reads.allOpenRuns())
      if (run.stopRequested !== null) {
        const { project, item } = run;
        world.record(
          item,
          'run.ended',
          { run: run.run, reason: 'stopped', exitCode: null, summary: '', resumeAt: null, turns: 1, verdict: null },
          project,
        );
      }
  });
}

describe('pause', () => {
  it('lets what runs finish, and says who paused it, why and until when wherever people look', async () => {
    moveTo(world, 1, { name: 'current' });
    const run = startRun(world, 1);
    const said = await world.say('pause until 18:00 we deploy');
    expect(said.text).toMatch(/shop is paused by operator until 18:00: we deploy\. Nothing new starts\./);
    expect(said.text).toContain('coder-1 on #1 finishes its run; `pause --stop` stops it now. `resume` lets work continue.');
    expect(world.log.reads.run('shop', 1, run)?.stopRequested).toBe(null);
    world.make();
    expect((await world.say('start 2')).text).toContain('project is paused by operator until 18:00: we deploy');
    expect((await world.say('status')).text).toContain('Paused by operator until 18:00: we deploy.');
    expect((await world.say('why 2')).text).toMatch(/paused by operator until 18:00: we deploy.*`resume` lets work continue/);
    expect((await world.say('health')).text).toContain('shop is paused by operator until 18:00: we deploy. `resume`');
    world = world.restarted({});
    expect(paused()).toMatchObject({ reason: 'we deploy', by: 'test:operator' });
  });

  it.each([
    ['pause', null, ''],
    ['pause for 2h', 120 * MINUTE, ''],
    ['pause for 2h the database moves', 120 * MINUTE, 'the database moves'],
    ['pause for the deploy', null, 'for the deploy'],
    ['pause we deploy until 18:00', 235 * MINUTE, 'we deploy'],
    ['pause we deploy for 2h', 120 * MINUTE, 'we deploy'],
    ['pause shop', null, ''],
    ['PAUSE shop UNTIL 18:00 we deploy', 235 * MINUTE, 'we deploy'],
  ])('reads “%s” as a person means it', async (words, ms, reason) => {
    expect((await world.say(words)).ok).toBe(true);
    expect(paused()).toMatchObject({ reason, until: ms === null ? null : world.clock.now() + ms });
  });

  it('with --stop ends the runs in progress, and tells of it when they have ended', async () => {
    moveTo(world, 1, { name: 'current' });
    const run = startRun(world, 1);
    const unlisten = endAsked();
    const said = await world.say('pause --stop');
    unlisten();
    expect(said.text).toContain('Stopped coder-1 on #1; the work is kept.');
    expect(world.log.reads.run('shop', 1, run)?.stopRequested).toEqual({ kind: 'paused' });
    expect(world.item(1)).toMatchObject({ held: null, attempts: 0, stage: { name: 'current' } });
  });

  it('said again changes its end or stops what still runs, and is refused where it changes nothing', async () => {
    await world.say('pause for 2h we deploy');
    expect((await world.say('pause for 1h')).text).toContain('until 15:05: we deploy');
    expect((await world.say('pause')).text).toContain('paused by operator: we deploy');
    expect(await world.say('pause')).toMatchObject({ ok: false, code: 'already-paused' });
    moveTo(world, 1, { name: 'current' });
    const run = startRun(world, 1);
    const unlisten = endAsked();
    expect((await world.say('pause --stop')).text).toContain('Stopped coder-1 on #1');
    unlisten();
    expect(world.log.reads.run('shop', 1, run)?.state).toBe('ended');
  });

  it('refuses a time that has passed and an item', async () => {
    expect(await world.say('pause until today 09:00')).toMatchObject({ ok: false, code: 'bad-time' });
    expect(paused()).toBe(null);
    const said = await world.say('resume 1');
    expect(said).toMatchObject({ ok: false });
    expect(said.text).toContain('`start 1`');
  });

  it('of all takes the role in every project, and names none that its sender may not see', async () => {
    const onlyShop = [
      { project: 'shop', roles: { admin: [], operator: ['test:ann'], viewer: [] } },
      { project: 'docs', roles: { admin: [], operator: [], viewer: [] } },
    ];
    const nobody = { admin: [], operator: [], viewer: [] };
    world = world.restarted({ roles: nobody, projectRoles: onlyShop });
    const ann = { from: { sender: { transport: 'test', id: 'ann', name: 'Ann' } } };
    const said = await world.say('pause all', ann);
    expect(said).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(said.text).not.toContain('docs');
    expect(await world.say('pause docs', ann)).toMatchObject({ ok: false, code: 'not-allowed' });
    expect([paused(), paused('docs')]).toEqual([null, null]);
    expect((await world.say('pause', ann)).ok).toBe(true);
  });

  it('of all and its end are one message', async () => {
    expect((await world.say('pause everything')).text).toContain('shop and docs are paused by operator');
    expect(paused('docs')?.by).toBe('test:operator');
    expect((await world.say('resume all')).text).toContain('shop and docs resumed by operator');
    expect([paused(), paused('docs')]).toEqual([null, null]);
    expect(await world.say('resume')).toMatchObject({ ok: false, code: 'not-paused' });
  });

  it('is for operators', async () => {
    for (const words of ['pause', 'resume', 'panic']) expect((await world.say(words, { role: 'viewer' })).code).toBe('not-allowed');
  });
});

describe('panic', () => {
  it('stops every agent of every project in which its sender is an operator, and counts them in one message', async () => {
    world.make({}, 'docs');
    moveTo(world, 1, { name: 'current' });
    startRun(world, 1);
    world.record(1, 'item.moved', { to: { name: 'current' }, why: 'for the test', failure: null }, 'docs');
    world.record(1, 'run.pending', { run: 1, agent: 'coder-1', role: 'coder', stage: 'current', attempt: 1 }, 'docs');
    const unlisten = endAsked();
    const said = await world.say('panic the tests delete data');
    unlisten();
    expect(said.text).toContain('Stopped 2 agents in 2 projects (coder-1 on #1 and coder-1 on docs#1); the work is kept.');
    expect(said.text).toContain('shop and docs are paused: nothing starts. `resume all` lets work continue.');
    expect(paused('docs')).toMatchObject({ how: 'panic', reason: 'the tests delete data' });
    expect((await world.say('panic')).code).toBe('already-paused');
  });

  it('says which agents have not ended, when it has waited long enough', async () => {
    moveTo(world, 1, { name: 'current' });
    const run = startRun(world, 1);
    const asked = when(world.log, () => world.log.reads.run('shop', 1, run)?.stopRequested !== null);
    const saying = world.say('panic');
    await asked;
    world.clock.move(35_000);
    expect((await saying).text).toContain('Still stopping: coder-1 on #1');
    endRun(world, 1, run, 'stopped');
  });
});

describe('the board', () => {
  it('has a button for what can be done, for operators alone', async () => {
    const commands = async (role: 'operator' | 'viewer'): Promise<string[]> =>
      (await world.say('status', { role })).body.blocks.flatMap((block) =>
        block.kind === 'actions' ? block.actions.map(({ command }) => command) : [],
      );
    expect(await commands('operator')).toEqual(['pause shop']);
    expect(await commands('viewer')).toEqual([]);
    await world.say('pause');
    expect(await commands('operator')).toEqual(['resume shop']);
  });
});
