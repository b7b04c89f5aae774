import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import { action, actions, doc, line, paragraph } from '../../../src/message/build.ts';
import { textAt } from '../../../transports/matrix/json.ts';
import { MATRIX_LIMITS } from '../../../transports/matrix/limits.ts';
import { matrixTransport } from '../../../transports/matrix/matrix.ts';
import { STATE_KEYS, type StateStore } from '../../../transports/matrix/state.ts';
import { FakeHomeserver } from '../../fakes/matrix/homeserver.ts';
import { memoryState } from '../../fakes/matrix/memory-state.ts';
import { seenMessages } from '../../fakes/matrix/room-view.ts';
import { eventually } from '../../eventually.ts';

const ROOM = '!room:example.org';
const OTHER = '!other:example.org';
const never = new AbortController().signal;
const at = { transport: 'matrix', room: ROOM, thread: null };

describe('the Matrix transport', () => {
  let server: FakeHomeserver;
  let state: StateStore;
  let received: IncomingMessage[];
  let errors: unknown[];
  let called: [string, string | null][];
  /** The waits of more than half a minute, which are those after a refused token, are over at once. */
  let hurried: boolean;
  const system = systemClock();
  const clock: Clock = {
    now: () => system.now(),
    at: (time, fire) => system.at(hurried && time - system.now() > 30_000 ? system.now() + 20 : time, fire),
  };
  const running = new Set<ReturnType<typeof matrixTransport>>();

  beforeEach(async () => {
    server = new FakeHomeserver();
    await server.listen();
    server.createRoom(ROOM);
    state = memoryState();
    received = [];
    errors = [];
    called = [];
    hurried = false;
  });
  afterEach(async () => {
    for (const transport of running) await transport.stop(never);
    running.clear();
    await server.close();
  });

  const started = async (rooms: readonly string[] = [ROOM], sink = (message: IncomingMessage) => void received.push(message)) => {
    const transport = matrixTransport({
      homeserver: server.url,
      accessToken: server.accessToken,
      clock,
      state,
      rooms,
      inviters: ['@ada:example.org'],
      direct: true,
      cryptoDir: null,
      report: (error) => errors.push(error),
      people: { called: (id, name) => void called.push([id, name]), nameOf: () => null },
    });
    running.add(transport);
    await transport.start((message) => (sink(message), 'accepted'));
    return transport;
  };
  const seen = () => seenMessages(server.rooms.get(ROOM)?.events ?? [], server.me).map(({ text }) => text.trim());

  it('tells how members are called: as they come, are renamed, and after a restart, when no sync repeats it', async () => {
    const joins = (name?: string): Record<string, unknown> => ({
      type: 'm.room.member',
      state_key: '@ada:example.org',
      sender: '@ada:example.org',
      content: { membership: 'join', ...(name === undefined ? {} : { displayname: name }) },
    });
    server.add(ROOM, joins('Ada'));
    await (await started()).stop(never);
    server.add(ROOM, joins('Countess'));
    await (await started()).stop(never);
    called.length = 0;
    await started();
    server.say(ROOM, 'status');
    await eventually(() => expect(called).toEqual([['@ada:example.org', 'Countess']]));
    server.say(ROOM, 'ask [anybody](https://matrix.to/#/@ada:example.org)');
    await eventually(() => expect(received.at(-1)).toMatchObject({ sender: { name: 'Countess' }, text: 'ask @Countess' }));
    server.add(ROOM, joins());
    await eventually(() => expect(called.at(-1)).toEqual(['@ada:example.org', null]));
  });

  it('opens one conversation with a person alone and keeps to it, also where the end of Musher came before it was noted', async () => {
    const ada = '@ada:example.org';
    const transport = await started();
    const room = await transport.direct(ada);
    expect(await transport.direct(ada)).toBe(room);
    await transport.send({ transport: 'matrix', room, thread: null }, line('two questions'), 'd1', { again: false });
    server.say(room, 'approve 1');
    await eventually(() => expect(received.at(-1)).toMatchObject({ ingress: 'direct', at: { room }, text: 'approve 1' }));
    await transport.stop(never);
    server.forgetDirect();
    expect(await (await started()).direct(ada)).toBe(room);
    // Somebody else has come in: what is for one person is not said there.
    server.rooms.get(room)?.members.add('@eve:example.org');
    expect(await (await started()).direct(ada)).not.toBe(room);
  });

  it('says at once that somebody can’t be written to', async () => {
    server.unreachable.add('@gone:example.org');
    await expect((await started()).direct('@gone:example.org')).rejects.toMatchObject({ outcome: 'rejected' });
  });

  it('passes on who mentions it in a room that it does not serve, and nothing else of it', async () => {
    server.createRoom(OTHER);
    await started();
    const pill = `<a href="https://matrix.to/#/${server.me}">Musher</a>`;
    server.say(OTHER, 'between us');
    server.say(OTHER, '!status');
    server.say(OTHER, 'thanks Musher', { format: 'org.matrix.custom.html', formatted_body: `thanks, ${pill}` });
    server.say(OTHER, 'Musher status', { format: 'org.matrix.custom.html', formatted_body: `${pill} status` });
    server.say(ROOM, 'status');
    await eventually(() =>
      expect(received.map(({ text, at: { room } }) => `${room} ${text}`).toSorted()).toEqual(
        [`${OTHER} <@${server.me}> status`, `${ROOM} status`].toSorted(),
      ),
    );
  });

  it('is called by its new name as soon as it is renamed', async () => {
    const transport = await started();
    const content = { membership: 'join', displayname: 'The Builder' };
    server.add(ROOM, { type: 'm.room.member', state_key: server.me, sender: server.me, content });
    await eventually(() => expect(transport.identity()?.names).toContain('The Builder'));
  });

  it('moves the sync token only behind what is stored, and holds a room in order until then', async () => {
    server.createRoom(OTHER);
    let full = true;
    const transport = await started([ROOM, OTHER], (message) => {
      if (full && message.text === 'first') throw new Error('disk full');
      received.push(message);
    });
    const token = state.get(STATE_KEYS.syncToken);
    server.say(ROOM, 'first');
    server.say(ROOM, 'second');
    server.say(OTHER, 'elsewhere');
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['elsewhere']));
    expect(state.get(STATE_KEYS.syncToken)).toBe(token);
    expect(transport.health().problem).toContain('2 messages are waiting');
    full = false;
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['elsewhere', 'first', 'second']));
    await eventually(() => expect(state.get(STATE_KEYS.syncToken)).not.toBe(token));
    expect(transport.health().problem).toBeNull();
    expect(errors.map(String)).toEqual(['Error: disk full']);
  });

  it('fills a gap over several pages, in order', async () => {
    const first = await started();
    await first.stop(never);
    server.timelineLimit = 2;
    const texts = Array.from({ length: 12 }, (_, index) => `command ${index}`);
    for (const text of texts) server.say(ROOM, text);
    await started();
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(texts));
  });

  it('does not read what was said before it was in the room, also behind a gap', async () => {
    server.createRoom(OTHER, { joined: false });
    server.timelineLimit = 2;
    const transport = await started([ROOM, OTHER]);
    for (let index = 0; index < 9; index++) server.say(OTHER, `before ${index}`);
    server.invite(OTHER, '@ada:example.org');
    await eventually(() => expect(server.rooms.get(OTHER)?.joined).toBe(true));
    await transport.stop(never);
    for (let index = 0; index < 9; index++) server.say(OTHER, `after ${index}`);
    await started([ROOM, OTHER]);
    await eventually(() => expect(received).toHaveLength(9));
    expect(received.map(({ text }) => text)).toEqual(Array.from({ length: 9 }, (_, index) => `after ${index}`));
  });

  it.each([
    ['someone who is not allowed', '@mallory:example.org', {}, 'only accepts invitations'],
    ['the same name on another server', '@ada:evil.org', {}, 'only accepts invitations'],
    ['an allowed person into an encrypted room', '@ada:example.org', { encrypted: true }, 'download-lib.js'],
  ])('declines an invitation of %s', async (_, inviter, options, reason) => {
    await started([ROOM, OTHER]);
    server.invite(OTHER, inviter, options);
    await eventually(() => expect(server.reasons.join()).toContain(reason));
    expect(server.requests.filter((request) => request.startsWith('POST /_matrix/client/v3/join'))).toEqual([]);
  });

  it('sends nothing where it cannot learn whether the room is encrypted', async () => {
    const transport = await started([ROOM]);
    server.rooms.delete(OTHER);
    server.createRoom(OTHER, { encrypted: true });
    await expect(transport.send({ ...at, room: OTHER }, line('secret'), 'k1', { again: false })).rejects.toMatchObject({
      outcome: 'rejected',
    });
    await server.close();
    await eventually(() => expect(transport.health().state).toBe('reconnecting'));
    await expect(transport.send(at, line('secret'), 'k2', { again: false })).rejects.toMatchObject({ outcome: 'not-sent' });
    await server.listen();
    expect(server.sentTo(OTHER)).toEqual([]);
  });

  it('comes back by itself when the server takes its token again, and takes what was said meanwhile', async () => {
    const transport = await started();
    const token = server.accessToken;
    hurried = true;
    server.accessToken = 'another';
    // A sync that waits already gets this, and is refused when it asks again.
    server.say(ROOM, '!nothing yet');
    await eventually(() =>
      expect(transport.health()).toMatchObject({
        state: 'offline',
        problem: expect.stringContaining('Log in as the bot again') as unknown,
      }),
    );
    server.say(ROOM, '!status');
    server.accessToken = token;
    await eventually(() => expect(received).toHaveLength(2));
    hurried = false;
    await eventually(() => expect(transport.health()).toMatchObject({ state: 'online', problem: null }));
  });

  it('takes what is well formed among what no client would send, whatever its size', async () => {
    const transport = await started();
    const message = (content: unknown, more = {}) =>
      server.add(ROOM, { type: 'm.room.message', sender: '@ada:example.org', content, ...more });
    const text = (body: unknown, more = {}) => message({ msgtype: 'm.text', body, ...more });
    for (const content of [undefined, null, [], 'text', {}, { msgtype: 'm.text' }, { msgtype: 7, body: '!no' }]) message(content);
    text(7);
    text('!no', { 'm.new_content': 7 });
    text('!no', { 'm.relates_to': { rel_type: 'm.replace', event_id: 7 } });
    text('!odd relation', { 'm.relates_to': [[{ rel_type: 'm.replace' }]] });
    for (const more of [{ sender: 7 }, { event_id: 7 }, { event_id: 'x' }, { state_key: '' }, { type: 7 }])
      message({ msgtype: 'm.text', body: '!no' }, more);
    for (const relation of [7, [], { event_id: 7, key: '👍' }, { event_id: '__proto__', key: 'constructor' }])
      message({ 'm.relates_to': { rel_type: 'm.annotation', ...Object(relation) } }, { type: 'm.reaction' });
    for (const key of [7, '__proto__', '@ada:example.org'])
      message({ membership: 'join', displayname: { of: 'nobody' } }, { type: 'm.room.member', state_key: key });
    message({ replacement_room: {} }, { type: 'm.room.tombstone', state_key: '' });
    text('x'.repeat(5_000_000));
    text('!broken pill', { formatted_body: '<a href="https://matrix.to/#/%E0%A4%A">x</a>' });
    text('!long html', { formatted_body: '<a '.repeat(100_000) });
    text('!long quote', { formatted_body: '<mx-reply>'.repeat(20_000), 'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } } });
    server.say(ROOM, '!after');
    await eventually(() => expect(received.at(-1)?.text).toBe('!after'));
    const taken = ['!odd relation', 'x'.repeat(5_000_000), '!broken pill', '!long html', '!long quote', '!after'];
    expect(received.map((one) => (one.text === taken[1] ? 'long' : one.text))).toEqual(
      taken.map((one) => (one === taken[1] ? 'long' : one)),
    );
    expect(transport.health()).toMatchObject({ state: 'online', problem: null, rooms: [] });
    expect(errors).toEqual([]);
  });

  it('says where people continued when a room was upgraded, also after a restart', async () => {
    const transport = await started();
    expect(transport.health().rooms).toEqual([]);
    server.add(ROOM, { type: 'm.room.tombstone', state_key: '', sender: '@ada:example.org', content: { replacement_room: '!new:x' } });
    const upgraded = [{ room: ROOM, why: expect.stringContaining('upgraded to !new:x') as unknown }];
    await eventually(() => expect(transport.health().rooms).toEqual(upgraded));
    await transport.stop(never);
    expect((await started()).health().rooms).toEqual(upgraded);
    // For the log file, once.
    expect(errors.map(String)).toEqual([`Error: ${ROOM} was upgraded to !new:x.`]);
  });

  it('refuses an encrypted room that it is already in, and sends no plain text there', async () => {
    server.createRoom(OTHER, { encrypted: true });
    const transport = await started([ROOM, OTHER]);
    expect(transport.health()).toMatchObject({ state: 'online' });
    expect(transport.health().rooms).toMatchObject([{ room: OTHER, why: expect.stringContaining('download-lib.js') }]);
    server.say(OTHER, '!status');
    server.say(ROOM, '!status');
    await eventually(() => expect(received).toHaveLength(1));
    expect(received[0]?.at.room).toBe(ROOM);
    expect(server.sentTo(OTHER)).toEqual([]);
  });

  it('finds an earlier sending that the server has forgotten the transaction of', async () => {
    const first = await started();
    server.mishaps = [{ kind: 'drop-reply' }];
    await expect(first.send(at, line('only once'), 'outbox:1', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await first.stop(never);
    server.forgetTransactions();
    for (let index = 0; index < 5; index++) server.say(ROOM, `talk ${index}`);
    const second = await started();
    const refs = await second.send(at, line('only once'), 'outbox:1', { again: true });
    expect(seen()).toEqual(['only once']);
    expect(refs[0]?.id).toBe(server.sentTo(ROOM)[0]?.['event_id']);
  });

  it('sends after a failure only the parts that are missing', async () => {
    const transport = await started();
    server.mishaps = [{ kind: 'drop-reply' }];
    const long = line(Array.from({ length: 6_000 }, (_, index) => `w${index}`).join(' '));
    await expect(transport.send(at, long, 'outbox:1', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    const refs = await transport.send(at, long, 'outbox:1', { again: true });
    expect(refs.length).toBeGreaterThan(1);
    expect(seen()).toHaveLength(refs.length);
  });

  it('gives a limit and an unknown fate to whoever sends', async () => {
    const transport = await started();
    server.mishaps = [{ kind: 'limit', header: '2', ms: null }, { kind: 'limit', header: null, ms: 700 }, { kind: 'fail' }];
    const send = () => transport.send(at, line('x'), 'k1', { again: false });
    await expect(send()).rejects.toMatchObject({ outcome: 'not-sent', retryAfterMs: 2_000, everywhere: true });
    await expect(send()).rejects.toMatchObject({ outcome: 'not-sent', retryAfterMs: 700 });
    await expect(send()).rejects.toMatchObject({ outcome: 'unknown' });
    await send();
    expect(seen()).toEqual(['x']);
  });

  it('forgets the offer of a message that was edited to have none', async () => {
    const transport = await started();
    const [ref] = await transport.send(at, doc(paragraph('Sure?'), actions(action('Yes', 'yes'), action('No', 'no'))), 'k1', {
      again: false,
    });
    if (ref === undefined) throw new Error('nothing was sent');
    const react = (key: string) =>
      server.add(ROOM, {
        type: 'm.reaction',
        sender: '@ada:example.org',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: ref.id, key } },
      });
    react('👎');
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['no']));
    await transport.edit(ref, line('Nothing was done.'));
    react('👍');
    server.say(ROOM, 'after it');
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['no', 'after it']));
  });

  it('has no reaction for an action that needs words, and says what to type', async () => {
    const transport = await started();
    const reject = { ...action('Reject', 'reject shop#1'), typed: 'reject 1 <reason>', asks: { title: 'Reject #1', label: 'Reason' } };
    const [ref] = await transport.send(at, doc(actions(reject, action('Approve', 'approve shop#1'))), 'k1', { again: false });
    expect(seen().join()).toMatch(/\nReject: !reject 1 <reason>\n👍 Approve: !approve shop#1/);
    const relation = { rel_type: 'm.annotation', event_id: ref?.id, key: '👍' };
    server.add(ROOM, { type: 'm.reaction', sender: '@ada:example.org', content: { 'm.relates_to': relation } });
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['approve shop#1']));
  });

  it('knows what a reaction stands for also where it is not known yet whether the message arrived', async () => {
    const transport = await started();
    server.mishaps = [{ kind: 'drop-reply' }];
    const question = doc(paragraph('Sure?'), actions(action('Yes', 'yes'), action('No', 'no')));
    await expect(transport.send(at, question, 'k1', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    const id = textAt(server.sentTo(ROOM).at(-1), 'event_id') ?? '';
    const relation = { rel_type: 'm.annotation', event_id: id, key: '👍' };
    server.add(ROOM, { type: 'm.reaction', sender: '@ada:example.org', content: { 'm.relates_to': relation } });
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['yes']));
  });

  it('remembers a bounded number of offers', async () => {
    const transport = await started();
    for (let index = 0; index < MATRIX_LIMITS.reactionCommands + 5; index++)
      await transport.send(at, doc(actions(action('Yes', `yes ${index}`))), `k${index}`, { again: false });
    expect(JSON.parse(state.get(STATE_KEYS.reactionCommands) ?? '[]')).toHaveLength(MATRIX_LIMITS.reactionCommands);
  });

  it('types while at least one message of a room is worked on', async () => {
    const transport = await started();
    server.say(ROOM, '!status');
    await eventually(() => expect(received).toHaveLength(1));
    const [message] = received;
    if (message === undefined) throw new Error('nothing came in');
    await transport.showWork(message, true);
    await transport.showWork(message, true);
    await transport.showWork(message, false);
    expect(server.typing.get(ROOM)).toBe(true);
    await transport.showWork(message, false);
    expect(server.typing.get(ROOM)).toBe(false);
  });

  it('skips events that are not well formed', async () => {
    await started();
    for (const content of [null, 'x', [], { 'm.relates_to': 'x', msgtype: 'm.text', body: {} }])
      server.add(ROOM, { type: 'm.room.message', sender: '@ada:example.org', content });
    server.add(ROOM, { type: 42, content: {} });
    server.say(ROOM, 'well formed');
    await eventually(() => expect(received.map(({ text }) => text)).toEqual(['well formed']));
  });

  it('marks each message with its own name, under which it is found again', async () => {
    const transport = await started();
    await transport.send(at, line('x'), 'outbox:7', { again: false });
    expect(textAt(server.contentOf(ROOM)[0], 'musher.key')).toBe(`${state.get(STATE_KEYS.transactionPrefix)}.outbox:7.0`);
  });

  it.each([
    ['an address that is none', 'not an address', 'is not the address of a homeserver'],
    ['an address where nobody listens', 'http://127.0.0.1:1', 'does not answer'],
  ])('does not start with %s, and says so', async (_, homeserver, text) => {
    const transport = matrixTransport({
      homeserver,
      accessToken: 'x',
      clock: systemClock(),
      state,
      rooms: [],
      inviters: [],
      direct: false,
      cryptoDir: null,
      report: () => {},
    });
    await expect(transport.start(() => 'accepted')).rejects.toThrow(text);
    expect(transport.health()).toMatchObject({ state: 'offline' });
    await transport.stop(never);
  });
});
