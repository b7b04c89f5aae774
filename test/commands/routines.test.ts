import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nextDue } from '../../src/bot/routines/schedule.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { plainText } from '../../src/message/plain.ts';
import { databaseOf } from '../log/database-of.ts';
import { START, blockedStage, makeDesk, makeWorld, moveTo, startRun, when, type Desk, type World } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = 'Europe/Berlin';
let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
  world.runTimers();
});
afterEach(async () => {
  const { differences } = verifyAll(databaseOf(world.log));
  await world.close();
  if (differences.length > 0) throw new Error(differences.join('\n'));
});

/** Musher ends, time passes, and it starts again, perhaps with other rights. */
async function away(ms: number, rights: Parameters<World['restarted']>[0] = {}): Promise<void> {
  await world.stop();
  world.clock.move(ms);
  world = world.restarted(rights);
  world.runTimers();
}
const heard = (): string[] => world.log.outbox.open('test', 'lobby', 1_000).map(({ body }) => plainText(body, { width: 300 }));
const count = (kind: string): number => world.log.reads.events(0, 10_000).filter((event) => event.kind === kind).length;
/** Time passes until the next time of the routine, and what it runs is answered. */
async function nextTime(routine = 1): Promise<void> {
  const before = count('routine.answered');
  world.clock.move((world.log.reads.routines.get('shop', routine)?.due ?? 0) - world.clock.now());
  await when(world.log, () => count('routine.answered') > before);
}
/** The same where nothing runs. */
async function nextSkip(): Promise<string | undefined> {
  const before = count('routine.due');
  world.clock.move((world.log.reads.routines.get('shop', 1)?.due ?? 0) - world.clock.now());
  await when(world.log, () => count('routine.due') > before);
  return world.log.reads.routines.get('shop', 1)?.last?.became;
}

describe('a schedule', () => {
  it.each([
    ['weekday 9:00', 'weekday 09:00', '0 9 * * 1-5'],
    ['day 9', 'day 09:00', '0 9 * * *'],
    ['weekend at 10:30', 'weekend 10:30', '30 10 * * 0,6'],
    ['Monday 5pm', 'monday 17:00', '0 17 * * 1'],
    ['mon,thursdays 12am', 'monday,thursday 00:00', '0 0 * * 1,4'],
    ['night', 'night 03:00', '0 3 * * *'],
    ['night 23:30', 'night 23:30', '30 23 * * *'],
    ['2h', '2h', '0 */2 * * *'],
    ['15m', '15m', '*/15 * * * *'],
  ])('%s is understood', async (typed, words, cron) => {
    expect(await world.say(`every ${typed} digest`)).toMatchObject({ ok: true });
    expect(world.log.reads.routines.get('shop', 1)).toMatchObject({ schedule: words, cron, command: 'digest' });
  });

  it.each(['day', 'day 25:00', 'someday 9:00', '7m', '5h', 'mo 9:00', 'monday 13pm'])('%s is none', async (typed) => {
    expect(await world.say(`every ${typed} digest`)).toMatchObject({ ok: false });
  });

  it('comes once a day at the same time of the clock, over both changes of it', () => {
    for (const [cron, from] of [
      ['30 2 * * *', Date.UTC(2026, 2, 27, 12)],
      ['30 2 * * *', Date.UTC(2026, 9, 23, 12)],
      ['0 9 * * *', Date.UTC(2026, 2, 27, 12)],
      ['0 9 * * *', Date.UTC(2026, 9, 23, 12)],
    ] as const) {
      const days: string[] = [];
      for (let at: number = from, n = 0; n < 5; n += 1) {
        at = nextDue(cron, at, ZONE);
        days.push(new Intl.DateTimeFormat('sv', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' }).format(at));
      }
      expect(new Set(days.map((one) => one.slice(0, 10))).size).toBe(5);
      // A time that the clock skips comes right after the gap.
      expect(
        days
          .map((one) => one.slice(11))
          .filter((one) => one !== days[0]?.slice(11))
          .every((one) => one === '03:30' || one === '03:00'),
      ).toBe(true);
    }
  });
});

describe('a routine', () => {
  it('runs each time in the name of who set it, says so, and is listed with what comes next', async () => {
    const set = await world.say('every day 15:00 create bug Look at flaky tests');
    expect(set.text).toContain('every `day 15:00`. First: 15:00');
    await nextTime();
    expect(world.clock.now()).toBe(START + 55 * MINUTE);
    await nextTime();
    expect(world.log.reads.lastNumber('shop')).toBe(2);
    expect(world.item(2)).toMatchObject({ title: 'Look at flaky tests', createdBy: 'test:operator' });
    expect(heard().at(-1)).toContain('Routine 1 ran `create bug Look at flaky tests`');
    expect((await world.say('routines')).text).toContain('1: `create bug Look at flaky tests` every `day 15:00`. Next: 2026-11-23 15:00');
  });

  it('ends when it is cancelled, and its number is not used again', async () => {
    await world.say('every hour digest');
    expect((await world.say('routine cancel 1')).text).toContain('Ended routine 1');
    expect(await world.say('routine cancel 1')).toMatchObject({ ok: false, code: 'no-such-routine' });
    await world.say('every hour digest');
    expect(world.log.reads.routines.ofProject('shop').map(({ routine }) => routine)).toEqual([2]);
  });

  it('survives a restart, and runs late by less than an hour once, however often it was due', async () => {
    await world.say('every 15m digest');
    await away(50 * MINUTE);
    await when(world.log, () => count('routine.answered') === 1);
    expect(count('routine.due')).toBe(1);
    expect(world.log.reads.routines.get('shop', 1)?.due).toBeGreaterThan(world.clock.now());
  });

  it('is told of once where its times passed while Musher was off, and not run in a burst', async () => {
    await world.say('every day 15:00 create bug Look');
    await away(5 * DAY + 3 * HOUR);
    await when(world.log, () => count('routine.due') === 1);
    expect(heard().filter((one) => one.includes('was due 6 times'))).toHaveLength(1);
    expect(world.log.reads.lastNumber('shop')).toBe(0);
    await nextTime();
    expect(world.log.reads.lastNumber('shop')).toBe(1);
  });

  it('does not run again before its last run is answered', async () => {
    await world.say('every hour digest');
    const at = { transport: 'test', room: 'lobby', thread: null };
    world.log.transaction((tx) => {
      const sender = { transport: 'test', id: 'operator', name: '' };
      const inbox = tx.inbox.receive({ id: 'slow', at, sender, ingress: 'terminal', text: 'digest' }, tx.now) ?? 0;
      const payload = { routine: 1, due: tx.now, next: tx.reads.routines.nextDue() ?? 0, became: 'run', inbox } as const;
      tx.record({ project: 'shop', item: null, actor: 'musher', cause: null, kind: 'routine.due', payload });
    });
    expect(await nextSkip()).toBe('overlap');
    expect((await world.say('routines', { room: 'hall' })).text).toContain('was not answered yet');
  });

  it.each([
    ['if blocked', () => moveTo(world, world.make(), blockedStage())],
    ['unless backlog empty', () => world.make()],
    ['if running', () => running()],
  ])('with the condition %s is skipped without a word until it holds', async (typed, makeTrue) => {
    expect((await world.say(`every hour ${typed} digest`)).ok).toBe(true);
    const before = heard().length;
    expect(await nextSkip()).toBe('skipped');
    expect(heard()).toHaveLength(before);
    makeTrue();
    await nextTime();
    expect(heard()).toHaveLength(before + 1);
  });

  it('takes a condition behind a command, but leaves a text as it is', async () => {
    await world.say('every hour digest unless running');
    await world.say('every hour create bug The page fails if blocked');
    expect(world.log.reads.routines.ofProject('shop').map(({ command, condition }) => [command, condition?.what ?? null])).toEqual([
      ['digest', 'running'],
      ['create bug The page fails if blocked', null],
    ]);
  });

  it('stops after three failures in a row and says so, and a success in between counts from anew', async () => {
    await world.say('every hour start 1');
    await nextTime();
    await nextTime();
    world.make();
    await nextTime();
    expect(world.log.reads.routines.get('shop', 1)?.failures).toBe(0);
    moveTo(world, 1, { name: 'backlog' });
    world.record(1, 'item.deleted', { purge: false });
    for (let n = 0; n < 3; n += 1) await nextTime();
    expect(heard().at(-1)).toContain('Routine 1 failed 3 times in a row and is stopped. To set it again: `every hour start 1`');
    expect(world.log.reads.routines.nextDue()).toBeNull();
  });

  it('has the rights of who set it at the time when it runs', async () => {
    await world.say('every hour create bug Look');
    await away(0, { roles: { admin: [], operator: [], viewer: ['test:operator'] } });
    await nextTime();
    expect(world.log.reads.lastNumber('shop')).toBe(0);
    expect(world.log.reads.routines.get('shop', 1)?.failures).toBe(1);
  });

  it('stays with its project where the room is switched to another one', async () => {
    await world.say('every hour create bug Look');
    await world.say('project docs', { role: 'admin' });
    await nextTime();
    expect([world.log.reads.lastNumber('shop'), world.log.reads.lastNumber('docs')]).toEqual([1, 0]);
  });

  it.each([
    ['delete 1', 'not-in-routine'],
    ['htop', 'not-in-routine'],
    ['every hour digest', 'not-in-routine'],
    ['timer 1 14:30 start', 'not-in-routine'],
    ['undoo', 'unknown-command'],
    ['start', 'bad-argument'],
  ])('can not be %s', async (command, code) => {
    world.make();
    expect(await world.say(`every hour ${command}`)).toMatchObject({ ok: false, code });
  });

  it('is no more than twenty in a project', async () => {
    for (let n = 0; n < 20; n += 1) await world.say('every hour digest');
    expect(await world.say('every hour digest')).toMatchObject({ ok: false, code: 'too-many' });
  });
});

function running(): void {
  const number = world.make();
  moveTo(world, number, { name: 'current' });
  startRun(world, number);
}
