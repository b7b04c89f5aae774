import { afterEach, describe, expect, it } from 'vitest';
import { MOST_EDITS } from '../../src/log/tables/cards.ts';
import { line } from '../../src/message/build.ts';
import { SendFailure } from '../../transports/transport.ts';
import { SHA } from '../commands/harness.ts';
import { figure } from '../figure.ts';
import { CardRoom, type Fate } from './card-room.ts';

let room: CardRoom;
afterEach(() => room.close());

const MINUTE = 60_000;

describe('a card', () => {
  it('is one message from start to merge, edited in place; the merge is a message of its own', async () => {
    room = new CardRoom();
    room.make(1);
    await room.settle();
    expect(room.texts).toEqual([]);
    room.toCurrent(1);
    await room.settle();
    expect(room.texts).toHaveLength(1);
    expect(room.texts[0]).toContain('#1 Fix the login · queued for the next');
    room.begin(1);
    await room.settle();
    expect(room.texts[0]).toMatch(/coder-1 is working\s+on it[^]*Stage +current › merge › done[^]*Criteria +0 of 2 met/);
    room.record(1, 'run.heartbeat', { run: 1, activity: 'Edit src/auth.ts' });
    const usage = { inputTokens: 12_000, outputTokens: 300, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 420_000 };
    room.record(1, 'run.usage', { run: 1, agent: 'coder-1', model: 'small', usage });
    await room.settle();
    // What comes by the second is shown at the next tick.
    expect(room.texts[0]).not.toContain('src/auth.ts');
    await room.settle(MINUTE);
    expect(room.texts[0]).toMatch(/· 1 min[^]*Cost +\$0\.42, 12\.3k tokens[^]*Last +Edit src\/auth\.ts/);
    room.finish(1);
    room.toMerge(1);
    await room.settle();
    expect(room.texts[0]).toMatch(/✓ current › merge › done[^]*> coder-1: Added the tax column\./);
    room.merged(1);
    await room.settle();
    const [card, merge, ...others] = room.texts;
    expect(others).toEqual([]);
    expect(card).toMatch(/^✓ #1 Fix the login · merged as 11111111[^]*✓ current › ✓ merge › ✓ done/);
    expect(merge).toContain('merged into main');
    // Nothing in it is wider than a phone.
    for (const text of room.texts) for (const one of text.split('\n')) expect(one.length).toBeLessThanOrEqual(40);
  });

  it('is there also where an item was over before anybody looked', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    room.begin(1);
    room.finish(1);
    room.toMerge(1);
    room.merged(1);
    await room.settle();
    expect(room.texts).toHaveLength(2);
    expect(room.texts.find((text) => text.includes('merged as'))).toMatch(/^✓ #1 Fix the login/);
  });

  it('has the buttons that fit its stage, each with the project in its command', async () => {
    room = new CardRoom({ style: 'cards' });
    room.isOpen = false;
    const buttons = async (): Promise<string[]> => {
      await room.look();
      const [row] = room.log.outbox.open('net', 'here', 1);
      return (
        row?.body.blocks.flatMap((block) =>
          block.kind === 'actions' ? block.actions.map(({ label, command }) => `${label}: ${command}`) : [],
        ) ?? []
      );
    };
    room.make(1);
    room.toCurrent(1);
    expect(await buttons()).toEqual(['Stop: stop shop#1']);
    room.begin(1);
    expect(await buttons()).toEqual(['Stop: stop shop#1', 'Tell: tell shop#1', 'Logs: logs shop#1']);
    room.finish(1);
    room.toMerge(1);
    expect(await buttons()).toEqual(['Diff: diff shop#1', 'Logs: logs shop#1']);
    room.blocked(1);
    expect(await buttons()).toEqual(['Retry: retry shop#1', 'Logs: logs shop#1', 'Diff: diff shop#1']);
  });

  it('is not there where the room asked for no stages: it is told of failures by messages', async () => {
    room = new CardRoom({ notify: ['failures'] });
    room.make(1);
    room.toCurrent(1);
    room.begin(1);
    room.fail(1);
    await room.settle();
    expect(room.texts).toHaveLength(1);
    expect(room.texts[0]).toContain('no luck');
  });

  it('says what can be typed where the network has no buttons', async () => {
    room = new CardRoom({ pressable: false });
    room.make(1);
    room.toCurrent(1);
    room.begin(1);
    await room.settle();
    expect(room.texts[0]).toMatch(/\n`stop 1` · `tell 1 <words>` · `logs 1`$/);
  });

  it.each([
    ['cards', /Approved +by anna: looks right/],
    ['messages', /approved by anna,\s+queued to merge\.\n\n> anna: looks right\n> tests cover it/],
  ] as const)('says who approved it and why, and so does the notice (%s)', async (style, words) => {
    room = new CardRoom({ style });
    room.make(1);
    room.toCurrent(1);
    room.begin(1);
    room.finish(1);
    room.record(1, 'item.moved', { to: { name: 'qa' }, why: '', failure: null });
    room.record(1, 'item.accepted', { head: SHA, reason: 'looks right\ntests cover it' }, 'person:anna', 'inbox:7');
    const to = { name: 'merge', branch: 'b', commitsAhead: 1 as never } as const;
    room.record(1, 'item.moved', { to, why: { kind: 'person', did: 'approved' }, failure: null }, 'person:anna', 'inbox:7');
    await room.settle();
    expect(room.texts.join('\n')).toMatch(words);
  });

  it('waits in its newest state alone while its network is away', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    await room.settle();
    room.isOpen = false;
    room.begin(1);
    await room.look();
    room.finish(1);
    room.toMerge(1);
    await room.look();
    const waiting = room.log.outbox.open('net', 'here', 10);
    expect(waiting.map(({ kind }) => kind)).toEqual(['card']);
    expect(JSON.stringify(waiting)).toContain('Added the tax column.');
    room.open();
    await room.settle();
    expect(room.edits).toBe(1);
    expect(room.texts[0]).toContain('merging next');
  });

  it('lets messages pass it', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    await room.settle();
    room.isOpen = false;
    room.begin(1);
    await room.look();
    const to = { transport: 'net', room: 'here', thread: null };
    room.log.transaction((tx) => void tx.outbox.add({ to, kind: 'notice', body: line('news'), inbox: null, item: null }, tx.now));
    expect(room.log.outbox.next('net', 'here', room.clock.now())?.kind).toBe('notice');
    room.open();
    await room.settle();
  });

  it('continues in another message after as many edits as networks bear, and the first one says so', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    for (let run = 1; room.edits < MOST_EDITS + 5; run += 1) {
      room.begin(1, run);
      await room.settle();
      room.finish(1, run, `Done ${run}.`);
      await room.settle();
    }
    expect(room.texts).toHaveLength(2);
    expect(room.texts[0]).toContain('continues in a newer message');
    expect(room.texts[1]).toContain('#1 Fix the login');
  });

  it('is not edited for what it does not show', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    await room.settle();
    room.record(1, 'item.edited', { field: 'description', value: 'More of it.', prior: '' });
    await room.settle();
    await room.settle(MINUTE);
    expect(room.edits).toBe(0);
    room.record(1, 'item.edited', { field: 'title', value: 'Fix the form', prior: 'Fix the login' });
    await room.settle();
    expect(room.edits).toBe(1);
    expect(room.texts[0]).toContain('Fix the form');
  });

  it('is begun anew at the next stage where its message can no longer be edited', async () => {
    room = new CardRoom();
    room.make(1);
    room.toCurrent(1);
    await room.settle();
    room.fate = () => new SendFailure('rejected', 'unknown message');
    room.begin(1);
    await room.settle();
    room.fate = () => 'done';
    room.record(1, 'item.criterion_set', { index: 0, checked: true });
    await room.settle();
    expect(room.texts).toHaveLength(1);
    room.finish(1);
    room.toMerge(1);
    await room.settle();
    expect(room.texts).toHaveLength(2);
    expect(room.texts[1]).toContain('merging next');
  });

  it('shows nothing of a purged item', async () => {
    room = new CardRoom();
    room.make(1, 'A secret plan');
    room.toCurrent(1);
    await room.settle();
    room.record(1, 'item.deleted', { purge: true });
    await room.settle();
    room.record(1, 'item.purged', {});
    await room.settle();
    expect(room.texts.join()).not.toContain('secret plan');
    expect(room.texts[0]).toContain('removed by a purge');
  });

  it.each([
    [null, false, 1],
    ['private', false, 2],
    [null, true, 2],
  ])(
    'is the answer to whoever started the item, where the room reads it and it is of this item alone (thread %s, several %s)',
    async (thread, several, messages) => {
      room = new CardRoom();
      room.make(1);
      await room.settle();
      const cause = room.answer('#1 started', 1, { thread, several });
      await room.settle();
      room.toCurrent(1, cause);
      await room.settle();
      expect(room.texts).toHaveLength(messages);
      expect(room.texts.at(-1)).toContain('queued for the next');
    },
  );
});

/** The same each time: from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

it('is never lost, doubled or stale, however often Musher dies over its sending', async () => {
  room = new CardRoom();
  const next = random(7);
  const fates: readonly Fate[] = [
    'dies before',
    'dies after',
    new SendFailure('unknown', 'no answer'),
    { after: new SendFailure('unknown', 'no answer') },
  ];
  room.fate = () => (next() < 0.5 ? 'done' : (fates[Math.floor(next() * fates.length)] ?? 'done'));
  let items = 0;
  while (room.kills < 100) {
    items += 1;
    room.make(items, `Item ${items}`);
    for (const step of [
      () => room.toCurrent(items),
      () => room.begin(items),
      () => (room.finish(items), room.toMerge(items)),
      () => room.merged(items),
    ]) {
      step();
      await room.survive();
    }
    await room.survive(MINUTE);
  }
  const cards = room.texts.filter((text) => text.includes('Stage'));
  expect(cards.map((text) => /Item \d+/.exec(text)?.[0])).toEqual(Array.from({ length: items }, (_, i) => `Item ${i + 1}`));
  expect(cards.filter((text) => !text.includes('merged as'))).toEqual([]);
  figure(`cards over ${room.kills} kills at their sending: ${items} items, 0 lost, 0 doubled, 0 stale`);
});

/** A day on which 50 items are merged: three of five are started from the room, every fifth fails once, every tenth is blocked and retried. */
async function day(): Promise<{ unasked: number; answers: number; edits: number }> {
  let answers = 0;
  const started = (item: number, asked: boolean): void => {
    if (asked) answers += 1;
    room.toCurrent(item, asked ? room.answer(`#${item} started`, item) : null);
  };
  for (let item = 1; item <= 50; item++) {
    room.make(item, `Item ${item}`);
    started(item, item % 5 < 3);
    await room.settle();
    room.begin(item);
    await room.settle(5 * MINUTE);
    const again = item % 5 === 0;
    if (again) {
      room.fail(item);
      if (item % 10 === 0) {
        room.blocked(item);
        await room.settle();
        started(item, true);
      }
      await room.settle();
      room.begin(item, 2);
      await room.settle(5 * MINUTE);
    }
    room.finish(item, again ? 2 : 1);
    room.toMerge(item);
    await room.settle();
    room.merged(item);
    await room.settle();
  }
  return { unasked: room.shown.size - answers, answers, edits: room.edits };
}

it('keeps a room readable over a day of 50 merged items', async () => {
  room = new CardRoom();
  const cards = await day();
  room.close();
  room = new CardRoom({ style: 'messages' });
  const messages = await day();
  const per = (count: number): string => (count / 50).toFixed(2);
  figure(
    `messages in a room per merged item, over a day of 50: ${per(cards.unasked)} with cards (and ${cards.edits} edits), ` +
      `${per(messages.unasked)} with messages, besides answers to commands; with those ` +
      `${per(cards.unasked + cards.answers)} and ${per(messages.unasked + messages.answers)}`,
  );
  // A card and a merge each, of which most cards are the answer to whoever started the item; a block and its retry are news besides.
  expect(cards.unasked + cards.answers).toBe(2 * 50 + 2 * 5);
  expect(cards.unasked / 50).toBeLessThanOrEqual(2);
  expect(messages.unasked / 50).toBeLessThanOrEqual(5);
});
