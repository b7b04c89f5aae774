import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Address, IncomingMessage } from '../../src/message/address.ts';
import { action, actions, doc, line, paragraph } from '../../src/message/build.ts';
import { asObject, listAt, objectAt, textAt } from '../../transports/matrix/json.ts';
import { matrixTransport, type MatrixOptions } from '../../transports/matrix/matrix.ts';
import type { StateStore } from '../../transports/matrix/state.ts';
import { SendFailure, type Sink } from '../../transports/transport.ts';
import { describeCards, type CardHarness } from '../contract/card-suite.ts';
import { describeTransport } from '../contract/transport-suite.ts';
import { openGate, type Gate } from '../fakes/gate.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { logIn, type Person } from '../fakes/matrix/person.ts';
import { seenMessages } from '../fakes/matrix/room-view.ts';

/** Set by `npm run test:matrix`, which runs the server. */
const given = process.env['MUSHER_TEST_SYNAPSE'];
const synapse = asObject(JSON.parse(given ?? '{}'));
const url = textAt(synapse, 'url') ?? 'http://127.0.0.1:1';
const password = textAt(synapse, 'password') ?? '';
const missing = process.env['MUSHER_TEST_NO_SYNAPSE'] ?? 'needs a running Synapse: npm run test:matrix';
const reason = given === undefined ? ` (skipped: ${missing})` : '';
const never = new AbortController().signal;
const BOT = '@musher:example.org';

describe.skipIf(given === undefined)(`Matrix on a real Synapse${reason}`, () => {
  let ada: Person;
  let mallory: Person;
  let musher: Person;
  let gate: Gate;
  const running = new Set<{ stop(signal: AbortSignal): Promise<void> }>();
  const errors: unknown[] = [];

  beforeAll(async () => {
    [ada, mallory, musher] = await Promise.all([
      logIn(url, 'ada', password),
      logIn(url, 'mallory', password),
      logIn(url, 'musher', password),
    ]);
    gate = await openGate(new URL(url));
  });
  afterEach(async () => {
    for (const transport of running) await transport.stop(never);
    running.clear();
    errors.length = 0;
  });
  afterAll(() => gate?.shut());

  /** A room with the bot in it. */
  const roomWithBot = async (): Promise<string> => {
    const room = await ada.createRoom({ preset: 'private_chat', invite: [BOT] });
    await musher.request('POST', `/join/${encodeURIComponent(room)}`, {});
    return room;
  };
  const transportFor = (rooms: readonly string[], state: StateStore = memoryState(), options: Partial<MatrixOptions> = {}) => {
    const transport = matrixTransport({
      homeserver: gate.url,
      accessToken: musher.accessToken,
      clock: systemClock(),
      state,
      rooms,
      inviters: [ada.id],
      direct: true,
      cryptoDir: null,
      report: (error) => errors.push(error),
      ...options,
    });
    running.add(transport);
    return transport;
  };
  const collect = (): { received: IncomingMessage[]; sink: Sink; texts: () => string[] } => {
    const received: IncomingMessage[] = [];
    const sink: Sink = (message) => (received.push(message), 'accepted');
    return { received, sink, texts: () => received.map(({ text }) => text) };
  };
  const outOfReach = (transport: ReturnType<typeof transportFor>): string[] => (transport.health().rooms ?? []).map(({ room }) => room);
  const at = (room: string, thread: string | null = null): Address => ({ transport: 'matrix', room, thread });
  const seen = async (room: string) => seenMessages(await ada.events(room), BOT);
  const within = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 10_000, interval: 50 });

  const harness = async (): Promise<CardHarness> => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    return {
      transport,
      room: at(room),
      incoming: async (text) => void (await ada.say(room, text)),
      replying: async ({ id }, text) =>
        void (await ada.say(room, { msgtype: 'm.text', body: text, 'm.relates_to': { 'm.in_reply_to': { event_id: id } } })),
      underneath: async ({ id }, text) => {
        const relation = { rel_type: 'm.thread', event_id: id, is_falling_back: true, 'm.in_reply_to': { event_id: id } };
        await ada.say(room, { msgtype: 'm.text', body: text, 'm.relates_to': relation });
      },
      attaching: async ({ name, type, bytes }, words) => {
        const address = await ada.upload(name, type, bytes);
        const named = words === '' ? { body: name } : { body: words, filename: name };
        await ada.say(room, { msgtype: 'm.image', ...named, url: address, info: { mimetype: type, size: bytes.length } });
      },
      shown: async () => (await seen(room)).map(({ text }) => text).join('\n'),
      messages: async () => (await seen(room)).map(({ counted }) => counted),
      notified: async () => {
        const all = listAt(await ada.request('GET', '/notifications?limit=100'), 'notifications');
        return all.filter((one) => textAt(one, 'room_id') === room && textAt(one['event'], 'sender') === BOT).map(() => ada.id);
      },
      disconnect: () => gate.shut(),
      reconnect: () => gate.open(),
      reported: () => errors,
      erase: async ({ id }) =>
        void (await ada.request('PUT', `/rooms/${encodeURIComponent(room)}/redact/${encodeURIComponent(id)}/${randomUUID()}`, {})),
      close: () => Promise.resolve(),
    };
  };

  describeTransport('matrix on Synapse', harness, {
    fileTrouble: 'Synapse keeps what it has: the fake loses files and names false addresses',
    redelivery: 'Synapse gives an event once for each token; a token that has not moved is a case of its own',
  });
  describeCards('matrix on Synapse', harness);

  describe('what was written while Musher was away', () => {
    it('comes in whole and in order, also when a sync leaves a gap, and nothing comes twice', async () => {
      const room = await roomWithBot();
      const state = memoryState();
      await ada.say(room, 'from before the first start');
      const first = transportFor([room], state);
      const before = collect();
      await first.start(before.sink);
      await ada.say(room, 'while it runs');
      await within(() => expect(before.texts()).toEqual(['while it runs']));
      await first.stop(never);
      const texts = Array.from({ length: 230 }, (_, index) => `command ${index}`);
      for (const text of texts) await ada.say(room, text);
      const second = collect();
      await transportFor([room], state).start(second.sink);
      await within(() => expect(second.received).toHaveLength(texts.length));
      expect(second.texts()).toEqual(texts);
      await ada.say(room, 'and then');
      await within(() => expect(second.texts().at(-1)).toBe('and then'));
      expect(second.received).toHaveLength(texts.length + 1);
    });

    it('comes again after a restart where it could not be stored, with the ids it had', async () => {
      const room = await roomWithBot();
      const state = memoryState();
      const first = transportFor([room], state);
      const ids = new Set<string>();
      await first.start((message) => {
        ids.add(message.id);
        throw new Error('disk full');
      });
      await ada.say(room, 'keep me');
      await within(async () => expect((await seen(room)).map(({ text }) => text).join()).toContain('could not be stored'));
      expect(first.health().problem).toContain('waiting to be stored');
      await first.stop(never);
      const { received, sink } = collect();
      await transportFor([room], state).start(sink);
      await within(() => expect(received).toHaveLength(1));
      expect(received.map(({ id }) => id)).toEqual([...ids]);
    });

    it('is read after a broken connection as well', async () => {
      const room = await roomWithBot();
      const { sink, texts } = collect();
      const transport = transportFor([room]);
      await transport.start(sink);
      await gate.shut();
      await within(() => expect(transport.health().state).toBe('reconnecting'));
      for (let index = 0; index < 120; index++) await ada.say(room, `away ${index}`);
      await gate.open();
      await within(() => expect(texts()).toHaveLength(120));
      expect(texts()).toEqual(Array.from({ length: 120 }, (_, index) => `away ${index}`));
    });
  });

  describe('a message whose fate is unknown', () => {
    /** Sends so that the server takes the message and its answer is lost. */
    const lose = async (room: string, state: StateStore): Promise<void> => {
      const transport = transportFor([room], state);
      await transport.start(collect().sink);
      gate.swallowAnswerTo('/send/m.room.message/');
      const failure = await transport.send(at(room), line('only once'), 'outbox:1', { again: false }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SendFailure);
      expect(failure).toMatchObject({ outcome: 'unknown' });
      await within(async () => expect(await seen(room)).toHaveLength(1));
      await transport.stop(never);
    };

    it('shows once after a restart, and is named as it stands', async () => {
      const room = await roomWithBot();
      const state = memoryState();
      await lose(room, state);
      const transport = transportFor([room], state);
      await transport.start(collect().sink);
      const refs = await transport.send(at(room), line('only once'), 'outbox:1', { again: true });
      expect((await seen(room)).map(({ id }) => id)).toEqual(refs.map(({ id }) => id));
    });

    it('shows once also when the bot has logged in anew since', async () => {
      const room = await roomWithBot();
      const state = memoryState();
      await lose(room, state);
      const anew = await logIn(url, 'musher', password);
      expect(anew.deviceId).not.toBe(musher.deviceId);
      const transport = transportFor([room], state, { accessToken: anew.accessToken });
      await transport.start(collect().sink);
      await transport.send(at(room), line('only once'), 'outbox:1', { again: true });
      expect(await seen(room)).toHaveLength(1);
    });

    it('is taken once by the server itself where it is sent again with the same key', async () => {
      const room = await roomWithBot();
      const state = memoryState();
      await lose(room, state);
      const transport = transportFor([room], state);
      await transport.start(collect().sink);
      // Without looking: what holds is the transaction id.
      await transport.send(at(room), line('only once'), 'outbox:1', { again: false });
      expect(await seen(room)).toHaveLength(1);
    });

    it('does not meet the keys of another database', async () => {
      const room = await roomWithBot();
      await lose(room, memoryState());
      const transport = transportFor([room], memoryState());
      await transport.start(collect().sink);
      await transport.send(at(room), line('another one'), 'outbox:1', { again: true });
      expect((await seen(room)).map(({ text }) => text.trim())).toEqual(['only once', 'another one']);
    });
  });

  describe('limits of the server', () => {
    it('tells how long to wait after too many messages', async () => {
      const room = await roomWithBot();
      const transport = transportFor([room]);
      await transport.start(collect().sink);
      const root = await logIn(url, 'root', password);
      const override = `/_synapse/admin/v1/users/${encodeURIComponent(BOT)}/override_ratelimit`;
      await root.request('POST', override, { messages_per_second: 1, burst_count: 1 });
      try {
        const outcomes = await Promise.allSettled(
          ['a', 'b', 'c', 'd'].map((key) => transport.send(at(room), line(key), key, { again: false })),
        );
        const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
        expect(refused.length).toBeGreaterThan(0);
        for (const failure of refused) {
          expect(failure).toMatchObject({ outcome: 'not-sent', everywhere: true });
          expect((failure as SendFailure).retryAfterMs).toBeGreaterThan(0);
        }
      } finally {
        await root.request('DELETE', override);
      }
    });

    it('posts anew after many edits, and takes the old message back', async () => {
      const room = await roomWithBot();
      const transport = transportFor([room]);
      await transport.start(collect().sink);
      const [ref] = await transport.send(at(room), line('step 0'), 'live', { again: false });
      if (ref === undefined) throw new Error('nothing was sent');
      for (let step = 1; step <= 205; step++) await transport.edit(ref, line(`step ${step}`));
      const messages = await seen(room);
      expect(messages.map(({ text }) => text.trim())).toEqual(['step 205']);
      expect(messages[0]?.id).not.toBe(ref.id);
      const events = await ada.events(room);
      const edits = events.filter((event) => textAt(objectAt(event['content'], 'm.relates_to'), 'event_id') === ref.id);
      expect(edits).toHaveLength(200);
    });

    it('takes a long text on edits as well, and takes back the parts that are no longer needed', async () => {
      const room = await roomWithBot();
      const transport = transportFor([room]);
      await transport.start(collect().sink);
      const [ref] = await transport.send(at(room), line('short'), 'live', { again: false });
      if (ref === undefined) throw new Error('nothing was sent');
      await transport.edit(ref, line('"\\ '.repeat(20_000)));
      expect((await seen(room)).length).toBeGreaterThan(2);
      await transport.edit(ref, line('short again'));
      expect((await seen(room)).map(({ text }) => text.trim())).toEqual(['short again']);
    });
  });

  describe('invitations', () => {
    const members = async (person: Person, room: string) =>
      Object.keys(objectAt(await person.request('GET', `/rooms/${encodeURIComponent(room)}/joined_members`), 'joined'));
    const declined = async (person: Person, room: string): Promise<string> =>
      within(async () => {
        const state = await person.events(room);
        const last = state.findLast((event) => event['type'] === 'm.room.member' && event['state_key'] === BOT);
        expect(textAt(last?.['content'], 'membership')).toBe('leave');
        return textAt(last?.['content'], 'reason') ?? '';
      });

    it('are followed into configured rooms only, and only those of allowed people', async () => {
      const wanted = await ada.createRoom({ preset: 'private_chat' });
      const ofMallory = await mallory.createRoom({ preset: 'private_chat', invite: [BOT] });
      const transport = transportFor([wanted, ofMallory]);
      const { sink, texts } = collect();
      await transport.start(sink);
      expect(outOfReach(transport)).toContain(wanted);
      expect(await declined(mallory, ofMallory)).toContain('only accepts invitations');
      const other = await ada.createRoom({ preset: 'private_chat', invite: [BOT] });
      expect(await declined(ada, other)).toContain('only joins the rooms');
      await ada.say(wanted, '!status said before it came');
      await ada.request('POST', `/rooms/${encodeURIComponent(wanted)}/invite`, { user_id: BOT });
      await within(async () => expect(await members(ada, wanted)).toContain(BOT));
      await ada.say(wanted, '!status');
      await within(() => expect(texts()).toEqual(['!status']));
      expect(outOfReach(transport)).toEqual([ofMallory]);
    });

    it('to a direct room make its messages direct, until a third person is there, and over restarts', async () => {
      const state = memoryState();
      const first = transportFor([], state);
      const { sink, received } = collect();
      await first.start(sink);
      const room = await ada.createRoom({ preset: 'trusted_private_chat', is_direct: true, invite: [BOT, mallory.id] });
      await within(async () => expect(await members(ada, room)).toContain(BOT));
      await ada.say(room, 'status');
      await within(() => expect(received).toHaveLength(1));
      await first.stop(never);
      await transportFor([], state).start(sink);
      await ada.say(room, 'show 42');
      await within(() => expect(received).toHaveLength(2));
      await mallory.request('POST', `/join/${encodeURIComponent(room)}`, {});
      await ada.say(room, 'we talk among us');
      await within(() => expect(received).toHaveLength(3));
      expect(received.map(({ ingress }) => ingress)).toEqual(['direct', 'direct', 'message']);
    });

    it('to an encrypted room are declined with what to install', async () => {
      const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
      const room = await ada.createRoom({ preset: 'private_chat', is_direct: true, initial_state: [encryption], invite: [BOT] });
      await transportFor([room]).start(collect().sink);
      expect(await declined(ada, room)).toContain('download-lib.js');
      expect(await seen(room)).toEqual([]);
    });
  });

  it('sends nothing into a room from the moment it is encrypted, and says so in its health', async () => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    const { sink, received } = collect();
    await transport.start(sink);
    await transport.send(at(room), line('while it is open'), 'k1', { again: false });
    await ada.request('PUT', `/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`, { algorithm: 'm.megolm.v1.aes-sha2' });
    await within(() => expect(transport.health().rooms?.[0]?.why).toContain('download-lib.js'));
    await expect(transport.send(at(room), line('secret'), 'k2', { again: false })).rejects.toMatchObject({ outcome: 'rejected' });
    await ada.say(room, 'a plain text there is not acted on');
    await ada.say(room, 'nor this');
    expect((await seen(room)).map(({ text }) => text.trim())).toEqual(['while it is open']);
    expect(received).toEqual([]);
  });

  it('answers in threads, and tells the thread of a message', async () => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    const { sink, received } = collect();
    await transport.start(sink);
    const root = await ada.say(room, 'the item');
    await ada.say(room, { msgtype: 'm.text', body: 'show 42', 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
    await within(() => expect(received).toHaveLength(2));
    expect(received.map((message) => message.at.thread)).toEqual([null, root]);
    await transport.send(at(room, root), line('in the thread'), 'k1', { again: false });
    expect((await seen(room)).map(({ thread }) => thread)).toEqual([root]);
  });

  it('takes a reaction to an offer as its command, also after a restart, and no other reaction', async () => {
    const room = await roomWithBot();
    const state = memoryState();
    const first = transportFor([room], state);
    await first.start(collect().sink);
    const question = doc(paragraph('Delete 42?'), actions(action('Yes', 'yes', 'danger'), action('No', 'no')));
    const [ref] = await first.send(at(room), question, 'k1', { again: false });
    const id = ref?.id ?? '';
    await first.stop(never);
    const { sink, received } = collect();
    await transportFor([room], state).start(sink);
    await ada.react(room, id, '🎉');
    await ada.react(room, id, '👍🏽');
    await within(() => expect(received).toHaveLength(1));
    expect(received[0]).toMatchObject({ ingress: 'reaction', text: 'yes', sender: { id: ada.id } });
  });

  it('ignores edits, notices, deletions and its own words', async () => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    const { sink, texts } = collect();
    await transport.start(sink);
    const said = await ada.say(room, '!status');
    const edited = { msgtype: 'm.text', body: '!delete 42' };
    await ada.say(room, {
      ...edited,
      body: '* !delete 42',
      'm.new_content': edited,
      'm.relates_to': { rel_type: 'm.replace', event_id: said },
    });
    await ada.say(room, { msgtype: 'm.notice', body: '!delete 42' });
    await musher.say(room, '!delete 42');
    await ada.request('PUT', `/rooms/${encodeURIComponent(room)}/redact/${encodeURIComponent(said)}/r1`, {});
    await ada.say(room, '!last');
    await within(() => expect(texts()).toEqual(['!status', '!last']));
  });

  it('shows that it works by typing', async () => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    const { sink, received } = collect();
    await transport.start(sink);
    await ada.say(room, '!status');
    await within(() => expect(received).toHaveLength(1));
    const message = received[0];
    if (message === undefined) throw new Error('nothing came in');
    let asked = 0;
    const typists = async (): Promise<unknown> => {
      // Synapse answers the same first sync from a cache.
      const sync = await ada.request('GET', `/sync?timeout=${++asked}`);
      const ephemeral = listAt(objectAt(objectAt(objectAt(sync['rooms'], 'join'), room), 'ephemeral'), 'events');
      return (
        objectAt(
          ephemeral.find(({ type }) => type === 'm.typing'),
          'content',
        )['user_ids'] ?? []
      );
    };
    await transport.showWork(message, true);
    await within(async () => expect(await typists()).toEqual([BOT]));
    await transport.showWork(message, false);
    await within(async () => expect(await typists()).toEqual([]));
  });

  it('says which room it was put out of', async () => {
    const room = await roomWithBot();
    const transport = transportFor([room]);
    await transport.start(collect().sink);
    await ada.request('POST', `/rooms/${encodeURIComponent(room)}/kick`, { user_id: BOT });
    await within(() => expect(outOfReach(transport)).toEqual([room]));
    await expect(transport.send(at(room), line('hello?'), 'k1', { again: false })).rejects.toMatchObject({ outcome: 'not-sent' });
  });

  it('says where people continued when its room was upgraded, also after a restart', async () => {
    const room = await roomWithBot();
    const state = memoryState();
    const transport = transportFor([room], state);
    await transport.start(collect().sink);
    const upgraded = await ada.request('POST', `/rooms/${encodeURIComponent(room)}/upgrade`, { new_version: '10' });
    const next = textAt(upgraded, 'replacement_room') ?? '';
    await within(() => expect(transport.health().rooms?.[0]?.why).toContain(`upgraded to ${next}`));
    await transport.stop(AbortSignal.timeout(5_000));
    const again = transportFor([room], state);
    await again.start(collect().sink);
    expect(again.health().rooms?.[0]?.why).toContain(next);
  });

  it('says what is wrong with a token, at start and when it is revoked', async () => {
    const wrong = transportFor([], memoryState(), { accessToken: 'syt_wrong' });
    await expect(wrong.start(collect().sink)).rejects.toMatchObject({ code: 'NETWORK_TOKEN_REFUSED' });
    expect(wrong.health().state).toBe('offline');
    const session = await logIn(url, 'musher', password);
    const transport = transportFor([], memoryState(), { accessToken: session.accessToken });
    await transport.start(collect().sink);
    await session.request('POST', '/logout', {});
    await within(() => expect(transport.health()).toMatchObject({ state: 'offline' }));
    expect(transport.health().problem).toContain('Log in as the bot again');
  });
});
