import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAll } from '../../src/log/verify.ts';
import { plainText } from '../../src/message/plain.ts';
import { makeDesk, makeWorld, moveTo, startRun, when, type Desk, type World } from './harness.ts';
import { databaseOf } from '../log/database-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
  world.runTimers();
  world.make();
});

/** Musher ends, time passes, and it starts again, perhaps with other rights. */
async function away(ms: number, rights: Parameters<World['restarted']>[0] = {}): Promise<void> {
  await world.stop();
  world.clock.move(ms);
  world = world.restarted(rights);
  world.runTimers();
}
afterEach(async () => {
  const { differences } = verifyAll(databaseOf(world.log));
  await world.close();
  if (differences.length > 0) throw new Error(differences.join('\n'));
});

/** All that the lobby was told, the answers of timers among it. */
const heard = (): string[] => world.log.outbox.open('test', 'lobby', 1_000).map(({ body }) => plainText(body, { width: 300 }));
const answered = (text: string): Promise<void> => when(world.log, () => heard().some((one) => one.includes(text)));
const open = (): number[] => world.log.reads.timers.ofProject('shop').map(({ timer }) => timer);

describe('a timer', () => {
  it('is listed with the end of a pause, which is a time to wait for too', async () => {
    await world.say('timer 1 14:30 start');
    await world.say('pause until 16:00', { role: 'admin' });
    expect((await world.say('timer list')).text).toMatch(
      /1: start 1 at 14:30[^]*The pause ends at 16:00, in 1 h 55 min: `resume` ends it now\./,
    );
    await world.say('timer cancel 1');
    expect((await world.say('timer list')).text).toMatch(/^‖ The pause ends at 16:00/);
    await world.say('resume', { role: 'admin' });
    expect((await world.say('timer list')).text).toContain('No timers are set');
  });

  it('is set with the time and the command that were understood, and seen wherever its item is', async () => {
    const set = await world.say('timer 1 14:30 start');
    expect(set.text).toMatch(/^Timer 1 will run `start shop#1` at 14:30, in 25 min\. `timer cancel 1`/);
    expect((await world.say('timer 1 tomorrow 09:00 move 1 archived')).text).toContain(
      'Timer 2 will run `move shop#1 archived` at 2026-11-22 09:00',
    );
    expect((await world.say('timer list')).text).toMatch(/1: start 1 at 14:30, in 25 min[^]*2: move 1 archived at 2026-11-22 09:00/);
    expect((await world.say('show 1')).text).toContain('timer 1 at 14:30 (start), timer 2 at 2026-11-22 09:00 (move archived)');
    expect((await world.say('why 1')).text).toContain('Timers: timer 1 at 14:30 (start)');
    expect((await world.say('status')).text).toContain('1: start 1 at 14:30');
  });

  it('runs once, in the name of who set it, and says what came of it', async () => {
    await world.say('timer 1 14:30 start');
    world.clock.move(25 * MINUTE - 1);
    expect(world.item(1).stage.name).toBe('backlog');
    world.clock.move(1);
    await answered('Timer 1 ran `start shop#1`');
    expect(world.item(1).stage.name).toBe('current');
    expect(heard().at(-1)).toContain('started by operator');
    const moved = world.log.reads.history('shop', 1, 10).find(({ kind }) => kind === 'item.moved');
    expect(moved?.actor).toBe('test:operator');
    expect(open()).toEqual([]);
    world.clock.move(24 * HOUR);
    expect(world.kinds(1).filter((kind) => kind === 'timer.fired')).toHaveLength(1);
  });

  it.each([
    ['status', 'not-in-timer', 'only commands on one item'],
    ['timer 1 14:30 start', 'not-in-timer', 'only commands on one item'],
    ['delete', 'not-in-timer', 'asks for confirmation'],
    ['move nowhere', 'bad-argument', 'is not one of'],
    ['fly', 'unknown-command', 'no command “fly”'],
  ])('does not take “%s”', async (words, code, text) => {
    const reply = await world.say(`timer 1 14:30 ${words}`, { role: 'admin' });
    expect(reply).toMatchObject({ ok: false, code });
    expect(reply.text).toContain(text);
    expect(open()).toEqual([]);
  });

  it('is refused for who may not do now what it is to do then', async () => {
    expect(await world.say('timer 1 14:30 start', { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  it('does nothing, and says so, where the one who set it has lost the right by then', async () => {
    await world.say('timer 1 14:30 start');
    await away(0, { roles: { admin: ['test:admin'], operator: [], viewer: ['test:viewer'] } });
    world.clock.move(25 * MINUTE);
    await answered('Timer 1 ran `start shop#1`');
    expect(heard().at(-1)).toContain('You have no role here');
    expect(world.item(1).stage.name).toBe('backlog');
  });

  it('says so where its command does not fit any more', async () => {
    await world.say('timer 1 14:30 start');
    moveTo(world, 1, { name: 'current' });
    world.clock.move(25 * MINUTE);
    await answered('already in current');
    expect(open()).toEqual([]);
  });

  it.each([
    ['stop 1', 'Cancelled its timers 1, 2.'],
    ['move 1 archived', 'Cancelled its timers 1, 2.'],
  ])('goes with its item when a person types %s', async (command, text) => {
    await world.say('timer 1 14:30 start');
    await world.say('timer 1 in 2h move archived');
    expect((await world.say(command)).text).toContain(text);
    expect(open()).toEqual([]);
  });

  it('of an item that was deleted is gone, whoever deleted it', async () => {
    await world.say('timer 1 14:30 start');
    world.record(1, 'item.deleted', { purge: false });
    expect(open()).toEqual([]);
    world.clock.move(HOUR);
    expect(world.item(1).stage.name).toBe('backlog');
    expect(world.kinds(1)).not.toContain('timer.fired');
  });

  it('that is run leaves the item’s other timers alone', async () => {
    moveTo(world, 1, { name: 'current' });
    await world.say('timer 1 14:30 stop');
    await world.say('timer 1 tomorrow 06:00 start');
    world.clock.move(25 * MINUTE);
    await answered('Timer 1 ran `stop shop#1`');
    expect(world.item(1).held).not.toBeNull();
    expect(open()).toEqual([2]);
  });

  it('never does what asks first, even where it was let in', async () => {
    const sender = { transport: 'test', id: 'admin', name: '' };
    const at = { transport: 'test', room: 'lobby', thread: null };
    world.receive({ id: 'timer:shop:9', at, sender, ingress: 'terminal', text: 'delete shop#1' });
    await answered('`delete` asks for confirmation');
    expect(world.item(1).deletedAt).toBeNull();
  });

  it('can be taken back, and a number is not used twice', async () => {
    await world.say('timer 1 14:30 start');
    expect((await world.say('timer cancel 1')).text).toBe('Cancelled timer 1: start 1 at 14:30, in 25 min.');
    expect(await world.say('timer cancel 1')).toMatchObject({ ok: false, code: 'no-such-timer' });
    expect((await world.say('timer 1 14:40 start')).text).toContain('Timer 2 will run');
  });

  it('is no change of its item: a question about it stays open', async () => {
    const { version } = world.item(1);
    await world.say('timer 1 14:30 start');
    expect(world.item(1).version).toBe(version);
  });
});

describe('a timer that came due while Musher was away', () => {
  it('is made up for within an hour', async () => {
    await world.say('timer 1 14:30 start');
    await away(25 * MINUTE + 59 * MINUTE);
    await answered('Timer 1 ran');
    expect(world.item(1).stage.name).toBe('current');
  });

  it('is told as missed after that, and not run', async () => {
    await world.say('timer 1 14:30 start');
    await away(25 * MINUTE + 61 * MINUTE);
    await answered('Timer 1 was due 21 Nov, 14:30 ');
    expect(world.item(1).stage.name).toBe('backlog');
    expect(world.last(1).kind).toBe('timer.missed');
    expect(open()).toEqual([]);
  });
});

it('a run that ends late changes nothing of an item that was stopped or deleted', async () => {
  for (const number of [1, world.make()]) {
    moveTo(world, number, { name: 'current' });
    const run = startRun(world, number);
    if (number === 1) world.record(1, 'item.held', { why: '' });
    else world.record(number, 'item.deleted', { purge: false });
    const before = world.item(number);
    const late = { run, exitCode: 0, summary: 'late', turns: 1, verdict: null } as const;
    world.record(number, 'run.ended', { ...late, reason: 'rate-limited', resumeAt: world.clock.now() + MINUTE });
    const after = world.item(number);
    expect({ stage: after.stage, execution: after.execution, held: after.held, deletedAt: after.deletedAt }).toEqual({
      stage: before.stage,
      execution: before.execution,
      held: before.held,
      deletedAt: before.deletedAt,
    });
  }
});
