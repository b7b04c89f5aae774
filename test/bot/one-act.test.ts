import { actorName } from '../../src/pipeline/actor.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recordEnd } from '../../src/engine/parts.ts';
import { Log } from '../../src/log/log.ts';
import { plainText } from '../../src/message/plain.ts';
import { startNotify, type NotifiedRoom, type Notifying } from '../../src/notices/notify.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import {
  blockedStage,
  doneStage,
  makeDesk,
  mergeStage,
  moveTo,
  numbered,
  projectSettings,
  seeWork,
  SHA,
  startRun,
  testClock,
  when,
  worldOver,
  type Desk,
  type TestClock,
  type World,
} from '../commands/harness.ts';

/** From where a command comes: `alone` is answered for the asker's eyes, the last two stand in threads. */
const FROM = { room: null, alone: 'alone', 'a thread': 'elsewhere' } as const;
const HERE = 'lobby';
const OTHER = 'other';

let desk: Desk;
let log: Log;
let clock: TestClock;
let world: World;
let notify: Notifying;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
afterEach(async () => {
  notify.stop();
  await world.close();
});

/** Two rooms that are told everything, in one style. */
function open(style: NotifiedRoom['style'] = 'messages'): void {
  clock = testClock();
  log = Log.inMemory(clock);
  const rooms = [HERE, OTHER].map((room): NotifiedRoom => ({
    to: { transport: 'test', room, thread: null },
    project: 'shop',
    notify: ['stages', 'failures', 'approvals', 'merges', 'limits'],
    style,
    buttons: false,
    pressable: false,
    notBefore: (now) => now,
  }));
  notify = startNotify({
    log,
    nameOf: actorName,
    settingsOf: (name) => projectSettings(name, '/shop'),
    roomsOf: (project) => (project === 'shop' ? rooms : []),
    allRooms: () => rooms,
    places: {
      isPrivate: ({ thread }) => thread === 'alone',
      inPublic: (to) => ({ ...to, thread: null }),
      threadOf: ({ thread }) => thread,
    },
    timezone: 'UTC',
    onError: (error) => {
      throw error;
    },
  });
  world = worldOver(log, clock, [desk, {}, [], {}, undefined, undefined, () => notify]);
}

/** What a room is sent, in order. */
function sent(room: string): { text: string; thread: string | null; inThread: string | null }[] {
  notify.catchUp();
  return log.outbox
    .open('test', room, 100)
    .map(({ body, to, inThread }) => ({ text: plainText(body, { width: 300 }), thread: to.thread, inThread }));
}

/** The engine ends what was asked for. */
function end<K extends Parameters<typeof recordEnd>[2]>(number: number, kind: K, payload: ItemEvents[K]): void {
  log.transaction((tx) => void recordEnd(tx, { project: 'shop', number: numbered(number) }, kind, payload));
}
const REVERTED = {
  cause: 'rejected',
  summary: { kind: 'merge-reverted', by: 'test:operator', said: 'It broke.' },
  evidence: '',
} as const;
const reverted = (n: number): void =>
  end(n, 'item.moved', { to: { name: 'current' }, why: { kind: 'failed' }, failure: REVERTED, refuses: [] });
const notReverted = (n: number): void => end(n, 'item.errand_failed', { errand: 'undo', why: { kind: 'not-merged' }, files: [] });
const removed = (n: number): void => end(n, 'item.removed', { done: [], left: [] });
const notRemoved = (n: number): void =>
  end(n, 'item.removed', { done: [], left: [{ kind: 'step-failed', step: 'worktree', error: 'busy' }] });

const inBacklog = (): number => world.make();
function inCurrent(): number {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  seeWork(world, n);
  return n;
}
function inQa(): number {
  const n = inCurrent();
  moveTo(world, n, { name: 'qa' });
  return n;
}
function isDone(): number {
  const n = inCurrent();
  moveTo(world, n, mergeStage);
  world.record(n, 'merge.attempted', { commit: SHA, base: SHA, head: SHA, outcome: 'clean', files: [] });
  moveTo(world, n, doneStage);
  return n;
}
function isBlocked(): number {
  const n = inCurrent();
  moveTo(world, n, blockedStage());
  return n;
}
/** Held for review on its way through qa. */
function isHeld(): number {
  const n = inQa();
  moveTo(world, n, blockedStage('reviewHeld'));
  return n;
}
function inRun(): number {
  const n = inCurrent();
  startRun(world, n);
  return n;
}
function dependent(): number {
  const on = world.make();
  return world.make({ dependsOn: [on] });
}

interface Act {
  readonly typed: string;
  readonly made: () => number;
  /** It asks first. */
  readonly asks?: true;
  /** What the engine does then. */
  readonly engine?: (n: number) => void;
  /** How many messages other rooms get of it. */
  readonly others: 0 | 1;
}

/** Each command that changes an item. */
const ACTS: readonly Act[] = [
  { typed: 'start N', made: inBacklog, others: 1 },
  { typed: 'move N current', made: inQa, others: 1 },
  { typed: 'move N archived', made: inCurrent, others: 1 },
  { typed: 'move N archived', made: inRun, others: 1 },
  { typed: 'approve N', made: inQa, others: 1 },
  { typed: 'reject N Too short.', made: inQa, others: 1 },
  // It is moved twice, and told once.
  { typed: 'reject N Too short.', made: isHeld, others: 1 },
  { typed: 'accept N', made: isDone, others: 1 },
  { typed: 'accept N', made: isHeld, others: 1 },
  { typed: 'retry N', made: isBlocked, others: 1 },
  { typed: 'unblock N', made: isBlocked, others: 1 },
  { typed: 'undo N It broke.', made: isDone, asks: true, engine: reverted, others: 1 },
  { typed: 'undo N It broke.', made: isDone, asks: true, engine: notReverted, others: 1 },
  { typed: 'delete N', made: inBacklog, asks: true, engine: removed, others: 0 },
  { typed: 'delete N', made: inCurrent, asks: true, engine: notRemoved, others: 1 },
  { typed: 'stop N', made: inCurrent, others: 0 },
  { typed: 'edit N title Another', made: inBacklog, others: 0 },
  { typed: 'assign N coder-1', made: inBacklog, others: 0 },
  { typed: 'depends N on nothing', made: dependent, others: 0 },
];

/** Says it as somebody in that place, confirms it where it asks, and lets the engine do its part. */
async function act({ typed, made, asks, engine }: Act, thread: string | null): Promise<number> {
  const n = made();
  sent(HERE);
  const options = { from: { at: { transport: 'test', room: HERE, thread } } } as const;
  const before = log.outbox.open('test', HERE, 100).length;
  const text = typed.replace('N', String(n));
  if (asks) await world.say(text, options);
  const questions = asks ? 1 : 0;
  const answer = world.say(asks ? 'yes' : text, options);
  if (engine !== undefined) {
    await when(log, () => world.item(n).errand !== null || world.item(n).deletedAt !== null);
    engine(n);
  }
  expect([null, 'undo-failed', 'delete-incomplete']).toContain((await answer).code);
  return before + questions;
}

describe.each(Object.entries(FROM))('an act of a person is one message in each room, said in %s', (_, thread) => {
  it.each(ACTS)('$typed of one that was $made.name', async (one) => {
    open();
    const before = await act(one, thread);
    const here = sent(HERE).slice(before);
    expect(here.map(({ text }) => text)).toHaveLength(1);
    // The others in the room can read it wherever there is news in it.
    expect(here[0]?.thread).toBe(one.others === 1 && thread === 'alone' ? null : thread);
    const rest = sent(OTHER);
    expect(rest.length - (before - (one.asks ? 1 : 0))).toBe(one.others);
  });
});

describe('in a room that gathers each item’s news in a thread', () => {
  it('the answer begins the thread, or stands beside it, and no notice comes besides', async () => {
    open('threads');
    const n = world.make();
    await world.say(`start ${n}`, { room: HERE });
    expect(sent(HERE)).toMatchObject([{ inThread: 'beside' }]);
    expect(sent(OTHER)).toMatchObject([{ inThread: 'within' }]);
    // What is news for no room belongs to no thread.
    await world.say(`stop ${n}`, { room: HERE });
    expect(sent(HERE).map(({ inThread }) => inThread)).toEqual(['beside', null]);
  });

  it('an answer in the item’s own thread is all that it gets there; one in another thread is no news of the item', async () => {
    open('threads');
    const n = inQa();
    const key = { transport: 'test', room: HERE, project: 'shop', item: n };
    const [root] = log.outbox.open('test', HERE, 1);
    sent(HERE);
    log.threads.begin(key, root?.id ?? 1);
    log.threads.settle(key, root?.id ?? 1, { id: 'its own' });
    const at = (thread: string) => ({ from: { at: { transport: 'test', room: HERE, thread } } });
    const before = sent(HERE).length;
    await world.say(`move ${n} current`, at('its own'));
    expect(sent(HERE)).toHaveLength(before + 1);
    await world.say(`move ${n} archived`, at('another'));
    expect(sent(HERE)).toHaveLength(before + 3);
  });
});

describe('what is done later, in which Musher', () => {
  /** A revert that was confirmed and is not done yet. */
  async function asked(thread: string | null = null): Promise<{ n: number; answer: Promise<unknown>; before: number }> {
    const n = isDone();
    sent(HERE);
    const options = { from: { at: { transport: 'test', room: HERE, thread } } };
    await world.say(`undo ${n} It broke.`, options);
    const before = sent(HERE).length;
    const answer = world.say('yes', options);
    await when(log, () => world.item(n).errand !== null);
    return { n, answer: answer.catch(() => null), before };
  }
  const texts = (before: number): string[] =>
    sent(HERE)
      .slice(before)
      .map(({ text }) => text);

  it('dies between the effect and its answer is told in the answer of the next one, and in the other rooms once', async () => {
    open();
    const { n, before } = await asked('alone');
    const others = sent(OTHER).length;
    // As it lies in the log of one that died: the effect is there, its notice waits, and there is no answer.
    reverted(n);
    notify.catchUp();
    expect(log.outbox.heldFor(log.inbox.lastId())).toHaveLength(1);
    world = world.restarted({});
    await when(log, () => log.inbox.get(log.inbox.lastId())?.state === 'done');
    expect(texts(before)).toEqual([expect.stringContaining('back in current, its merge was reverted by')]);
    expect(sent(HERE).at(-1)?.thread).toBeNull();
    expect(log.outbox.heldFor(log.inbox.lastId())).toEqual([]);
    expect(sent(OTHER)).toHaveLength(others + 1);
  });

  it('dies before the effect is answered by the next one, which tells the effect when it comes', async () => {
    open();
    const { n, before } = await asked();
    world = world.restarted({});
    await when(log, () => log.inbox.get(log.inbox.lastId())?.state === 'done');
    expect(texts(before)).toEqual([expect.stringContaining('Musher restarted')]);
    reverted(n);
    expect(texts(before)).toHaveLength(2);
    expect(texts(before)[1]).toContain('back in current, its merge was reverted by');
  });

  it('takes longer than anybody waits for an answer is told when it comes', async () => {
    open();
    const { n, answer, before } = await asked();
    clock.move(60_000);
    await answer;
    expect(texts(before)).toEqual([expect.stringContaining('Reverting the merge')]);
    notReverted(n);
    expect(texts(before)).toHaveLength(2);
    expect(texts(before)[1]).toContain('could not be reverted');
  });
});

it('an answer comes after the notices of what was before it, also where both come at one moment', async () => {
  open();
  const n = inCurrent();
  moveTo(world, n, { name: 'qa' });
  const answer = world.say(`approve ${n}`, { room: HERE });
  await answer;
  const moves = sent(HERE).map(({ text }) => /waiting for review|approved by|moved to current|started/.exec(text)?.[0]);
  expect(moves).toEqual(['started', 'waiting for review', 'approved by']);
});

it('an answer in the commit that takes the command in waits for its turn where notices would come after it', async () => {
  open();
  const n = inCurrent();
  notify.catchUp();
  const sender = { transport: 'test', id: 'operator', name: 'Some operator' };
  const at = { transport: 'test', room: HERE, thread: null };
  const id = await log.inSharedCommit(() => {
    moveTo(world, n, { name: 'qa' });
    return world.receive({ id: 'now', at, sender, ingress: 'terminal', text: `approve ${n}` });
  });
  await when(log, () => log.inbox.get(id ?? 0)?.state === 'done');
  const moves = sent(HERE).map(({ text }) => /waiting for review|approved by|started/.exec(text)?.[0]);
  expect(moves).toEqual(['started', 'waiting for review', 'approved by']);
});
