import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { Log } from '../../src/log/log.ts';
import { verifyAll } from '../../src/log/verify.ts';
import type { Document } from '../../src/message/document.ts';
import type { ItemEventKind, ItemEvents, NewItemEvent, NewEvent } from '../../src/pipeline/events.ts';
import { eventOf } from '../../src/pipeline/kinds.ts';
import { EventStore } from '../../src/log/events.ts';
import { num, sha } from '../pipeline/samples.ts';
import { PAYLOAD, SPOKEN } from '../pipeline/random-events.ts';
import { dataDir } from './data-dir.ts';
import { history, play, tickingClock } from './random-history.ts';
import { databaseOf } from './database-of.ts';

const ABOUT = { project: 'shop', actor: 'console:ann', cause: null } as const;
const purged = (number: number): Extract<NewItemEvent, { kind: 'item.purged' }> => ({
  ...ABOUT,
  item: num(number),
  kind: 'item.purged',
  payload: {},
});

const GIVEN_UP: ItemEvents['item.attempt_failed'] = { failure: { cause: 'musher', summary: '', evidence: '' }, stage: 'merge', attempt: 1 };

/** Deletes an item where that is not done yet, and purges it. */
function purge(log: Log, number: number): void {
  log.transaction((tx) => {
    if (tx.item('shop', number)?.removal?.state === 'purged') return;
    // A merge at its last step keeps an item from being deleted: here it is given up.
    if ((tx.item('shop', number)?.landing ?? null) !== null)
      tx.record({ ...ABOUT, item: num(number), kind: 'item.attempt_failed', payload: GIVEN_UP });
    tx.record({ ...ABOUT, item: num(number), kind: 'item.deleted', payload: { purge: true } });
    expect(tx.purge(purged(number)).ok).toBe(true);
  });
}

/** The files of a data directory in which a text stands, as bytes. */
function filesWith(dir: string, text: string): string[] {
  return readdirSync(dir).filter((file) => readFileSync(join(dir, file)).includes(text));
}

const CREATION: ItemEvents['item.created'] = {
  type: 'story',
  title: `${SPOKEN} title`,
  description: `${SPOKEN} `.repeat(3_000),
  criteria: [{ text: `${SPOKEN} criterion`, checked: false }],
  dependsOn: [],
  qaMode: null,
};
function create(
  log: Log,
  more: readonly Omit<Extract<NewItemEvent, { project: string }>, 'project' | 'item' | 'actor' | 'cause'>[] = [],
): void {
  log.transaction((tx) => {
    const item = tx.nextNumber('shop');
    tx.record({ ...ABOUT, item, kind: 'item.created', payload: CREATION });
    for (const event of more) tx.record({ ...ABOUT, item, ...event } as NewEvent);
  });
}

describe('a purge', () => {
  it('leaves no byte of an item’s words in any file, and the log still replays', () => {
    fc.assert(
      fc.property(history, (works) => {
        const dir = dataDir();
        const log = Log.open(dir, tickingClock());
        play(
          log,
          works.map((work) => ({ ...work, acts: work.acts.map((one) => ({ ...one, project: 'shop' })) })),
        );
        const last = log.reads.lastNumber('shop');
        const spend = JSON.stringify([log.reads.spend.totals('shop', 'agent'), log.reads.spend.sinceBy('shop', 'item', 0)]);
        for (let number = 1; number <= last; number++) purge(log, number);
        log.scrub();
        expect(filesWith(dir, SPOKEN)).toEqual([]);
        expect(verifyAll(databaseOf(log)).differences).toEqual([]);
        expect(JSON.stringify([log.reads.spend.totals('shop', 'agent'), log.reads.spend.sinceBy('shop', 'item', 0)])).toBe(spend);
        log.close();
        expect(filesWith(dir, SPOKEN)).toEqual([]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('takes the words out of each kind of event in the file, whether or not an item could ever have it', () => {
    for (const kind of Object.keys(PAYLOAD) as ItemEventKind[]) {
      const dir = dataDir();
      const log = Log.open(dir, tickingClock());
      create(log);
      const store = new EventStore(databaseOf(log));
      for (const payload of fc.sample<ItemEvents[ItemEventKind]>(PAYLOAD[kind], { seed: 3, numRuns: 20 }))
        store.insert(eventOf(kind, payload as never, { project: 'shop', number: num(1) }, 'console:ann'), 0, store.head());
      purge(log, 1);
      log.scrub();
      expect([kind, filesWith(dir, SPOKEN)]).toEqual([kind, []]);
      log.close();
    }
  });

  it('really had something to remove', () => {
    const dir = dataDir();
    const log = Log.open(dir, tickingClock());
    create(log);
    log.scrub();
    expect(filesWith(dir, SPOKEN)).toEqual(['musher.sqlite']);
    log.close();
  });

  it('keeps the tombstone through a restart, and its number is not given again', () => {
    const dir = dataDir();
    const first = Log.open(dir, tickingClock());
    create(first);
    purge(first, 1);
    first.close();
    const log = Log.open(dir, tickingClock());
    expect(log.reads.item('shop', 1)).toMatchObject({ number: 1, title: '', removal: { state: 'purged' } });
    create(log);
    expect(log.reads.lastNumber('shop')).toBe(2);
    expect(verifyAll(databaseOf(log)).differences).toEqual([]);
    log.close();
  });

  it('that a crash cut short is finished at the next start', () => {
    const dir = dataDir();
    const first = Log.open(dir, tickingClock());
    create(first);
    purge(first, 1);
    expect(filesWith(dir, SPOKEN)).not.toEqual([]);
    // Opened without a clean end of the one before, as after a crash.
    const log = Log.open(dir, tickingClock());
    expect(filesWith(dir, SPOKEN)).toEqual([]);
    log.close();
    first.close();
  });

  it('takes the words out of messages that wait and of questions that are open', () => {
    const dir = dataDir();
    const log = Log.open(dir, tickingClock());
    create(log);
    const to = { transport: 'console', room: 'lobby', thread: null };
    const body: Document = { blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: `${SPOKEN} queued` }] }] };
    log.transaction((tx) => {
      tx.outbox.add({ to, kind: 'notice', body, inbox: null, item: { project: 'shop', number: 1 } }, tx.now);
      tx.confirmations.put({
        transport: 'console',
        room: 'lobby',
        sender: 'ann',
        ingress: 'mention',
        direct: false,
        project: 'shop',
        text: `edit 1 title ${SPOKEN}`,
        items: [{ project: 'shop', number: 1, version: 1, seq: null }],
        expiresAt: tx.now,
      });
    });
    purge(log, 1);
    log.scrub();
    expect(filesWith(dir, SPOKEN)).toEqual([]);
    expect(JSON.stringify(log.outbox.open('console', 'lobby', 5))).toContain('removed by a purge');
    expect(log.confirmations.of('console', 'lobby', 'ann')).toBeNull();
    log.close();
  });

  it('reaches messages that were not sent yet: those about the item, and those that name it by any title that it had', () => {
    const log = Log.inMemory(tickingClock());
    create(log, [{ kind: 'item.edited', payload: { field: 'title', value: 'The "new" one', prior: CREATION.title } }]);
    const say = (text: string, item: number | null): number =>
      log.transaction((tx) => {
        const subject = item === null ? null : { project: 'shop', number: item };
        const to = { transport: 'console', room: 'lobby', thread: null };
        return tx.outbox.add({ to, kind: 'notice', body: line(text), inbox: null, item: subject }, tx.now);
      });
    say('all that its agent wrote', 1);
    say('2 depends on 1 The "new" one (current)', 2);
    say(`a list with ${CREATION.title} in it`, null);
    say('pong', null);
    // Another item's title that only begins with a title of this one.
    say('10 The "new" ones: started', 2);
    purge(log, 1);
    expect(log.outbox.open('console', 'lobby', 9).map(({ body }) => plainText(body, { width: 80 }))).toEqual([
      '(removed by a purge)',
      '(removed by a purge)',
      '(removed by a purge)',
      'pong',
      '10 The "new" ones: started',
    ]);
  });

  it('leaves the other items as they are', () => {
    const log = Log.inMemory(tickingClock());
    create(log);
    create(log);
    const other = log.reads.item('shop', 2);
    purge(log, 1);
    expect(log.reads.item('shop', 2)).toEqual(other);
    expect(log.reads.history('shop', 2, 10)[0]?.payload).toEqual(CREATION);
    log.close();
  });

  it('keeps out what a run says that ends after it', () => {
    const dir = dataDir();
    const log = Log.open(dir, tickingClock());
    create(log, [
      { kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } },
      { kind: 'run.pending', payload: { run: 1, agent: 'a', role: 'coder', stage: 'current', attempt: 1 } },
      { kind: 'run.started', payload: { run: 1, pid: 1, pidStart: null, model: null, runtime: 'command', base: sha('a') } },
    ]);
    purge(log, 1);
    log.transaction((tx) =>
      tx.record({
        ...ABOUT,
        item: num(1),
        kind: 'run.ended',
        payload: { run: 1, reason: 'stopped', exitCode: 130, summary: `${SPOKEN} late`, resumeAt: null, turns: 3, verdict: null },
      }),
    );
    log.scrub();
    expect(filesWith(dir, SPOKEN)).toEqual([]);
    expect(log.reads.run('shop', 1, 1)).toMatchObject({ state: 'ended', reason: 'stopped', turns: 3, summary: '' });
    expect(verifyAll(databaseOf(log)).differences).toEqual([]);
    log.close();
  });

  it('of an item that was not deleted is refused and changes nothing', () => {
    const log = Log.inMemory(tickingClock());
    create(log);
    const item = log.reads.item('shop', 1);
    expect(log.transaction((tx) => tx.purge(purged(1)))).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    expect(log.reads.item('shop', 1)).toEqual(item);
    expect(log.reads.history('shop', 1, 10)[0]?.payload).toEqual(CREATION);
    log.close();
  });
});
