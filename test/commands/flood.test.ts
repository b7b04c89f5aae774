import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingMessage, IngressKind } from '../../src/message/address.ts';
import type { RightsSettings } from '../../src/bot/rights/rights.ts';
import { plainText } from '../../src/message/plain.ts';
import { endRun, makeDesk, makeWorld, moveTo, START, startRun, when, type Desk, type World } from './harness.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const RIGHTS: Partial<RightsSettings> = {
  roles: { ...NOBODY, viewer: ['slack:T1:U1', 'slack:T1:U2'] },
  rooms: [
    {
      transport: 'slack',
      id: 'C1',
      project: 'shop',
      roles: NOBODY,
    },
  ],
};

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
afterEach(() => world.close());

let messages = 0;
const message = (user: string, ingress: IngressKind = 'mention', text = 'ping'): IncomingMessage => ({
  id: `flood-${(messages += 1)}`,
  at: { transport: 'slack', room: 'C1', thread: null },
  sender: { transport: 'slack', id: `T1:${user}`, name: user },
  ingress,
  text,
});
const send = (user: string, ingress?: IngressKind): number => world.receive(message(user, ingress)) ?? 0;
const replies = (): string[] => world.log.outbox.open('slack', 'C1', 1_000).map(({ body }) => plainText(body, { width: 300 }));
const audit = (): string[] =>
  world.log.reads.events(0, 10_000).flatMap((event) => (event.kind === 'command.handled' ? [`${event.actor} ${event.payload.code}`] : []));
const answered = (...ids: readonly number[]): Promise<void> =>
  when(world.log, () => ids.every((id) => world.log.inbox.get(id)?.state === 'done'));

describe('a message that waits behind another one of its room', () => {
  it('is shown to be heard after a second, as is the one that is worked on, until each has its answer', async () => {
    world = makeWorld(desk, {}, [], { ...RIGHTS, roles: { ...NOBODY, operator: ['slack:T1:U1', 'slack:T1:U2'] } });
    const number = world.make({ title: 'Long' });
    moveTo(world, number, { name: 'current' });
    const run = startRun(world, number);
    const [stop, ping] = [message('U1', 'mention', `stop ${number}`), message('U2')];
    const ids = [world.receive(stop) ?? 0, world.receive(ping) ?? 0];
    await when(world.log, () => world.log.inbox.get(ids[0] ?? 0)?.state === 'committed');
    world.clock.move(999);
    expect(world.signs).toEqual([]);
    world.clock.move(1);
    expect(world.signs).toEqual([`begin ${stop.id}`, `begin ${ping.id}`]);
    endRun(world, number, run, 'stopped');
    await answered(...ids);
    await world.stop();
    expect(world.signs.slice(2)).toEqual([`end ${stop.id}`, `end ${ping.id}`]);
  });

  it('shows nothing any more once Musher has ended', async () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 1, perMinute: 1, waiting: 100 });
    const first = send('U1');
    send('U1');
    await answered(first);
    // The end of its sign follows its answer.
    await new Promise(setImmediate);
    world.clock.move(1_000);
    await world.stop();
    expect(world.signs.map((sign) => sign.split(' ')[0])).toEqual(['begin', 'end']);
    expect(world.clock.waiting()).toBe(0);
  });
});

describe('a flood of one sender', () => {
  it('is answered in full, as fast as is allowed, while others are answered at once', async () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 3, perMinute: 60, waiting: 100 });
    const flood = Array.from({ length: 10 }, () => send('U1'));
    const other = send('U2');
    await answered(other, ...flood.slice(0, 3));
    expect(world.log.inbox.waitingOf({ transport: 'slack', id: 'T1:U1', name: '' })).toBe(7);
    for (let n = 4; n <= 10; n++) {
      world.clock.move(1_000);
      await answered(...flood.slice(0, n));
    }
    expect(replies()).toHaveLength(11);
  });

  it('gets one clear answer for what is too much, and each of it one row in the audit', async () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 1, perMinute: 60, waiting: 5 });
    const flood = Array.from({ length: 30 }, () => send('U1'));
    // Decided before the network is told that it was taken.
    expect(flood.slice(5).map((id) => world.log.inbox.get(id)?.outcome)).toEqual(Array.from({ length: 25 }, () => 'refused'));
    expect(replies().filter((text) => text.startsWith('You have 5 messages waiting'))).toHaveLength(1);
    expect(audit().filter((row) => row === 'slack:T1:U1 too-many')).toHaveLength(25);
    // Somebody else is not bound by it.
    await answered(send('U2'));
    for (let n = 1; n <= 5; n++) {
      await answered(...flood.slice(0, n));
      world.clock.move(1_000);
    }
    await answered(send('U1'));
    expect(replies()).toHaveLength(5 + 1 + 1 + 1);
    expect(audit()).toHaveLength(32);
  });

  it('is answered again when it continues after a minute', async () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 1, perMinute: 1, waiting: 1 });
    await answered(send('U1'));
    send('U1');
    send('U1');
    expect(replies().filter((text) => text.startsWith('You have'))).toHaveLength(1);
    expect(world.clock.now()).toBe(START);
    world.clock.move(59_999);
    send('U1');
    expect(replies().filter((text) => text.startsWith('You have'))).toHaveLength(1);
  });

  it('is told each time where the network waits for an answer to that one', () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 1, perMinute: 1, waiting: 1 });
    send('U1');
    send('U1', 'slash');
    send('U1', 'slash');
    expect(replies().filter((text) => text.startsWith('You have'))).toHaveLength(2);
  });

  it('delivered again changes nothing', () => {
    world = makeWorld(desk, {}, [], RIGHTS, { burst: 1, perMinute: 60, waiting: 1 });
    send('U1');
    const late = message('U1');
    expect(world.receive(late)).not.toBeNull();
    for (let n = 0; n < 3; n++) expect(world.receive(late)).toBeNull();
    expect(audit().filter((row) => row.endsWith('too-many'))).toHaveLength(1);
  });
});

describe('a stranger', () => {
  it('is told once in ten minutes, and each message is in the audit', async () => {
    world = makeWorld(desk, {}, [], RIGHTS);
    await answered(...Array.from({ length: 20 }, () => send('U9')));
    expect(replies()).toEqual([expect.stringContaining('`viewer = ["slack:T1:U9"]`') as string]);
    expect(audit()).toEqual(Array.from({ length: 20 }, () => 'slack:T1:U9 no-rights'));
    world.clock.move(10 * 60_000 - 1);
    await answered(send('U9'));
    expect(replies()).toHaveLength(1);
    world.clock.move(1);
    await answered(send('U9'));
    expect(replies()).toHaveLength(2);
    // Another stranger is told too.
    await answered(send('U8'));
    expect(replies()).toHaveLength(3);
  });
});
