import { actorName } from '../../src/pipeline/actor.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from '../../src/log/log.ts';
import type { OutboxRow } from '../../src/log/tables/outbox.ts';
import { plainText } from '../../src/message/plain.ts';
import type { ItemEventKind, ItemEvents, NewEvent } from '../../src/pipeline/events.ts';
import { KINDS } from '../../src/pipeline/kinds.ts';
import { undoPositionOf } from '../../src/pipeline/undo-position.ts';
import { isNews } from '../../src/notices/news.ts';
import { startNotify, type NotifiedRoom } from '../../src/notices/notify.ts';
import { history, play } from '../log/random-history.ts';
import { blockedStage, doneStage, numbered, projectSettings, SHA, testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const links = { item: 'https://tracker.example.org/shop/{item}', commit: 'https://git.example.org/commit/{commit}' };
const roomOf = (room: string, more: Partial<NotifiedRoom> = {}): NotifiedRoom => ({
  to: { transport: 'net', room, thread: null },
  project: 'shop',
  notify: ['stages', 'failures', 'approvals', 'merges', 'limits'],
  style: 'messages',
  buttons: false,
  pressable: false,
  notBefore: (now) => now,
  ...more,
});

let log: Log;
let rooms: NotifiedRoom[];
let stop: () => void;
let position: () => number;
beforeEach(() => {
  log = Log.inMemory(testClock());
  rooms = [];
  const settings = { ...projectSettings('shop', '/shop'), links };
  const notify = startNotify({
    log,
    nameOf: actorName,
    settingsOf: () => settings,
    roomsOf: () => rooms,
    allRooms: () => rooms,
    places: {
      isPrivate: ({ thread }) => thread === 'private',
      inPublic: (to) => ({ ...to, thread: null }),
      threadOf: ({ thread }) => thread,
    },
    timezone: 'UTC',
    onError: (error) => {
      throw error;
    },
  });
  stop = () => notify.stop();
  position = () => notify.position;
});
afterEach(() => {
  stop();
  log.close();
});

const record = <K extends ItemEventKind>(kind: K, payload: ItemEvents[K]): void => {
  log.transaction((tx) => void tx.record({ project: 'shop', item: numbered(1), actor: 'musher', cause: null, kind, payload } as NewEvent));
};
const about = { project: 'shop', item: numbered(1), cause: null } as const;
const told = async (room: string): Promise<OutboxRow[]> => {
  await eventually(() => expect(position()).toBe(log.reads.lastSeq()));
  return log.outbox.open('net', room, 100);
};
/** From an idea to a merge, by way of an attempt that failed and of a person's review. */
const live = (): void => {
  record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
  const move = (to: ItemEvents['item.moved']['to']): void => record('item.moved', { to, why: '', failure: null });
  move({ name: 'current' });
  record('item.attempt_failed', { failure: { cause: 'gate', summary: 'red', evidence: '' }, stage: 'current', attempt: 1 });
  record('item.work_seen', { work: { branch: 'b', head: SHA, commitsAhead: 1 } });
  move({ name: 'qa' });
  move({ name: 'merge', branch: 'b', commitsAhead: 1 as never });
  move(doneStage);
};

describe('notifications', () => {
  it('cost a commit for each event that rooms may be told of, and for no other', async () => {
    rooms = [roomOf('here')];
    for (const works of fc.sample(history, { seed: 11, numRuns: 8 })) {
      const before = log.reads.lastSeq();
      const kept = vi.spyOn(log, 'transaction');
      play(log, works);
      const own = kept.mock.calls.length;
      await eventually(() => expect(position()).toBe(log.reads.lastSeq()));
      const news = log.reads.events(before, 1_000).filter((event) => KINDS[event.kind].news !== null && isNews(event));
      expect(kept.mock.calls.length - own).toBe(news.length);
      kept.mockRestore();
    }
    const kinds = new Set(log.reads.events(0, 10_000).map(({ kind }) => kind));
    const quiet = [...kinds].filter((kind) => KINDS[kind].news === null);
    // Of both there has to be enough for the counts to mean something.
    expect(quiet.length).toBeGreaterThan(30);
    expect(kinds.size - quiet.length).toBeGreaterThan(5);
  });

  it('link the item and its merge commit where there are pages of them', async () => {
    rooms = [roomOf('here'), roomOf('elsewhere', { project: 'docs' })];
    live();
    const texts = (await told('here')).map(({ body }) => plainText(body, { width: 500 }));
    expect(texts[0]).toBe('#1 <https://tracker.example.org/shop/1> Fix: started.');
    expect(texts.at(-1)).toContain(`merged · 11111111 <https://git.example.org/commit/${SHA}>`);
    // In a room that speaks of another project the number alone would name another item.
    expect(plainText((await told('elsewhere'))[0]?.body ?? { blocks: [] }, { width: 500 })).toMatch(/^shop#1 </);
  });

  it.each([
    ['message', null, ['elsewhere']],
    ['button', 'thread', ['elsewhere']],
    ['button', 'private', ['here', 'elsewhere']],
    ['slash', 'private', ['here', 'elsewhere']],
  ] as const)('of what a person did by a %s go to every room that does not read the answer (at %s)', async (ingress, thread, expected) => {
    rooms = [roomOf('here'), roomOf('elsewhere')];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    log.transaction((tx) => {
      const sender = { transport: 'net', id: 'a', name: 'Anna' };
      const at = { transport: 'net', room: 'here', thread };
      const id = tx.inbox.receive({ id: 'm', at, sender, ingress, text: 'start 1' }, tx.now);
      const to = { name: 'current' } as const;
      const why = { kind: 'person', did: 'started' } as const;
      const payload = { to, why, failure: null };
      tx.record({ project: 'shop', item: numbered(1), actor: 'person:anna', cause: `inbox:${id}`, kind: 'item.moved', payload });
      tx.inbox.finish(id ?? 0, 'ok');
      tx.outbox.add({ to: at, kind: 'reply', inbox: id, item: null, body: { blocks: [] } }, tx.now);
    });
    const noticesIn = async (room: string): Promise<string[]> => ((await told(room)).some(({ kind }) => kind === 'notice') ? [room] : []);
    const inRooms = await Promise.all(['here', 'elsewhere'].map(noticesIn));
    expect(inRooms.flat()).toEqual(expected);
  });

  it('cost none for what a room may be told of, and that is no news this time', async () => {
    rooms = [roomOf('here')];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    await told('here');
    const nobody = { project: 'shop', item: null, actor: 'musher', cause: null } as const;
    const kept = vi.spyOn(log, 'transaction');
    log.transaction((tx) => {
      const seen = { branch: 'main', from: SHA, to: SHA, taken: [], lost: [] } as const;
      for (const how of ['merged', 'forward'] as const) tx.record({ ...nobody, kind: 'base.seen', payload: { ...seen, how } });
      const again = { account: 'main', until: 1, times: 2, news: false, others: [], earliest: null };
      tx.record({ ...nobody, kind: 'account.limited', payload: again });
    });
    record('item.restore_asked', { snapshot: 1 });
    record('item.errand_failed', { errand: 'restore', why: 'gone', files: [] });
    record('item.deleted', { purge: false });
    record('item.removed', { done: ['removed its branch'], left: [] });
    expect(await told('here')).toEqual([]);
    expect(kept).toHaveBeenCalledTimes(5);
    log.transaction((tx) =>
      tx.record({ ...nobody, kind: 'base.seen', payload: { branch: 'main', from: SHA, to: SHA, how: 'rewritten', taken: [], lost: [] } }),
    );
    expect(await told('here')).toHaveLength(1);
    expect(kept).toHaveBeenCalledTimes(7);
    kept.mockRestore();
  });

  it('say what the agent said at its end, and a reviewer of the approval', async () => {
    rooms = [roomOf('here')];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    const ended = { reason: 'finished', exitCode: 0, resumeAt: null, turns: 3 } as const;
    const run = (
      number: number,
      agent: string,
      role: 'coder' | 'qa',
      more: Pick<ItemEvents['run.ended'], 'verdict' | 'verdictReason' | 'closing'>,
    ): void => {
      record('run.pending', { run: number, agent, role, stage: role === 'qa' ? 'qa' : 'current', attempt: 1 });
      record('run.started', { run: number, pid: 99, pidStart: null, model: 'small', runtime: 'command', base: SHA });
      const payload = { run: number, ...ended, summary: 'Added the tax column.', ...more };
      log.transaction((tx) => void tx.record({ ...about, actor: `agent:${agent}`, kind: 'run.ended', payload }));
    };
    run(1, 'coder-1', 'coder', { verdict: null, closing: `Added the tax column.\n\n${'More of it. '.repeat(40)}\nLast.` });
    record('item.work_seen', { work: { branch: 'b', head: SHA, commitsAhead: 1 } });
    record('item.moved', { to: { name: 'qa' }, why: '', failure: null });
    run(2, 'reviewer', 'qa', { verdict: 'approve', verdictReason: 'Tests cover both rates.' });
    const approved = { to: { name: 'merge', branch: 'b', commitsAhead: 1 as never }, why: { kind: 'approved' }, failure: null } as const;
    log.transaction((tx) => void tx.record({ ...about, actor: 'agent:reviewer', kind: 'item.moved', payload: approved }));
    record('item.moved', { to: doneStage, why: '', failure: null });
    const [, review = '', merge = '', merged = ''] = (await told('here')).map(({ body }) => plainText(body, { width: 500 }));
    expect(review).toContain('> coder-1: Added the tax column.\n> More of it.');
    expect(review.length).toBeLessThan(500);
    expect(review).toMatch(/…$/);
    expect(merge).toMatch(/approved by reviewer, queued to merge\.\n+> reviewer: Tests cover both rates\.$/);
    expect(merged).toContain('approved by reviewer');
    expect(merged).not.toContain('> coder-1');
  });

  it('say all that a person gave as the reason of a rejection', async () => {
    rooms = [roomOf('here')];
    live();
    const why = { kind: 'failed' } as const;
    const failure = { cause: 'rejected', summary: 'Too slow.', evidence: 'Too slow.\nUse the index.' } as const;
    const payload = { to: { name: 'current' }, why, failure } as const;
    log.transaction((tx) => void tx.record({ ...about, actor: 'person:anna', kind: 'item.moved', payload }));
    const text = (await told('here')).map(({ body }) => plainText(body, { width: 500 })).at(-1);
    expect(text).toMatch(/by anna, Too slow\.+\n+> Use the index\.$/);
  });

  it('name the stage from which an item really comes, also after an undo', async () => {
    rooms = [roomOf('here')];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    const fresh = log.reads.item('shop', 1);
    if (fresh === null) throw new Error('no item');
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    record('item.put_back', { standing: undoPositionOf(fresh) });
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    const texts = (await told('here')).map(({ body }) => plainText(body, { width: 500 }));
    expect(texts.map((text) => text.includes(': started'))).toEqual([true, true]);
  });

  it('belong within the thread of their item, or beside it what nobody must miss', async () => {
    rooms = [roomOf('threads', { style: 'threads' }), roomOf('messages')];
    live();
    expect((await told('threads')).map(({ inThread }) => inThread)).toEqual(['within', 'within', 'beside', 'within', 'beside']);
    expect((await told('messages')).map(({ inThread }) => inThread)).toEqual([null, null, null, null, null]);
  });

  it('have buttons for the verdict of a person; approval names project and commit, and is noted to be taken away', async () => {
    rooms = [roomOf('buttons', { buttons: true }), roomOf('plain')];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    record('item.work_seen', { work: { branch: 'b', head: SHA, commitsAhead: 1 } });
    record('item.moved', { to: { name: 'qa' }, why: '', failure: null });
    const [, asks] = await told('buttons');
    const action = { label: 'Approve', command: 'approve shop#1 1111111111', typed: 'approve 1', style: 'primary' };
    const reject = { label: 'Reject', command: 'reject shop#1', typed: 'reject 1 <reason>', asks: { title: 'Reject #1' } };
    expect(asks?.body.blocks.at(-1)).toMatchObject({ kind: 'actions', actions: [action, reject] });
    const [question, ...others] = log.buttons.inState('open', testClock().now());
    expect(others).toEqual([]);
    expect(question).toMatchObject({ id: asks?.id, transport: 'net', occasion: { kind: 'item', project: 'shop', number: 1, stage: 'qa' } });
    expect(question?.plain.blocks.map(({ kind }) => kind)).toEqual(['paragraph']);
    expect(JSON.stringify(await told('plain'))).not.toContain('actions');
  });

  it('offer to try again what is blocked, where that can help', async () => {
    rooms = [roomOf('buttons', { buttons: true })];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    record('item.moved', { to: blockedStage(), why: '', failure: null });
    const [notice] = await told('buttons');
    const retry = { label: 'Retry', command: 'retry shop#1', typed: 'retry 1', style: 'primary' };
    expect(notice?.body.blocks.at(-1)).toMatchObject({ kind: 'actions', actions: [retry] });
    expect(log.buttons.inState('open', testClock().now())).toMatchObject([{ id: notice?.id, occasion: { stage: 'archived', number: 1 } }]);
  });

  it('show a block in the room itself', async () => {
    rooms = [roomOf('threads', { style: 'threads' })];
    record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
    record('item.moved', { to: blockedStage(), why: '', failure: null });
    expect((await told('threads')).map(({ inThread }) => inThread)).toEqual(['beside']);
  });
});
