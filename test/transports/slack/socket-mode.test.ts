import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { APP_TOKEN } from '../../fakes/slack/methods.ts';
import { FakeSlack } from '../../fakes/slack/slack.ts';
import { never, open, prepare, start } from './workspace.ts';
import { eventually } from '../../eventually.ts';

/** The machine's clock, whose timers fire so many times as soon. */
function fast(times: number): Clock {
  const system = systemClock();
  return { now: () => system.now(), at: (time, fire) => system.at(system.now() + (time - system.now()) / times, fire) };
}

describe('Socket Mode', () => {
  it('keeps two connections', async () => {
    const { slack } = await open();
    await eventually(() => expect(slack.sockets.connected).toBe(2));
  });

  it('acknowledges a message only when it is kept', async () => {
    const { slack, sink, received, errors } = await open();
    slack.sockets.ackDeadlineMs = 30;
    sink.fails = new Error('disk full');
    expect(await slack.say('<@UBOT> status').heard).toBe(false);
    expect(slack.sockets.acknowledged).toBe(0);
    expect(errors.map(String)).toContain('Error: disk full');
    // Told once, however often it was delivered.
    await eventually(() => expect(slack.rooms.said('C1')).toHaveLength(1));
    sink.fails = null;
    // An acknowledgement that is late on a loaded machine has the message delivered again.
    slack.sockets.ackDeadlineMs = 60_000;
    expect(await slack.say('<@UBOT> status').heard).toBe(true);
    expect(received).toHaveLength(1);
  });

  it('gives a message that could not be stored again when Slack delivers it again', async () => {
    const { slack, sink, received } = await open();
    slack.sockets.ackDeadlineMs = 200;
    sink.fails = new Error('disk full');
    const { message, heard } = slack.say('<@UBOT> status');
    await eventually(() => expect(slack.rooms.said('C1')).toHaveLength(1));
    sink.fails = null;
    expect(await heard).toBe(true);
    expect(received.map(({ id }) => id)).toEqual([`ev:C1:${message.ts}`]);
  });

  it('gives all copies of an envelope the same id', async () => {
    const { slack, received } = await open();
    slack.sockets.copies = 3;
    await slack.slash('status');
    await eventually(() => expect(received).toHaveLength(3));
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  it('stays online while one connection is refreshed, and has two again', async () => {
    const { slack, transport, received } = await open();
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    const opened = slack.called('apps.connections.open').length;
    slack.sockets.refresh(1);
    await eventually(() => expect(slack.called('apps.connections.open').length).toBe(opened + 1));
    expect(transport.health().state).toBe('online');
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    expect(await slack.say('<@UBOT> status').heard).toBe(true);
    expect(received).toHaveLength(1);
  });

  it('comes back when no new connection can be had for a while', async () => {
    const { slack, transport } = await open();
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    slack.trouble(
      'apps.connections.open',
      { kind: 'broken' },
      { kind: 'refused', error: 'internal_error' },
      { kind: 'reply lost' },
      { kind: 'garbled' },
    );
    slack.sockets.cut();
    await eventually(() => expect(transport.health().state).toBe('reconnecting'));
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    expect(transport.health()).toMatchObject({ state: 'online', problem: null });
  });

  it('says which channel it is not in, until it is invited', async () => {
    const opened = await prepare();
    const { slack, transport, received } = opened;
    slack.rooms.members.delete('C1');
    opened.state.set('last:C1', '1.000000');
    await start(opened);
    await eventually(() =>
      expect(transport.health().rooms).toEqual([{ room: 'C1', why: expect.stringContaining('Invite the app to the channel') as unknown }]),
    );
    slack.rooms.members.add('C1');
    expect(await slack.say('<@UBOT> status').heard).toBe(true);
    expect(received).toHaveLength(1);
    expect(transport.health().rooms).toEqual([]);
  });

  it.each([
    'nonsense',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"type":"events_api"}',
    '{"type":"events_api","payload":null}',
    '{"type":"events_api","payload":{"event":7}}',
    '{"type":"slash_commands","envelope_id":"x"}',
    '{"type":"interactive","envelope_id":"x","payload":{"type":"block_actions","team":{"id":"T1"},"api_app_id":"A1","actions":"none"}}',
    '{"type":"something_new","envelope_id":"x","payload":{}}',
  ])('goes on after the frame %s', async (frame) => {
    const { slack, received } = await open();
    slack.sockets.raw(frame);
    expect(await slack.say('<@UBOT> status').heard).toBe(true);
    expect(received).toHaveLength(1);
  });

  it('leaves out what is of another app or workspace', async () => {
    const { slack, received, errors } = await open();
    await slack.slash('status', { team_id: 'T2' });
    await slack.slash('status', { api_app_id: 'A2' });
    expect(received).toEqual([]);
    expect(errors).toHaveLength(2);
  });
});

describe('after a gap', () => {
  it('reads what was written meanwhile, in order and with the ids that events give, threads and direct messages too', async () => {
    const opened = await open();
    const { slack, received, transport } = opened;
    const { message: root, heard } = slack.say('<@UBOT> status');
    await heard;
    await slack.say('status', { channel: 'D1' }).heard;
    slack.goAway();
    await eventually(() => expect(transport.health().state).toBe('reconnecting'));
    const missed = [
      slack.say('<@UBOT> show 1').message,
      slack.say('<@UBOT> show 2', { thread: root.ts }).message,
      slack.say('<@UBOT> delete 3', { edited: true }).message,
      slack.say('<@UBOT> show 4', { user: 'UBOT', bot: true }).message,
      slack.say('show 5', { channel: 'D1' }).message,
      slack.say('<@UBOT> show 6').message,
    ];
    slack.comeBack();
    await eventually(() => expect(received).toHaveLength(6));
    const [one, two, , , five, six] = missed;
    expect(received.slice(2).map(({ id }) => id)).toEqual([
      `ev:C1:${one?.ts}`,
      `ev:C1:${two?.ts}`,
      `ev:C1:${six?.ts}`,
      `ev:D1:${five?.ts}`,
    ]);
    expect(received.slice(2).map(({ ingress }) => ingress)).toEqual(['mention', 'mention', 'mention', 'direct']);
    expect(received[3]?.at.thread).toBe(root.ts);
  });

  it('reads what was written while it was not running in a thread that began days ago, and forgets one that is gone', async () => {
    const first = await open();
    const { slack, state } = first;
    const days = [3, 4].map((n) => `${Math.floor(Date.now() / 1_000) - n * 86_400}.000100`);
    const [root, gone] = days.map((ts) => slack.say('an item', { ts, user: 'UBOT', bot: true }).message);
    for (const one of [root, gone]) expect(await slack.say('<@UBOT> show 1', { thread: one?.ts ?? '' }).heard).toBe(true);
    await first.transport.stop(never);
    const { message } = slack.say('<@UBOT> approve 1', { thread: root?.ts ?? '' });
    for (const one of slack.rooms.all.filter(({ ts, thread }) => gone !== undefined && (ts === gone.ts || thread === gone.ts)))
      slack.rooms.remove(one);
    const second = await open({}, { slack, state });
    await eventually(() => expect(second.received.map(({ id }) => id)).toEqual([`ev:C1:${message.ts}`]));
    await second.transport.stop(never);
    expect(state.get('threads:C1')).toBe(root?.ts);
    expect(second.errors).toEqual([]);
  });

  it('reads what was written while it was not running, but nothing from before it first ran', async () => {
    const slack = new FakeSlack();
    await slack.start();
    slack.say('<@UBOT> show 1', { ts: '1700000000.000100' });
    const first = await open({}, { slack });
    await eventually(() => expect(first.state.size).toBeGreaterThan(0));
    await slack.say('<@UBOT> show 2').heard;
    await first.transport.stop(never);
    slack.say('<@UBOT> show 3');
    const second = await open({}, { slack, state: first.state });
    await eventually(() => expect(second.received.map(({ text }) => text)).toEqual(['<@UBOT> show 3']));
    expect(first.received.map(({ text }) => text)).toEqual(['<@UBOT> show 2']);
    expect(first.errors).toEqual([]);
  });

  it('reads what was written after it was killed in its first seconds', async () => {
    const first = await open();
    await eventually(() => expect(first.state.get('last:C1')).toBeDefined());
    // What a kill leaves: nothing of what an orderly end keeps.
    const state = new Map(first.state);
    await first.transport.stop(never);
    first.slack.say('<@UBOT> status');
    const second = await prepare({}, { slack: first.slack, state });
    await start(second);
    await eventually(() => expect(second.received.map(({ text }) => text)).toHaveLength(1));
  });

  it('reads again what could not be stored, after a restart at the latest', async () => {
    const first = await open();
    const { slack, sink, state } = first;
    slack.sockets.ackDeadlineMs = 20;
    sink.fails = new Error('disk full');
    const { message, heard } = slack.say('<@UBOT> status');
    await heard;
    sink.fails = null;
    await slack.say('<@UBOT> show 2').heard;
    await first.transport.stop(never);
    const second = await open({}, { slack, state });
    await eventually(() => expect(second.received.map(({ id }) => id)).toContain(`ev:C1:${message.ts}`));
  });

  it('continues with the other channels where one cannot be read', async () => {
    const state = new Map([
      ['last:C7', '1700000000.000000'],
      ['last:C1', '1700000000.000000'],
    ]);
    const slack = new FakeSlack();
    await slack.start();
    slack.say('<@UBOT> status');
    const { received, errors } = await open({ rooms: () => ['C7', 'C1'] }, { slack, state });
    await eventually(() => expect(received).toHaveLength(1));
    expect(errors.map(String).join()).toContain('C7');
  });
});

describe('many channels', () => {
  it('are read as fast as Slack allows, and each is', async () => {
    const rooms = Array.from({ length: 5 }, (_, index) => `C${index + 1}`);
    const slack = new FakeSlack();
    await slack.start();
    for (const room of rooms) {
      slack.rooms.members.add(room);
      slack.say('<@UBOT> status', { channel: room });
    }
    slack.trouble('conversations.history', { kind: 'limited', seconds: 1 }, { kind: 'limited', seconds: 1 });
    const state = new Map(rooms.map((room) => [`last:${room}`, '1700000000.000000']));
    const { received, errors } = await open({ rooms: () => rooms, clock: fast(20) }, { slack, state });
    await eventually(() => expect(received.map(({ at }) => at.room)).toEqual(rooms));
    expect(errors).toEqual([]);
  });
});

describe('the start', () => {
  it.each([
    ['auth.test', 'invalid_auth', 'The bot token is not valid', 'NETWORK_TOKEN_REFUSED'],
    ['auth.test', 'account_inactive', 'removed from the workspace', 'NETWORK_TOKEN_REFUSED'],
    ['apps.connections.open', 'not_allowed_token_type', 'xapp-', 'NETWORK_TOKEN_REFUSED'],
    ['apps.connections.open', 'forbidden_team', 'Socket Mode is off', 'NETWORK_PERMISSION_MISSING'],
    ['auth.test', 'missing_scope', 'slack-manifest', 'NETWORK_PERMISSION_MISSING'],
    ['apps.connections.open', 'invalid_auth', 'The app-level token is not valid', 'NETWORK_TOKEN_REFUSED'],
    ['apps.connections.open', 'missing_scope', 'connections:write', 'NETWORK_PERMISSION_MISSING'],
    ['apps.connections.open', 'internal_error', 'keeps retrying', 'NETWORK_REFUSED'],
  ])('says what is wrong when %s answers %s', async (method, error, words, code) => {
    const opened = await prepare();
    opened.slack.trouble(method, { kind: 'refused', error });
    await expect(start(opened)).rejects.toMatchObject({ code, hint: expect.stringContaining(words) as string });
    expect(opened.transport.health()).toMatchObject({ state: 'offline', problem: expect.stringContaining(words) });
  });

  it('says so when Slack cannot be reached', async () => {
    const gone = new FakeSlack();
    await gone.start();
    const { apiUrl } = gone;
    await gone.close();
    const opened = await prepare({ apiUrl });
    await expect(start(opened)).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
  });

  it('does not wait for ever for a greeting', async () => {
    const opened = await prepare({ clock: fast(100) });
    opened.slack.sockets.silent = true;
    await expect(start(opened)).rejects.toThrow('no greeting came');
  });

  it('says who the bot is', async () => {
    const { transport } = await open();
    expect(transport.identity()).toEqual({ ids: ['UBOT'], names: ['musher'] });
  });

  it('learns its new name when it is renamed', async () => {
    const system = systemClock();
    const clock: Clock = {
      now: () => system.now(),
      // Minutes pass at once.
      at: (time, fire) => system.at(time - system.now() > 60_000 ? system.now() + 5 : time, fire),
    };
    const { slack, transport } = await open({ clock });
    slack.botName = 'Hal';
    await eventually(() => expect(transport.identity()?.names).toEqual(['musher', 'Hal']));
  });

  it('can be tried again', async () => {
    const opened = await prepare();
    opened.slack.trouble('auth.test', { kind: 'broken' });
    await expect(start(opened)).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
    await start(opened);
    expect(opened.transport.health()).toMatchObject({ state: 'online', problem: null });
  });
});

describe('the end', () => {
  it('leaves no connection and no timer of its clock, also where the server does not close', async () => {
    const system = systemClock();
    const timers = new Set<object>();
    const clock = {
      now: () => system.now(),
      at(time: number, fire: () => void) {
        const timer = {};
        timers.add(timer);
        const cancel = system.at(time, () => {
          timers.delete(timer);
          fire();
        });
        return () => {
          timers.delete(timer);
          cancel();
        };
      },
    };
    const { slack, transport } = await open({ clock, intake: { kind: 'socket', appToken: APP_TOKEN } });
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    await slack.say('<@UBOT> status').heard;
    await transport.stop(never);
    await eventually(() => expect(slack.sockets.connected).toBe(0));
    expect(timers.size).toBe(0);
    expect(transport.health().state).toBe('stopped');
  });

  it('comes in time while Slack does not answer a call for a connection', async () => {
    const { slack, transport } = await open();
    await eventually(() => expect(slack.sockets.connected).toBe(2));
    slack.trouble('apps.connections.open', { kind: 'slow', ms: 60_000 }, { kind: 'slow', ms: 60_000 });
    slack.sockets.cut();
    await eventually(() => expect(transport.health().state).toBe('reconnecting'));
    const before = Date.now();
    await transport.stop(never);
    expect(Date.now() - before).toBeLessThan(3_000);
  });

  it('comes in time while it is reconnecting', async () => {
    const { slack, transport } = await open();
    slack.goAway();
    await eventually(() => expect(transport.health().state).toBe('reconnecting'));
    const before = Date.now();
    await transport.stop(never);
    expect(Date.now() - before).toBeLessThan(3_000);
  });
});
