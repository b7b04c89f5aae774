import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { actions, action, doc, line, link, paragraph } from '../../../src/message/build.ts';
import { SendFailure } from '../../../transports/transport.ts';
import { openDiscord, type Fixture } from './fixture.ts';

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(options: Parameters<typeof openDiscord>[0] = {}): Promise<Fixture> {
  open = await openDiscord(options);
  await open.transport.start(open.sink);
  return open;
}

/** The machine's clock, that can be put forward. */
function movingClock(): Clock & { forward(ms: number): void } {
  const real = systemClock();
  let ahead = 0;
  return {
    now: () => real.now() + ahead,
    at: (time, fire) => real.at(time - ahead, fire),
    forward: (ms) => void (ahead += ms),
  };
}

const failure = async (sending: Promise<unknown>): Promise<SendFailure> => {
  try {
    await sending;
  } catch (error) {
    if (error instanceof SendFailure) return error;
    throw error;
  }
  throw new Error('It was sent.');
};
const POST = /^POST \/channels\/\d+\/messages$/;

/** Takes the gateway away, on which the bot would see its own message. */
const away = (fake: Fixture['fake']): void => {
  fake.gateway.down = true;
  fake.gateway.disconnect();
};

describe('an unknown outcome', () => {
  it('shows once when the reply was lost and the message is sent again at once', async () => {
    const { fake, transport, room } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    away(fake);
    fake.next(POST, 'drop-reply');
    expect(await failure(transport.send(to, line('once'), 'k', { again: false }))).toMatchObject({ outcome: 'unknown' });
    const [ref] = await transport.send(to, line('once'), 'k', { again: true });
    expect(fake.world.in(room.id).map(({ id }) => id)).toEqual([ref?.id]);
  });

  it.each([true, false])(
    'shows once when it is sent again after the nonce’s window (history with nonces: %s)',
    async (historyHasNonces) => {
      const clock = movingClock();
      const { fake, transport, room, again, sink } = await started({ clock });
      fake.rest.historyHasNonces = historyHasNonces;
      fake.rest.nonceWindowMs = 0;
      const to = { transport: 'discord', room: room.id, thread: null };
      fake.next(POST, 'drop-reply');
      away(fake);
      await failure(transport.send(to, line('once *only*'), 'k', { again: false }));
      await transport.stop(AbortSignal.timeout(1_000));
      for (let other = 0; other < 130; other++) fake.write(fake.world.person('Bob'), room, `talk ${other}`);
      fake.gateway.forgetSessions();
      fake.gateway.down = false;
      clock.forward(10 * 60_000);
      const later = again({ clock });
      await later.start(sink);
      const [ref] = await later.send(to, line('once *only*'), 'k', { again: true });
      expect(
        fake.world
          .in(room.id)
          .filter(({ content }) => content.startsWith('once'))
          .map(({ id }) => id),
      ).toEqual([ref?.id]);
    },
  );

  it('is settled by the message itself where it comes by on the gateway', async () => {
    const { fake, transport, room, state } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    fake.rest.nonceWindowMs = 0;
    fake.next(POST, 'drop-reply');
    await failure(transport.send(to, line('once'), 'k', { again: false }));
    await expect.poll(() => state.get(`seen:${room.id}`)).toBe(fake.world.in(room.id)[0]?.id);
    await transport.send(to, line('once'), 'k', { again: true });
    expect(fake.world.in(room.id)).toHaveLength(1);
  });

  it('is made again after the window when the first try never arrived', async () => {
    const clock = movingClock();
    const { fake, transport, room } = await started({ clock });
    const to = { transport: 'discord', room: room.id, thread: null };
    fake.next(POST, 'reset');
    expect(await failure(transport.send(to, line('late'), 'k', { again: false }))).toMatchObject({ outcome: 'unknown' });
    clock.forward(10 * 60_000);
    await transport.send(to, line('late'), 'k', { again: true });
    expect(fake.world.shown(room.id)).toBe('late');
  });

  it('is remembered when it was settled: a restart before the outbox knew of it sends nothing', async () => {
    const { fake, transport, room, again, sink } = await started();
    fake.rest.nonceWindowMs = 0;
    const to = { transport: 'discord', room: room.id, thread: null };
    const refs = await transport.send(to, line('once'), 'k', { again: false });
    await transport.stop(AbortSignal.timeout(1_000));
    const later = again();
    await later.start(sink);
    expect(await later.send(to, line('once'), 'k', { again: true })).toEqual(refs);
    expect(fake.world.in(room.id)).toHaveLength(1);
  });
});

describe('a failure', () => {
  it.each([
    ['429', { outcome: 'not-sent', everywhere: false }],
    ['429-global', { outcome: 'not-sent', everywhere: true }],
  ] as const)('by %s says how long to wait and is not tried again', async (kind, expected) => {
    const { fake, transport, room } = await started();
    fake.next(POST, kind, 20_000);
    const failed = await failure(transport.send({ transport: 'discord', room: room.id, thread: null }, line('x'), 'k', { again: false }));
    expect(failed).toMatchObject({ ...expected, retryAfterMs: 20_000 });
    expect(fake.requests.filter((name) => POST.test(name))).toHaveLength(1);
  });

  it('by a server’s error is unknown, by a channel that is gone rejected, by a missing right not sent', async () => {
    const { fake, transport, room } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    fake.next(POST, 'unavailable');
    expect(await failure(transport.send(to, line('x'), 'k1', { again: false }))).toMatchObject({ outcome: 'unknown' });
    fake.next(POST, 'malformed');
    expect(await failure(transport.send(to, line('x'), 'k2', { again: false }))).toMatchObject({ outcome: 'unknown' });
    const nowhere = { ...to, room: fake.world.newId() };
    expect(await failure(transport.send(nowhere, line('x'), 'k3', { again: false }))).toMatchObject({ outcome: 'rejected' });
    fake.rest.hidden.add(room.id);
    expect(await failure(transport.send(to, line('x'), 'k4', { again: false }))).toMatchObject({ outcome: 'not-sent', retryAfterMs: null });
    fake.token = 'another';
    expect(await failure(transport.send(to, line('x'), 'k5', { again: false }))).toMatchObject({ outcome: 'not-sent', everywhere: true });
    expect(await failure(transport.send(to, line('x'), 'k6', { again: false }))).toMatchObject({ outcome: 'not-sent', everywhere: true });
    // What was a trouble of Discord's own is over without a restart.
    fake.token = 'the-token';
    fake.rest.hidden.delete(room.id);
    expect(await transport.send(to, line('x'), 'k6', { again: true })).toHaveLength(1);
  });

  it('does not come of a full bucket: its headers are kept to', async () => {
    const { fake, transport, room } = await started();
    fake.limits.bucket = { limit: 3, windowMs: 150 };
    const texts = Array.from({ length: 9 }, (_, index) => `n${index}`);
    await Promise.all(
      texts.map((text) => transport.send({ transport: 'discord', room: room.id, thread: null }, line(text), text, { again: false })),
    );
    expect(fake.world.shown(room.id)).toBe(texts.join('\n'));
    expect(fake.limits.refused).toBe(0);
  });
});

describe('a message', () => {
  it('unfurls nothing and notifies nobody, sent and edited', async () => {
    const { fake, transport, room } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    const [ref] = await transport.send(to, line('see https://example.org ', link('https://example.org/a?b=c', 'there')), 'k', {
      again: false,
    });
    const [message] = fake.world.in(room.id);
    expect(message?.flags).toBe(4);
    expect(message?.content).not.toMatch(/(?<![<\\(])https:\/\//);
    if (ref !== undefined) await transport.edit(ref, line('@everyone <@123456789012345678>'));
    expect(message?.flags).toBe(4);
    expect(fake.world.notified).toEqual([]);
  });

  it('keeps what a long edit needs, and takes away what a shorter one no longer does', async () => {
    const { fake, transport, room } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    const [ref] = await transport.send(to, line('short'), 'k', { again: false });
    if (ref === undefined) throw new Error('no name');
    await transport.edit(ref, line('word '.repeat(900)));
    expect(fake.world.in(room.id).length).toBeGreaterThan(2);
    await transport.edit(ref, line('other '.repeat(500)));
    expect(fake.world.in(room.id)).toHaveLength(2);
    expect(fake.world.shown(room.id)).not.toContain('word');
    await transport.edit(ref, line('short again'));
    expect(fake.world.shown(room.id)).toBe('short again');
  });

  it('goes into a thread, which is opened once under a message', async () => {
    const { fake, transport, room } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    const [root] = await transport.send(to, line('42 Fix the login'), 'k1', { again: false });
    if (root === undefined) throw new Error('no name');
    const thread = await transport.threadUnder(root, '42 Fix the login');
    expect(await transport.threadUnder(root, '42 Fix the login')).toBe(thread);
    const [ref] = await transport.send({ ...to, thread }, line('in it'), 'k2', { again: false });
    if (ref === undefined) throw new Error('no name');
    await transport.edit(ref, line('still in it'));
    expect(fake.world.shown(root.id)).toBe('still in it');
    expect(fake.world.shown(room.id)).toBe('42 Fix the login');
  });

  it('has buttons for its commands, more than fit as text, and finds a long command again after a restart', async () => {
    const { fake, transport, room, ada, received, again, sink } = await started();
    const to = { transport: 'discord', room: room.id, thread: null };
    const long = `reject 42 ${'because '.repeat(20)}`.trim();
    const many = Array.from({ length: 26 }, (_, index) => action(`B${index}`, index === 0 ? long : `show ${index}`));
    await transport.send(to, doc(paragraph('42 waits'), actions(...many)), 'k', { again: false });
    const [message] = fake.world.in(room.id);
    if (message === undefined) throw new Error('nothing shown');
    expect(fake.world.shown(room.id)).toContain('type: !show 25');
    await transport.stop(AbortSignal.timeout(1_000));
    const later = again();
    await later.start(sink);
    fake.press(ada, message, 'B0');
    fake.press(ada, message, 'B7');
    await expect
      .poll(() => received.map(({ ingress, text }) => [ingress, text]))
      .toEqual([
        ['button', long],
        ['button', 'show 7'],
      ]);
  });

  it('shows typing while it is worked on', async () => {
    const { fake, transport, room, ada, received } = await started();
    fake.write(ada, room, '!status');
    await expect.poll(() => received).toHaveLength(1);
    const [message] = received;
    if (message === undefined) throw new Error('nothing');
    await transport.showWork(message, true);
    await expect.poll(() => fake.rest.typing).toEqual([room.id]);
    await transport.showWork(message, false);
  });
});

describe('a conversation with one person', () => {
  it('is the same each time, and answers in it are read back after an absence, but nothing from before it was opened', async () => {
    const { fake, transport, ada, received, again, sink } = await started();
    const room = await transport.direct(ada.id);
    expect(await transport.direct(ada.id)).toBe(room);
    const channel = fake.world.channels.get(room);
    if (channel === undefined) throw new Error('there is no such channel');
    await transport.send({ transport: 'discord', room, thread: null }, line('two questions'), 'd1', { again: false });
    await transport.stop(AbortSignal.timeout(2_000));
    fake.write(ada, channel, 'approve 1');
    await again().start(sink);
    await expect.poll(() => received).toMatchObject([{ ingress: 'direct', at: { room }, text: 'approve 1' }]);
  });

  it('what was said in it before it was opened is not obeyed', async () => {
    const { fake, transport, ada, received, again, sink } = await started();
    const room = await transport.direct(ada.id);
    const channel = fake.world.channels.get(room);
    if (channel === undefined) throw new Error('there is no such channel');
    await transport.stop(AbortSignal.timeout(2_000));
    open?.state.values.clear();
    fake.write(ada, channel, 'delete 1');
    const next = again();
    await next.start(sink);
    await next.direct(ada.id);
    await next.stop(AbortSignal.timeout(2_000));
    fake.write(ada, channel, 'approve 1');
    await again().start(sink);
    await expect.poll(() => received.map(({ text }) => text)).toEqual(['approve 1']);
  });

  it('with somebody who takes no direct messages, or is not there, is refused for good', async () => {
    const { fake, transport, ada } = await started();
    const room = await transport.direct(ada.id);
    fake.rest.closed.add(ada.id);
    const sending = transport.send({ transport: 'discord', room, thread: null }, line('two questions'), 'd1', { again: false });
    expect((await failure(sending)).outcome).toBe('rejected');
    expect((await failure(transport.direct('1'))).outcome).toBe('rejected');
  });
});
