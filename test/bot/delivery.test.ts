import { expect, test } from 'vitest';
import { Delivery, type SendingNetwork } from '../../src/delivery/delivery.ts';
import { Log } from '../../src/log/log.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { action, actions, command, doc, heading, line, list, table } from '../../src/message/build.ts';
import type { Address } from '../../src/message/address.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { SendFailure } from '../../transports/transport.ts';
import { testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

interface Try {
  readonly text: string;
  readonly again: boolean;
}

const LOST = line('The answer is missing.');
const SECRET = 'an-obviously-fake-secret';

/** A room of a network that answers each sending as it is told, and shows what it took. */
function world(...answers: readonly (Error | 'taken')[]) {
  const places: Address[] = [];
  const rooms: string[] = [];
  const clock = testClock();
  const log = Log.inMemory(clock, redactorFor([SECRET]));
  const tries: Try[] = [];
  const left = [...answers];
  const open = { now: true };
  const network = { state: 'online' };
  const edits: { fails: Error | null } = { fails: null };
  const sender: SendingNetwork = {
    name: 'net',
    capabilities: { edits: true, threads: false, broadcasts: false, pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 } },
    send: (to, body, key, { again }) => {
      rooms.push(to.room);
      tries.push({ text: plainText(body, { width: 80 }), again });
      const answer = left.shift() ?? 'taken';
      return answer === 'taken' ? Promise.resolve([{ transport: to.transport, room: to.room, id: key }]) : Promise.reject(answer);
    },
    edit: () => (edits.fails === null ? Promise.resolve() : Promise.reject(edits.fails)),
    isApart: ({ thread }) => thread === 'answer',
    health: () => network,
  };
  const problems: string[] = [];
  const delivery = new Delivery({
    log,
    clock,
    random: () => 1,
    transports: [sender],
    isOpen: () => open.now,
    lostAnswers: {
      there: LOST,
      elsewhere: ({ asker, where }) => line(`${asker.id} lost an answer in ${where.room}`),
      places: () => places,
    },
    onSent: () => undefined,
    onProblem: (row, error, dead) => void problems.push(`${row.id} ${dead ? 'dead' : 'again'}: ${String(error)}`),
  });
  delivery.start();
  const say = (text: string, notBefore?: number): void => {
    const to = { transport: 'net', room: 'lobby', thread: null };
    log.transaction(
      (tx) =>
        void tx.outbox.add(
          { to, kind: 'notice', body: line(text), inbox: null, item: null, ...(notBefore === undefined ? {} : { notBefore }) },
          tx.now,
        ),
    );
  };
  const tried = (count: number): Promise<void> => eventually(() => expect(tries).toHaveLength(count));
  return { clock, log, tries, problems, delivery, open, network, say, tried, places, rooms, edits };
}

test('a message that was not sent keeps its place and goes out when its wait is over', async () => {
  const { clock, tries, say, tried, delivery } = world(new SendFailure('not-sent', 'busy', { retryAfterMs: 7_000 }));
  say('first');
  say('second');
  await tried(1);
  clock.move(6_999);
  say('third');
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  expect(tries).toHaveLength(1);
  clock.move(1);
  await tried(4);
  expect(tries.map(({ text, again }) => `${text} ${again}`)).toEqual(['first false', 'first false', 'second false', 'third false']);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('what was perhaps sent is settled by its next try, whatever error left it open', async () => {
  const { clock, tries, say, tried, delivery } = world(new Error('connection reset'));
  say('once');
  await tried(1);
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  clock.move(1_000);
  await tried(2);
  expect(tries.map(({ again }) => again)).toEqual([false, true]);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('a message that the network will never take is given up, told, and holds up nothing', async () => {
  const { tries, problems, say, tried, delivery } = world(new SendFailure('rejected', 'no such room'));
  say('lost');
  say('next');
  await tried(2);
  expect(tries.map(({ text }) => text)).toEqual(['lost', 'next']);
  expect(problems).toEqual(['1 dead: SendFailure: no such room']);
  await delivery.stop(AbortSignal.timeout(1_000));
});

const FORMED = doc(
  heading('Cost'),
  table(['Agent', 'Spent'], [['coder-1', '$1.20']]),
  list([['type ', command('cost 1')]]),
  actions(action('Stop', 'stop 1')),
);

function answered(log: Log, body: Document): void {
  const at = { transport: 'net', room: 'lobby', thread: null };
  const sender = { transport: 'net', id: 'u1', name: 'Ada' };
  log.transaction((tx) => {
    const inbox = tx.inbox.receive({ id: 'm-1', at, sender, ingress: 'mention', text: 'cost' }, tx.now);
    tx.outbox.add({ to: at, kind: 'reply', body, inbox, item: null }, tx.now);
  });
}

test('a message that is refused in its form is sent as text, with all that it says', async () => {
  const { log, tries, problems, tried, delivery } = world(new SendFailure('rejected', 'invalid_blocks'));
  answered(log, FORMED);
  await tried(2);
  for (const part of ['Cost', 'coder-1', '$1.20', 'cost 1', 'stop 1']) expect(tries[1]?.text).toContain(part);
  await eventually(() => expect(log.outbox.stateOf(1)).toBe('sent'));
  expect(problems).toEqual(['1 again: SendFailure: invalid_blocks']);
  expect(log.refusals.givenUp()).toEqual([]);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('an answer that is refused in every form is said to be missing where it was asked for, once, and stays counted', async () => {
  const refusal = new SendFailure('rejected', 'too odd');
  const { log, tries, tried, delivery } = world(refusal, refusal, refusal);
  answered(log, FORMED);
  await tried(3);
  expect(tries[2]?.text).toBe(plainText(LOST, { width: 80 }));
  await eventually(() => expect(log.refusals.givenUp()).toMatchObject([{ transport: 'net', room: 'lobby', n: 2 }]));
  await delivery.stop(AbortSignal.timeout(1_000));
  expect(tries).toHaveLength(3);
});

const placed = (room: string): Address => ({ transport: 'net', room, thread: null });

test('where the room itself takes no message, whoever asked is told in the next of their places that does', async () => {
  const refusal = new SendFailure('rejected', 'is_archived');
  const { log, tries, tried, delivery, places, rooms } = world(refusal, refusal, refusal, refusal);
  places.push(placed('lobby'), placed('also-closed'), placed('her-own'), placed('other'));
  answered(log, FORMED);
  await tried(5);
  expect(rooms).toEqual(['lobby', 'lobby', 'lobby', 'also-closed', 'her-own']);
  expect(tries[4]?.text).toBe('u1 lost an answer in lobby');
  await delivery.stop(AbortSignal.timeout(1_000));
  expect(tries).toHaveLength(5);
});

test('whoever can be told nowhere is not looked for without end, and all of it stays counted', async () => {
  const refusal = new SendFailure('rejected', 'is_archived');
  const { log, tries, tried, delivery, places } = world(...Array.from({ length: 30 }, () => refusal));
  places.push(...Array.from({ length: 20 }, (_, n) => placed(`room-${n}`)));
  answered(log, line('done'));
  await tried(7);
  await eventually(() => expect(log.refusals.givenUp().reduce((sum, { n }) => sum + n, 0)).toBe(7));
  await delivery.stop(AbortSignal.timeout(1_000));
  expect(tries).toHaveLength(7);
});

test('the next process goes on looking for a place where the one before had ended', async () => {
  const refusal = new SendFailure('rejected', 'is_archived');
  const { log, tried, delivery } = world(refusal, refusal);
  answered(log, line('done'));
  await tried(2);
  await eventually(() => expect(log.outbox.stateOf(2)).toBe('dead'));
  await delivery.stop(AbortSignal.timeout(1_000));
  expect(log.refusals.lostIn(2)).toEqual({
    asker: { transport: 'net', id: 'u1', name: 'Ada' },
    where: { transport: 'net', room: 'lobby' },
    tried: [{ transport: 'net', room: 'lobby' }],
  });
});

test('what was given up is counted until an answer that showed the count has reached somebody, also after a month', async () => {
  const refusal = new SendFailure('rejected', 'is_archived');
  const { log, say, tried, delivery, clock } = world(refusal, refusal);
  say('lost');
  say('lost too');
  await tried(2);
  await eventually(() => expect(log.refusals.givenUp()).toMatchObject([{ n: 2 }]));
  clock.move(40 * 24 * 60 * 60_000);
  log.prune(clock.now());
  expect(log.refusals.givenUp()).toMatchObject([{ n: 2 }]);
  // A `health` whose answer has not left yet has shown nobody anything.
  log.refusals.shownIn(1);
  expect(log.refusals.givenUp()).toMatchObject([{ n: 2 }]);
  answered(log, line('2 messages could not be delivered'));
  await tried(3);
  await eventually(() => expect(log.refusals.givenUp()).toEqual([]));
  log.prune(clock.now());
  expect(log.outbox.stateOf(1)).toBeNull();
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('a message for after the quiet hours waits, and others pass it', async () => {
  const { clock, tries, say, tried, delivery } = world();
  say('in the morning', clock.now() + 60_000);
  say('now');
  await tried(1);
  expect(tries[0]?.text).toBe('now');
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  clock.move(60_000);
  await tried(2);
  expect(tries[1]?.text).toBe('in the morning');
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('what waits for a network that is not connected yet is not tried, and goes out when it is', async () => {
  const { tries, problems, say, tried, delivery, open } = world();
  open.now = false;
  say('first');
  say('second');
  await new Promise(setImmediate);
  expect({ tries, problems }).toEqual({ tries: [], problems: [] });
  open.now = true;
  delivery.wake();
  await tried(2);
  expect(tries.map(({ again }) => again)).toEqual([false, false]);
});

/** Lets a message fail so often, each time after the longest wait. */
async function failsOften({ clock, tried, say, delivery }: ReturnType<typeof world>, times: number): Promise<void> {
  say('news');
  for (let n = 1; n <= times; n++) {
    await tried(n);
    await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
    clock.move(6 * 60_000);
  }
  await tried(times + 1);
  await delivery.stop(AbortSignal.timeout(1_000));
}

test.each([
  ['says to come back later', new SendFailure('not-sent', 'slow down', { retryAfterMs: 30_000 })],
  ['takes nothing from anybody', new SendFailure('not-sent', 'the token was revoked', { everywhere: true })],
])('no message is given up because its network %s, however long', async (_, failure) => {
  const all = world(...Array.from({ length: 60 }, () => failure));
  await failsOften(all, 60);
  expect(all.tries.at(-1)).toEqual({ text: 'news', again: false });
  expect(all.problems.filter((problem) => problem.includes('dead'))).toEqual([]);
});

test('no message is given up because its network is away, however long', async () => {
  const all = world(...Array.from({ length: 60 }, () => new Error('reset')));
  all.network.state = 'reconnecting';
  await failsOften(all, 60);
  expect(all.problems.filter((problem) => problem.includes('dead'))).toEqual([]);
});

test('a message that a network which is there does not take is given up after 210 tries', async () => {
  const { clock, tried, say, problems, delivery } = world(...Array.from({ length: 220 }, () => new Error('HTTP 500')));
  say('poison');
  for (let n = 1; n < 210; n++) {
    await tried(n);
    await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
    clock.move(6 * 60_000);
  }
  await eventually(() => expect(problems.at(-1)).toBe('1 dead: Error: HTTP 500'));
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('what waits for a network that was away goes out when it is back, also after many tries, and what comes then at once after it', async () => {
  const all = world(...Array.from({ length: 9 }, () => new SendFailure('not-sent', 'no way there', { everywhere: true })));
  const { clock, tried, say, network, log, tries, delivery } = all;
  network.state = 'reconnecting';
  say('news');
  for (let n = 1; n <= 9; n++) {
    await tried(n);
    await eventually(() => expect(clock.waiting()).toBeGreaterThan(1));
    if (n < 9) clock.move(60_000);
  }
  // A restart does not wait for it either.
  expect(log.outbox.next('net', 'lobby', clock.now())?.nextTry).toBe(0);
  say('an answer');
  network.state = 'online';
  clock.move(1_000);
  await tried(11);
  expect(tries.slice(-2).map(({ text }) => text)).toEqual(['news', 'an answer']);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('what a network that is away asked for with a refusal is waited for all the same', async () => {
  const { clock, tried, say, network, tries, delivery } = world(new SendFailure('not-sent', 'slow down', { retryAfterMs: 7_000 }));
  network.state = 'reconnecting';
  say('news');
  await tried(1);
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  network.state = 'online';
  clock.move(6_999);
  await new Promise(setImmediate);
  expect(tries).toHaveLength(1);
  clock.move(1);
  await tried(2);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('a look of a live reply shows no secret either', async () => {
  const { delivery, tries } = world();
  const at = { transport: 'net', room: 'lobby', thread: null };
  const sender = { transport: 'net', id: 'ada', name: 'Ada' };
  await delivery.live.show({ id: 'm1', at, sender, ingress: 'message', text: 'htop' }, 1, line(`agent --key ${SECRET}`));
  expect(tries).toHaveLength(1);
  expect(tries[0]?.text).not.toContain(SECRET);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('a live reply that a restart broke off waits for its network, and goes on in the message that stands there', async () => {
  const { clock, log, open, delivery: before, network, tries } = world();
  const at = { transport: 'net', room: 'lobby', thread: null };
  const htop = { id: 'm1', at, sender: { transport: 'net', id: 'ada', name: 'Ada' }, ingress: 'message' as const, text: 'htop' };
  const inbox = log.transaction((tx) => tx.inbox.receive(htop, tx.now)) ?? 0;
  await before.stop(AbortSignal.timeout(1_000));
  open.now = false;
  const edits: string[] = [];
  const keys: string[] = [];
  const delivery = new Delivery({
    log,
    clock,
    random: () => 1,
    transports: [
      {
        name: 'net',
        capabilities: { edits: true, threads: false, broadcasts: false, pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 } },
        send: (to, _body, key, { again }) => {
          keys.push(`${key} ${again}`);
          return Promise.resolve([{ transport: to.transport, room: to.room, id: key }]);
        },
        edit: (ref) => Promise.resolve(void edits.push(ref.id)),
        health: () => network,
      },
    ],
    isOpen: () => open.now,
    onSent: () => undefined,
    onProblem: () => undefined,
  });
  delivery.start();
  const shown = delivery.live.show(htop, inbox, line('1 s left'));
  await new Promise(setImmediate);
  expect(keys).toEqual([]);
  open.now = true;
  delivery.wake();
  await shown;
  log.transaction((tx) => void tx.outbox.add({ to: at, kind: 'reply', body: line('after 1 s'), inbox, item: null }, tx.now));
  await eventually(() => expect(edits).toEqual([`live:${inbox}`, `live:${inbox}`]));
  expect(keys).toEqual([`live:${inbox} true`]);
  expect(tries).toEqual([]);
  await delivery.stop(AbortSignal.timeout(1_000));
});

test('a live reply waits no longer than half a minute for its network, and not at the end', async () => {
  const { clock, log, open, delivery: before } = world();
  const at = { transport: 'net', room: 'lobby', thread: null };
  const htop = { id: 'm1', at, sender: { transport: 'net', id: 'ada', name: 'Ada' }, ingress: 'message' as const, text: 'htop' };
  const inbox = log.transaction((tx) => tx.inbox.receive(htop, tx.now)) ?? 0;
  await before.stop(AbortSignal.timeout(1_000));
  open.now = false;
  const parts = { log, clock, random: () => 1, isOpen: () => open.now, onSent: () => undefined, onProblem: () => undefined };
  const pace = { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 };
  const away: SendingNetwork = {
    name: 'net',
    capabilities: { edits: true, threads: false, broadcasts: false, pace },
    send: () => Promise.reject(new Error('the network is away')),
    edit: () => Promise.reject(new Error('the network is away')),
  };
  const delivery = new Delivery({ ...parts, transports: [away] });
  delivery.start();
  const over: string[] = [];
  const first = delivery.live.show(htop, inbox, line('1 s left')).then(() => over.push('first'));
  clock.move(29_999);
  await new Promise(setImmediate);
  expect(over).toEqual([]);
  clock.move(1);
  await first;
  await delivery.live.show(htop, inbox, line('after 1 s'));
  await delivery.stop(AbortSignal.timeout(1_000));
  const next = new Delivery({ ...parts, transports: [away] });
  next.start();
  const second = next.live.show(htop, inbox, line('1 s left')).then(() => over.push('second'));
  await new Promise(setImmediate);
  next.giveUpReturns();
  await second;
  expect(over).toEqual(['first', 'second']);
  await next.stop(AbortSignal.timeout(1_000));
});

const APART = { transport: 'net', room: 'lobby', thread: 'answer' };

/** Stores an answer at an address of its own as the router does; gives how far it went with the commit. */
function storeAnswer({ log, delivery }: ReturnType<typeof world>, text: string): 'begun' | 'queued' {
  return log.transaction((tx) => {
    const message = { to: APART, kind: 'notice', body: line(text), inbox: null, item: null } as const;
    if (!delivery.maySendAtOnce(APART)) {
      tx.outbox.add(message, tx.now);
      return 'queued';
    }
    const row = tx.outbox.addBegun(message, tx.now);
    tx.afterCommit(() => delivery.sendBegun(row));
    return 'begun';
  });
}

test('an answer at an address of its own is sent with the commit that stores it, once, and nothing passes it', async () => {
  const all = world();
  expect(all.delivery.maySendAtOnce({ ...APART, thread: null })).toBe(false);
  expect(storeAnswer(all, `one ${SECRET}`)).toBe('begun');
  // Before anything else could run.
  expect(all.tries).toEqual([{ text: 'one [redacted: configured secret]', again: false }]);
  expect(storeAnswer(all, 'two')).toBe('queued');
  await all.tried(2);
  expect(all.tries.map(({ again }) => again)).toEqual([false, false]);
  await eventually(() => expect([1, 2].map((id) => all.log.outbox.stateOf(id))).toEqual(['sent', 'sent']));
  await all.delivery.stop(AbortSignal.timeout(1_000));
});

test('such an answer waits where its network is away or not connected, and where its room waits for something', async () => {
  const all = world();
  all.network.state = 'reconnecting';
  expect(all.delivery.maySendAtOnce(APART)).toBe(false);
  all.network.state = 'online';
  all.open.now = false;
  all.say('news');
  expect(all.delivery.maySendAtOnce(APART)).toBe(false);
  all.open.now = true;
  expect(all.delivery.maySendAtOnce(APART)).toBe(false);
  all.delivery.wake();
  await all.tried(1);
  await eventually(() => expect(all.delivery.maySendAtOnce(APART)).toBe(true));
  await all.delivery.stop(AbortSignal.timeout(1_000));
});

test('an answer whose first try is of unknown outcome is settled by the next, also by the next Musher', async () => {
  const all = world(new Error('connection reset'));
  storeAnswer(all, 'once');
  await eventually(() => expect(all.clock.waiting()).toBeGreaterThan(0));
  all.clock.move(60_000);
  await all.tried(2);
  expect(all.tries.map(({ again }) => again)).toEqual([false, true]);
  await all.delivery.stop(AbortSignal.timeout(1_000));
  const id = all.log.outbox.addBegun({ to: APART, kind: 'notice', body: line('died'), inbox: null, item: null }, 0).id;
  expect(all.log.outbox.next('net', 'lobby', all.clock.now())).toMatchObject({ id, state: 'sending', attempts: 1 });
});

test('the answer of a live reply whose message somebody deleted is sent anew and not lost', async () => {
  const { log, tries, problems, tried, delivery, edits } = world();
  const at = { transport: 'net', room: 'lobby', thread: null };
  const message = { id: 'm1', at, sender: { transport: 'net', id: 'ada', name: 'Ada' }, ingress: 'message', text: 'coverage run' } as const;
  const inbox = log.transaction((tx) => tx.inbox.receive(message, tx.now)) ?? 0;
  await delivery.live.show(message, inbox, line('measuring'));
  edits.fails = new SendFailure('rejected', 'the message was deleted');
  log.transaction((tx) => void tx.outbox.add({ to: at, kind: 'reply', body: line('83 %'), inbox, item: null }, tx.now));
  await tried(2);
  await delivery.stop(AbortSignal.timeout(1_000));
  expect(tries.map(({ text }) => text)).toEqual(['measuring', '83 %']);
  expect([problems, log.outbox.stateOf(1)]).toEqual([[], 'sent']);
});
