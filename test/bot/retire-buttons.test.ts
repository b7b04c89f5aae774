import { actorName } from '../../src/pipeline/actor.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retireButtons } from '../../src/delivery/retire-buttons.ts';
import { Log } from '../../src/log/log.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import type { Occasion } from '../../src/log/tables/button-messages.ts';
import { buttonsOver } from '../../src/words/bot/closing.ts';
import { action, actions, doc, paragraph, withoutActions } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import type { ItemEventKind, ItemEvents, NewEvent } from '../../src/pipeline/events.ts';
import { SendFailure } from '../../transports/transport.ts';
import { numbered, SHA, testClock, type TestClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const ABOUT = { project: 'shop', number: 1 };
const BODY = doc(paragraph('1 Fix waits'), actions(action('Approve', 'approve shop#1')));
let clock: TestClock;
let log: Log;
let edits: string[];
let answer: () => Error | null;
let online: boolean;
let retiring: ReturnType<typeof retireButtons>;

const record = <K extends ItemEventKind>(kind: K, payload: ItemEvents[K], actor = 'musher'): void => {
  log.transaction((tx) => {
    const cause = actor === 'musher' ? null : `inbox:${actor}`;
    const event = { project: 'shop', item: numbered(1), actor, cause, kind, payload } as NewEvent;
    if (event.kind === 'item.purged') tx.purge(event);
    else tx.record(event);
  });
};
const start = (): void => {
  const transport = {
    name: 'net',
    retire: (ref: { readonly id: string }, body: Parameters<typeof plainText>[0]): Promise<void> => {
      const error = answer();
      if (error !== null) return Promise.reject(error);
      edits.push(`${ref.id}: ${plainText(body, { width: 200 })}`);
      return Promise.resolve();
    },
  };
  const over = (occasion: Occasion, now: number) => buttonsOver(log, occasion, now, { timezone: 'UTC', nameOf: actorName });
  retiring = retireButtons({ log, clock, transports: [transport], isOpen: () => online, over, onProblem: () => undefined });
};
/** Queues the message, and tells its row. */
const withButtons = (occasion?: Occasion): number => {
  const item = log.reads.item('shop', 1);
  return log.transaction((tx) => {
    const id = tx.outbox.add(
      { to: { transport: 'net', room: 'lobby', thread: null }, kind: 'notice', body: BODY, inbox: null, item: ABOUT },
      tx.now,
    );
    const waits = { kind: 'item', ...ABOUT, stage: item?.stage.name ?? '', since: item?.stageSince ?? 0 } as const;
    tx.buttons.put(id, 'net', occasion ?? waits, withoutActions(BODY), ABOUT);
    return id;
  });
};
const sent = (id: number): void => {
  log.transaction(() => {
    log.outbox.begin(id, 1, null);
    log.outbox.sent(id, [{ transport: 'net', room: 'lobby', id: `m${id}` }]);
    log.buttons.shown(id, { transport: 'net', room: 'lobby', id: `m${id}` });
  });
};
/** Lets looks have their turn. */
const look = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  clock.move(31_000);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};

beforeEach(() => {
  clock = testClock();
  log = Log.inMemory(clock);
  edits = [];
  answer = () => null;
  online = true;
  record('item.created', { type: 'bug', title: 'Fix', description: '', criteria: [], dependsOn: [], qaMode: null });
  record('item.moved', { to: { name: 'current' }, why: '', failure: null });
  record('item.work_seen', { work: { branch: 'b', head: SHA, commitsAhead: 1 } });
  record('item.moved', { to: { name: 'qa' }, why: '', failure: null });
  start();
});
afterEach(async () => {
  await retiring.stop();
  log.close();
});

describe('buttons', () => {
  it('stay while the item waits, and go when it has moved on, once', async () => {
    sent(withButtons());
    await look();
    expect(edits).toEqual([]);
    record('item.moved', { to: { name: 'merge', branch: 'b', commitsAhead: 1 as never }, why: '', failure: null });
    await look();
    await eventually(() => expect(edits).toEqual(['m1: 1 Fix waits\n\nMoved to merge by Musher, 13:05']));
    await look();
    expect(edits).toHaveLength(1);
  });

  it('give way to who approved or rejected, and when', async () => {
    const to = { name: 'merge', branch: 'b', commitsAhead: 1 as never } as const;
    sent(withButtons());
    record('item.accepted', { head: SHA, reason: 'looks right' }, 'person:anna');
    record('item.moved', { to, why: '', failure: null }, 'person:anna');
    await look();
    await eventually(() => expect(edits.at(-1)).toContain('✓ Approved by anna, 13:05: “looks right”'));
    sent(withButtons());
    record(
      'item.moved',
      { to: { name: 'current' }, why: '', failure: { cause: 'rejected', summary: 'no tests', evidence: 'no tests\nat all' } },
      'person:ben',
    );
    await look();
    await eventually(() => expect(edits.at(-1)).toContain('✗ Rejected by ben, 13:05: “no tests”'));
  });

  it('name who approved although Musher has merged it since', async () => {
    sent(withButtons());
    record('item.accepted', { head: SHA }, 'person:anna');
    record('item.moved', { to: { name: 'merge', branch: 'b', commitsAhead: 1 as never }, why: '', failure: null }, 'person:anna');
    clock.move(60_000);
    record('item.moved', { to: { name: 'done', mergeCommit: SHA, mergedAt: clock.now() }, why: '', failure: null });
    await look();
    await eventually(() => expect(edits.at(-1)).toContain('✓ Approved by anna, 13:05'));
  });

  it('go from a round of review that is over, although the item is in review again', async () => {
    sent(withButtons());
    clock.move(1_000);
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    record('item.moved', { to: { name: 'qa' }, why: '', failure: null });
    await look();
    await eventually(() => expect(edits).toEqual(['m1: 1 Fix waits\n\nOutdated: there are newer changes']));
  });

  it('are left out of a message that waits to be sent', async () => {
    const id = withButtons();
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    await look();
    await eventually(() => expect(log.buttons.inState('open', clock.now())).toEqual([]));
    const [row] = log.outbox.open('net', 'lobby', 1);
    expect([row?.id, plainText(row?.body ?? BODY, { width: 200 })]).toEqual([
      id,
      expect.stringContaining('Moved to current by Musher') as string,
    ]);
    sent(id);
    await look();
    expect(edits).toEqual([]);
  });

  it('go after a message of which it was not known whether it was sent', async () => {
    const id = withButtons();
    log.outbox.begin(id, 1, null);
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    await look();
    expect(edits).toEqual([]);
    sent(id);
    await look();
    await eventually(() => expect(edits).toHaveLength(1));
  });

  it('go when their question is closed, and when it is too old', async () => {
    const question = (sender: string): number =>
      log.transaction((tx) =>
        tx.confirmations.put({
          transport: 'net',
          room: 'lobby',
          sender,
          ingress: 'message',
          direct: false,
          project: 'shop',
          text: 'delete 1',
          items: [],
          expiresAt: clock.now() + 300_000,
        }),
      );
    const [first, second] = [question('ann'), question('ben')];
    sent(withButtons({ kind: 'question', id: first, expiresAt: clock.now() + 300_000 }));
    sent(withButtons({ kind: 'question', id: second, expiresAt: clock.now() + 300_000 }));
    const open = log.confirmations.of('net', 'lobby', 'ann');
    if (open === null) throw new Error('asked above');
    log.confirmations.close(open);
    await look();
    await eventually(() => expect(edits).toEqual([expect.stringMatching(/^m1: .*\n\n✗ Closed/) as string]));
    clock.move(300_000);
    await look();
    await eventually(() => expect(edits.at(-1)).toMatch(/^m2: .*\n\n✗ Expired/));
  });

  it('are tried again where the network is away, and left where it refuses', async () => {
    sent(withButtons());
    online = false;
    record('item.moved', { to: { name: 'current' }, why: '', failure: null });
    await look();
    expect(log.buttons.inState('closing', clock.now())).toHaveLength(1);
    online = true;
    answer = () => new SendFailure('not-sent', 'busy');
    await look();
    await look();
    answer = () => null;
    clock.move(60_000);
    await look();
    await eventually(() => expect(edits).toHaveLength(1));
    sent(withButtons());
    answer = () => new SendFailure('rejected', 'never');
    record('item.moved', { to: { name: 'qa' }, why: '', failure: null });
    await look();
    await eventually(() => expect(log.buttons.inState('closing', clock.now() + 1e9)).toEqual([]));
    expect(edits).toHaveLength(1);
  });

  it('go after a restart, and with the words of an item that was purged', async () => {
    sent(withButtons());
    await retiring.stop();
    record('item.deleted', { purge: true });
    record('item.purged', {});
    start();
    await look();
    await eventually(() => expect(edits).toEqual(['m1: (removed by a purge)']));
  });
});

it('what was kept out of a message as secret does not come into it when its buttons go', () => {
  const secret = 'an-obviously-fake-secret';
  const kept = Log.inMemory(clock, redactorFor([secret]));
  const waits = { kind: 'item', ...ABOUT, stage: 'qa', since: 0 } as const;
  kept.transaction((tx) => tx.buttons.put(1, 'net', waits, doc(paragraph(`+token = ${secret}`)), ABOUT));
  const [shown] = kept.buttons.inState('open', clock.now());
  expect(shown).toBeDefined();
  expect(JSON.stringify(shown)).not.toContain(secret);
  kept.close();
});
