import { afterEach, expect, test } from 'vitest';
import { Delivery, type SendingNetwork } from '../../src/delivery/delivery.ts';
import { Log } from '../../src/log/log.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { SendFailure, type MessageRef } from '../../transports/transport.ts';
import { numbered, testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const deliveries: Delivery[] = [];
afterEach(async () => {
  for (const delivery of deliveries.splice(0)) await delivery.stop(AbortSignal.timeout(1_000));
});

type Fault = (text: string, thread: string | null) => Error | null;

/** A room of a network with threads, and what it shows: `text @thread`, in order. */
function world(options: { broadcasts?: boolean; log?: Log } = {}) {
  const clock = testClock();
  const log = options.log ?? Log.inMemory(clock);
  const shown: string[] = [];
  const opened: string[] = [];
  const control: { fault: Fault; under: (ref: MessageRef, name: string) => Promise<string | null> } = {
    fault: () => null,
    under: (ref, name) => {
      opened.push(`${ref.id} ${name}`);
      return Promise.resolve(`t:${ref.id}`);
    },
  };
  const sender: SendingNetwork = {
    name: 'net',
    capabilities: {
      edits: false,
      threads: true,
      broadcasts: options.broadcasts ?? false,
      pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 },
    },
    send: (to, body, key, { again, broadcast }) => {
      const text = plainText(body, { width: 80 });
      const error = control.fault(text, to.thread);
      if (error !== null) return Promise.reject(error);
      shown.push(`${text} @${to.thread ?? 'room'}${broadcast ? '+room' : ''}${again ? ' again' : ''}`);
      return Promise.resolve([{ transport: to.transport, room: to.room, id: key }]);
    },
    edit: () => Promise.resolve(),
    threadUnder: (ref, name) => control.under(ref, name),
  };
  const delivery = new Delivery({
    log,
    clock,
    random: () => 1,
    transports: [sender],
    isOpen: () => true,
    onSent: () => undefined,
    onProblem: () => undefined,
  });
  deliveries.push(delivery);
  delivery.start();
  const say = (text: string, inThread: 'within' | 'beside' | null = 'within', more: { number?: number; notBefore?: number } = {}): void => {
    const { number = 42, ...others } = more;
    const to = { transport: 'net', room: 'lobby', thread: null };
    const item = { project: 'shop', number };
    log.transaction((tx) => void tx.outbox.add({ to, kind: 'notice', body: line(text), inbox: null, item, inThread, ...others }, tx.now));
  };
  /** What is shown once so many messages are. */
  const shows = async (count: number): Promise<readonly string[]> => {
    await eventually(() => expect(shown.length).toBeGreaterThanOrEqual(count));
    return shown;
  };
  return { clock, log, shown, opened, control, delivery, say, shows };
}

test('the first message of an item stands in the room, the others in the thread under it; each item has its own', async () => {
  const { say, shows, opened, log } = world();
  const payload = { type: 'bug', title: 'Fix\nthe login', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
  log.transaction((tx) => {
    for (let n = 1; n <= 42; n++)
      tx.record({ project: 'shop', item: numbered(n), actor: 'x:y', cause: null, kind: 'item.created', payload });
  });
  say('started');
  say('failed');
  say('other', 'within', { number: 7 });
  say('tested');
  expect(await shows(4)).toEqual(['started @room', 'failed @t:outbox:1', 'other @room', 'tested @t:outbox:1']);
  expect(opened).toEqual(['outbox:1 42 Fix the login']);
});

test('what nobody must miss stands in the room itself, and in the thread too where a message can be at both places', async () => {
  const plain = world();
  plain.say('started');
  plain.say('merged', 'beside');
  expect(await plain.shows(2)).toEqual(['started @room', 'merged @room']);
  const both = world({ broadcasts: true });
  both.say('started');
  both.say('merged', 'beside');
  expect(await both.shows(2)).toEqual(['started @room', 'merged @t:outbox:1+room']);
});

test('a message whose first one is not known to be there waits for that to be settled', async () => {
  const { say, shows, control, clock } = world();
  let lost = true;
  control.fault = (text) => (text === 'started' && lost ? new SendFailure('unknown', 'no answer') : null);
  say('started');
  say('failed');
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  lost = false;
  clock.move(1_000);
  expect(await shows(2)).toEqual(['started @room again', 'failed @t:outbox:1']);
});

test('where the first message was given up the next one takes its place', async () => {
  const { say, shows, control } = world();
  control.fault = (text) => (text === 'started' ? new SendFailure('rejected', 'too odd') : null);
  say('started');
  say('failed');
  say('tested');
  expect(await shows(2)).toEqual(['failed @room', 'tested @t:outbox:2']);
});

test('where somebody deleted the first message, or threads are not allowed, the next one takes its place', async () => {
  const { say, shows, control } = world();
  control.under = (ref) => Promise.resolve(ref.id === 'outbox:1' ? null : `t:${ref.id}`);
  say('started');
  say('failed');
  say('tested');
  expect(await shows(3)).toEqual(['started @room', 'failed @room', 'tested @t:outbox:2']);
});

test('a message for a thread that is gone goes into the room, once, and begins another thread', async () => {
  const { say, shows, control } = world();
  say('started');
  say('failed');
  expect(await shows(2)).toEqual(['started @room', 'failed @t:outbox:1']);
  control.fault = (_, thread) => (thread === 't:outbox:1' ? new SendFailure('rejected', 'no thread', { threadGone: true }) : null);
  say('tested');
  say('merging');
  expect(await shows(4)).toEqual(['started @room', 'failed @t:outbox:1', 'tested @room', 'merging @t:outbox:3']);
});

test('a reply into a thread that is gone goes into its room', async () => {
  const { log, shows, control } = world();
  control.fault = (_, thread) => (thread === null ? null : new SendFailure('rejected', 'no thread', { threadGone: true }));
  const to = { transport: 'net', room: 'lobby', thread: 'old' };
  log.transaction((tx) => void tx.outbox.add({ to, kind: 'notice', body: line('pong'), inbox: null, item: null }, tx.now));
  expect(await shows(1)).toEqual(['pong @room']);
});

test('a thread that cannot be opened now is tried again, and nothing passes it', async () => {
  const { say, shows, shown, control, clock } = world();
  let broken = true;
  control.under = (ref) => (broken ? Promise.reject(new Error('reset')) : Promise.resolve(`t:${ref.id}`));
  say('started');
  say('failed');
  say('tested');
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  expect(shown).toEqual(['started @room']);
  broken = false;
  clock.move(1_000);
  // It was never sent before: there is nothing to look for.
  expect(await shows(3)).toEqual(['started @room', 'failed @t:outbox:1', 'tested @t:outbox:1']);
});

test('a message that waits for the morning holds up nothing; the first that is shown has the thread', async () => {
  const { say, shows, clock } = world();
  say('started', 'within', { notBefore: clock.now() + 60_000 });
  say('failed');
  expect(await shows(1)).toEqual(['failed @room']);
  await eventually(() => expect(clock.waiting()).toBeGreaterThan(0));
  clock.move(60_000);
  say('tested');
  expect(await shows(3)).toEqual(['failed @room', 'started @t:outbox:2', 'tested @t:outbox:2']);
});

test('what was perhaps sent before a crash is looked for at the same place', async () => {
  const before = world();
  before.say('started');
  expect(await before.shows(1)).toEqual(['started @room']);
  // The process ended right after it had given the message to the network.
  before.control.fault = () => new Error('killed');
  before.say('failed');
  await eventually(() => expect(before.log.outbox.stateOf(2)).toBe('sending'));
  await before.delivery.stop(AbortSignal.abort());
  // Also where the item was purged since: in the room it would stand a second time.
  before.log.threads.forgetItem('shop', 42);
  const after = world({ log: before.log });
  after.clock.move(60_000);
  expect(await after.shows(1)).toEqual(['failed @t:outbox:1 again']);
});

test('a purge forgets the item’s threads', async () => {
  const { say, shows, log } = world();
  say('started');
  say('failed');
  expect(await shows(2)).toEqual(['started @room', 'failed @t:outbox:1']);
  log.threads.forgetItem('shop', 42);
  expect(log.threads.get({ transport: 'net', room: 'lobby', project: 'shop', item: 42 })).toBeNull();
});
