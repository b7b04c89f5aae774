import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { line } from '../../../src/message/build.ts';
import { openDiscord, settled, type Fixture } from './fixture.ts';

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(options: Parameters<typeof openDiscord>[0] = {}): Promise<Fixture> {
  open = await openDiscord(options);
  await open.transport.start(open.sink);
  await settled(open);
  return open;
}
const texts = ({ received }: Fixture): string[] => received.map(({ text }) => text);

describe('the connection', () => {
  it('continues with its session after a break, and misses nothing', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    fake.gateway.disconnect();
    fake.write(ada, room, 'while away');
    await expect.poll(() => texts(it_)).toEqual(['while away']);
    expect(fake.gateway.resumes).toHaveLength(1);
    expect(fake.gateway.identifies).toHaveLength(1);
    expect(transport.health().state).toBe('online');
  });

  it('comes back when it is asked to reconnect', async () => {
    const { fake, transport } = await started();
    fake.gateway.askToReconnect();
    await expect.poll(() => fake.gateway.resumes.length).toBe(1);
    await expect.poll(() => transport.health().state).toBe('online');
  });

  it('reads each room, thread and direct conversation from the last message seen when its session is gone', async () => {
    const it_ = await started();
    const { fake, room, ada } = it_;
    const thread = fake.world.thread(room, 'about 42');
    const talk = fake.world.direct();
    fake.write(ada, room, 'before');
    fake.write(ada, talk, 'direct before');
    await expect.poll(() => texts(it_)).toHaveLength(2);
    fake.gateway.down = true;
    fake.gateway.disconnect();
    fake.gateway.forgetSessions();
    for (let index = 0; index < 120; index++) fake.write(ada, room, `missed ${index}`);
    fake.write(ada, thread, 'missed in the thread');
    fake.write(ada, talk, 'direct missed');
    fake.gateway.down = false;
    await expect.poll(() => texts(it_).length).toBe(124);
    const inRoom = it_.received.filter(({ at }) => at.thread === null && at.room === room.id).map(({ text }) => text);
    expect(inRoom).toEqual(['before', ...Array.from({ length: 120 }, (_, index) => `missed ${index}`)]);
    expect(texts(it_)).toContain('missed in the thread');
    expect(texts(it_).at(-1) ?? '').toMatch(/missed/);
    expect(texts(it_).filter((text) => text === 'direct missed')).toHaveLength(1);
    expect(fake.gateway.identifies.length).toBe(2);
  });

  it('reads what was missed in a thread also when its room was read first', async () => {
    const it_ = await started();
    const { fake, room, ada } = it_;
    const thread = fake.world.thread(room, 'about 42');
    fake.gateway.down = true;
    fake.gateway.disconnect();
    fake.gateway.forgetSessions();
    fake.gateway.guildsAfter = 150;
    fake.write(ada, thread, 'in the thread');
    fake.write(ada, room, 'in the room');
    fake.gateway.down = false;
    await expect.poll(() => texts(it_)).toEqual(['in the room', 'in the thread']);
  });

  it('gives up the address of a session that nobody answers at', async () => {
    open = await openDiscord();
    const { fake, transport, state, sink } = open;
    const lost = { resumeURL: 'ws://127.0.0.1:9', sequence: 5, sessionId: 'lost', shardId: 0, shardCount: 1 };
    state.set('session', JSON.stringify(lost));
    await transport.start(sink);
    expect(transport.health().state).toBe('online');
    expect(fake.gateway.identifies).toHaveLength(1);
  });

  it.each([true, false])('continues after an invalid session (resumable: %s)', async (resumable) => {
    const it_ = await started();
    const { fake, room, ada, transport } = it_;
    fake.gateway.invalidateSession(resumable);
    await expect.poll(() => fake.gateway.resumes.length + fake.gateway.identifies.length).toBeGreaterThan(1);
    await expect.poll(() => transport.health().state).toBe('online');
    fake.write(ada, room, 'after');
    await expect.poll(() => texts(it_)).toEqual(['after']);
  });

  it('takes up its session after a restart, with what came meanwhile', async () => {
    const it_ = await started();
    const { fake, transport, room, ada, again, sink } = it_;
    fake.write(ada, room, 'first');
    await expect.poll(() => texts(it_)).toEqual(['first']);
    await transport.stop(AbortSignal.timeout(1_000));
    expect(transport.health().state).toBe('stopped');
    fake.write(ada, room, 'second');
    const later = again();
    await later.start(sink);
    await expect.poll(() => texts(it_)).toEqual(['first', 'second']);
    expect(fake.gateway.identifies).toHaveLength(1);
    expect(later.identity()?.ids).toContain(fake.world.bot.id);
  });

  it('counts as dead when it is silent for too long, and is opened again', async () => {
    const { fake, transport } = await started({
      timing: { backoff: { first: 20, longest: 100, jitter: 0.5 }, identifySpacing: 0, connect: 2_000, silence: 200 },
    });
    await expect.poll(() => fake.gateway.resumes.length).toBeGreaterThan(0);
    await expect.poll(() => transport.health().state).toBe('online');
  });

  it.each([
    ['does not last', 60_000, true],
    ['has lasted', 0, false],
  ])('waits longer each time after a connection that %s', async (_, lasted, grows) => {
    const waits: number[] = [];
    const system = systemClock();
    const clock: Clock = {
      now: () => system.now(),
      at(time, fire) {
        const wait = time - system.now();
        // Only the waits between connections are so short.
        if (wait > 0 && wait < 1_000) waits.push(wait);
        return system.at(wait < 1_000 ? system.now() : time, fire);
      },
    };
    const timing = { backoff: { first: 16, longest: 900, jitter: 0.5 }, identifySpacing: 0, connect: 30_000, lasted };
    const { fake, transport } = await started({ clock, timing });
    for (let n = 1; n <= 6; n++) {
      fake.gateway.disconnect();
      await expect.poll(() => fake.gateway.resumes.length + fake.gateway.identifies.length).toBe(n + 1);
      await expect.poll(() => transport.health().state).toBe('online');
    }
    const longest = Math.max(...waits);
    expect(longest > 200).toBe(grows);
    expect(longest).toBeLessThanOrEqual(grows ? 900 : 16);
  });

  it('survives what is no message of the protocol, and keeps its session behind it', async () => {
    const it_ = await started();
    const { fake, room, ada, state } = it_;
    const { guild } = fake.world;
    for (const raw of ['{"op":', 'null', '[]', '7', '{}', '{"op":99,"d":null}', '{"op":"0"}', '{"op":0}']) fake.gateway.sendRaw(raw);
    const author = { id: ada.id, username: 'ada' };
    const whole = { id: fake.world.newId(), channel_id: room.id, guild_id: guild, type: 0, author, content: 'x' };
    const parts = [null, {}, { ...whole, author: null }, { ...whole, content: 7 }, { ...whole, id: 'x' }, { ...whole, channel_id: 7 }];
    for (const part of parts) fake.gateway.dispatch('MESSAGE_CREATE', part);
    for (const part of [null, {}, { type: 2 }, { type: 3, data: {}, user: author }]) fake.gateway.dispatch('INTERACTION_CREATE', part);
    for (const name of ['GUILD_CREATE', 'CHANNEL_DELETE', 'THREAD_LIST_SYNC', 'READY', 'SOMETHING_NEW']) fake.gateway.dispatch(name, null);
    fake.write(ada, room, 'after');
    await expect.poll(() => texts(it_)).toEqual(['after']);
    const kept = JSON.parse(state.get('session') ?? '{}') as { sequence?: number };
    expect(kept.sequence).toBeGreaterThan(parts.length);
  });
});

describe('a start', () => {
  it('says which switch to turn on when an intent is refused, and leaves nothing open', async () => {
    open = await openDiscord();
    open.fake.gateway.refuseIdentify = 4014;
    await expect(open.transport.start(open.sink)).rejects.toMatchObject({
      code: 'NETWORK_PERMISSION_MISSING',
      hint: expect.stringContaining('Message Content Intent') as string,
    });
    expect(open.transport.health()).toMatchObject({
      state: 'offline',
      problem: expect.stringContaining('Message Content Intent') as string,
    });
    await expect.poll(() => open?.fake.gateway.open).toBe(0);
    open.fake.gateway.refuseIdentify = null;
    await open.transport.start(open.sink);
    expect(open.transport.health()).toMatchObject({ state: 'online', problem: null });
  });

  it('is offline while Discord refuses the intent that it let pass before, and comes back when that is fixed', async () => {
    const it_ = await started({
      timing: { backoff: { first: 20, longest: 100, jitter: 0.5 }, identifySpacing: 0, connect: 30_000, refused: 50 },
    });
    const { fake, transport, room, ada } = it_;
    fake.gateway.refuseIdentify = 4014;
    fake.gateway.disconnect(4014);
    await expect.poll(() => fake.gateway.identifies.length).toBeGreaterThan(2);
    await expect
      .poll(() => transport.health())
      .toMatchObject({ state: 'offline', problem: expect.stringContaining('Message Content Intent') });
    fake.write(ada, room, 'meanwhile');
    fake.gateway.refuseIdentify = null;
    await expect.poll(() => transport.health()).toMatchObject({ state: 'online', problem: null });
    await expect.poll(() => texts(it_)).toEqual(['meanwhile']);
  });

  it('says that the token is wrong', async () => {
    open = await openDiscord({ token: 'wrong' });
    await expect(open.transport.start(open.sink)).rejects.toMatchObject({ code: 'NETWORK_TOKEN_REFUSED' });
    expect(open.transport.health().state).toBe('offline');
  });

  it('says that Discord cannot be reached', async () => {
    open = await openDiscord({ api: 'http://127.0.0.1:9/api' });
    await expect(open.transport.start(open.sink)).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
  });

  it('says which room cannot be read, and serves the others', async () => {
    open = await openDiscord();
    const { fake, transport, sink, room, ada, received } = open;
    const other = fake.world.room('secret');
    fake.rest.hidden.add(other.id);
    await transport.stop(AbortSignal.timeout(1_000));
    const both = open.again({ rooms: () => new Set([room.id, other.id]) });
    await both.start(sink);
    await expect.poll(() => both.health().rooms).toMatchObject([{ room: other.id, why: expect.stringContaining('cannot read it') }]);
    fake.write(ada, room, 'hello');
    await expect.poll(() => received).toHaveLength(1);
    // Let in, it reads what came since, and has nothing to complain about.
    fake.rest.hidden.delete(other.id);
    fake.gateway.dispatch('CHANNEL_UPDATE', { ...other, type: 0 });
    await expect.poll(() => both.health().rooms).toEqual([]);
  });

  it('says that it was put out of a server, and picks up again what was written when it is let in', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    fake.gateway.dispatch('GUILD_DELETE', { id: fake.world.guild, unavailable: true });
    fake.write(ada, room, 'an outage of Discord');
    await expect.poll(() => texts(it_)).toHaveLength(1);
    expect(transport.health().rooms).toEqual([]);
    fake.gateway.dispatch('GUILD_DELETE', { id: fake.world.guild });
    await expect
      .poll(() => transport.health().rooms)
      .toMatchObject([{ room: room.id, why: expect.stringContaining('removed from the server') }]);
    fake.world.add({ channel_id: room.id, author: ada, type: 0, content: 'meanwhile', flags: 0, components: [], attachments: [] });
    fake.gateway.dispatch('GUILD_CREATE', { id: fake.world.guild, roles: [], channels: [room], threads: [] });
    await expect.poll(() => transport.health().rooms).toEqual([]);
    expect(texts(it_)).toEqual(['an outage of Discord', 'meanwhile']);
  });

  it('says that a channel was deleted', async () => {
    const { fake, transport, room } = await started();
    fake.gateway.dispatch('CHANNEL_DELETE', room);
    await expect.poll(() => transport.health().rooms).toMatchObject([{ room: room.id, why: expect.stringContaining('was deleted') }]);
  });

  it('asks for no message content where that is off, and still sees what mentions the bot', async () => {
    const it_ = await started({ messageContent: false });
    const { fake, room, ada } = it_;
    expect((fake.gateway.identifies[0]?.intents ?? 0) & (1 << 15)).toBe(0);
    fake.write(ada, room, `<@${fake.world.bot.id}> status`);
    await expect.poll(() => texts(it_)).toEqual([`<@${fake.world.bot.id}> status`]);
  });
});

describe('an end', () => {
  it('in the middle of a reconnect leaves nothing open', async () => {
    const { fake, transport } = await started();
    fake.gateway.down = true;
    fake.gateway.disconnect();
    await expect.poll(() => transport.health().state).toBe('reconnecting');
    await transport.stop(AbortSignal.timeout(1_000));
    fake.gateway.down = false;
    await expect(transport.send({ transport: 'discord', room: '1', thread: null }, line('x'), 'k', { again: false })).rejects.toThrow(
      /not connected/,
    );
    expect(fake.gateway.open).toBe(0);
  });
});
