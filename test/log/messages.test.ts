import { describe, expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import type { Document } from '../../src/message/document.ts';
import { dataDir } from './data-dir.ts';
import { tickingClock } from './random-history.ts';

const LOBBY = { transport: 'console', room: 'lobby', thread: null };
const BODY: Document = { blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: 'hello' }] }] };
function message(id: string, over: Partial<IncomingMessage> = {}): IncomingMessage {
  const sender = { transport: 'console', id: 'ann', name: 'Ann' };
  return { id, at: LOBBY, sender, ingress: 'terminal', text: `status ${id}`, ...over };
}
const receive = (log: Log, incoming: IncomingMessage): number | null => log.transaction((tx) => tx.inbox.receive(incoming, tx.now));
const reply = (log: Log, inbox: number | null, over: object = {}): number =>
  log.transaction((tx) => tx.outbox.add({ to: LOBBY, kind: 'reply', body: BODY, inbox, item: null, ...over }, tx.now));

describe('the inbox', () => {
  it('takes a message once, also when it comes again after it was answered and after a restart', () => {
    const dir = dataDir();
    const first = Log.open(dir, tickingClock());
    expect(receive(first, message('m1'))).toBe(1);
    expect(receive(first, message('m1'))).toBeNull();
    first.transaction((tx) => tx.inbox.finish(1, 'ok'));
    expect(receive(first, message('m1'))).toBeNull();
    first.close();
    const log = Log.open(dir, tickingClock());
    expect(receive(log, message('m1', { text: 'other words' }))).toBeNull();
    expect(log.inbox.open(0, 10)).toEqual([]);
    log.close();
  });

  it('tells the same id of two transports apart', () => {
    const log = Log.inMemory(tickingClock());
    receive(log, message('m1'));
    expect(receive(log, message('m1', { at: { ...LOBBY, transport: 'matrix' } }))).not.toBeNull();
    log.close();
  });

  it('gives what is not answered, oldest first, until it is', () => {
    const log = Log.inMemory(tickingClock());
    for (const id of ['m1', 'm2', 'm3', 'm4']) receive(log, message(id));
    log.transaction((tx) => {
      tx.inbox.commit(2);
      expect(tx.inbox.finish(3, 'refused')).toBe(true);
      expect(tx.inbox.finish(3, 'ok')).toBe(false);
    });
    expect(log.inbox.open(0, 10).map((row) => [row.id, row.state])).toEqual([
      [1, 'received'],
      [2, 'committed'],
      [4, 'received'],
    ]);
    expect(log.inbox.open(2, 10).map((row) => row.id)).toEqual([4]);
    expect(log.inbox.get(3)).toMatchObject({ state: 'done', outcome: 'refused' });
    log.close();
  });

  it('forgets the words as soon as their effect is in the log', () => {
    const log = Log.inMemory(tickingClock());
    receive(log, message('m1'));
    receive(log, message('m2'));
    log.transaction((tx) => {
      tx.inbox.commit(1);
      tx.inbox.finish(2, 'ok');
    });
    expect([log.inbox.get(1)?.message.text, log.inbox.get(2)?.message.text, log.inbox.get(2)?.message.sender.name]).toEqual(['', '', '']);
    log.close();
  });

  it('drops what was answered long ago, and keeps what a message still refers to', () => {
    const log = Log.inMemory(tickingClock());
    for (const id of ['m1', 'm2', 'm3', 'm4']) receive(log, message(id));
    log.transaction((tx) => [1, 2, 3].forEach((id) => void tx.inbox.finish(id, 'ok')));
    reply(log, 1);
    reply(log, 2, { kind: 'notice' });
    expect([log.inbox.prune(0), log.inbox.prune(Number.MAX_SAFE_INTEGER)]).toEqual([0, 1]);
    expect([1, 2, 3, 4].filter((id) => log.inbox.get(id) !== null)).toEqual([1, 2, 4]);
    log.close();
  });

  it('is not there when the transaction that took it in failed', () => {
    const log = Log.inMemory(tickingClock());
    expect(() =>
      log.transaction((tx) => {
        tx.inbox.receive(message('m1'), tx.now);
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    expect(log.inbox.open(0, 10)).toEqual([]);
    expect(receive(log, message('m1'))).not.toBeNull();
    log.close();
  });
});

describe('the outbox', () => {
  it('holds one final reply for a message, and refuses a second', () => {
    const log = Log.inMemory(tickingClock());
    const inbox = receive(log, message('m1'));
    reply(log, inbox);
    expect(() => reply(log, inbox)).toThrow('UNIQUE');
    expect(reply(log, null, { kind: 'notice' })).toBe(2);
    log.close();
  });

  it('gives the messages of each room in the order in which they were queued', () => {
    const log = Log.inMemory(tickingClock());
    const add = (room: string): number => reply(log, null, { kind: 'notice', to: { ...LOBBY, room } });
    for (const room of ['lobby', 'dev', 'lobby', 'lobby', 'dev']) add(room);
    const ids = (room: string): number[] => log.outbox.open('console', room, 10).map((row) => row.id);
    expect([ids('lobby'), ids('dev'), log.outbox.roomsWaiting('console').sort()]).toEqual([
      [1, 3, 4],
      [2, 5],
      ['dev', 'lobby'],
    ]);
    log.transaction((tx) => {
      tx.outbox.mark(1, 'pending', 3, 99);
      tx.outbox.mark(3, 'sending', 1, 0);
      tx.outbox.sent(2, ['ref']);
      tx.outbox.mark(5, 'dead', 9, 0);
    });
    expect(log.outbox.open('console', 'lobby', 10).map((row) => [row.id, row.state, row.attempts, row.nextTry])).toEqual([
      [1, 'pending', 3, 99],
      [3, 'sending', 1, 0],
      [4, 'pending', 0, 0],
    ]);
    expect(log.outbox.roomsWaiting('console')).toEqual(['lobby']);
    log.close();
  });

  it('lets a reply go before notices that came earlier where those are many, and never before one that is on its way', () => {
    const log = Log.inMemory(tickingClock());
    const notice = (): number => reply(log, null, { kind: 'notice' });
    const next = (): number | undefined => log.outbox.next('console', 'lobby', 1_000)?.id;
    for (let n = 1; n <= 20; n++) notice();
    const few = reply(log, receive(log, message('m1')));
    expect([next(), few]).toEqual([1, 21]);
    log.transaction((tx) => tx.outbox.sent(few, ['ref']));
    for (let n = 22; n <= 30; n++) notice();
    const [first, second] = ['m2', 'm3'].map((id) => reply(log, receive(log, message(id))));
    expect([next(), first]).toEqual([31, 31]);
    log.transaction((tx) => tx.outbox.mark(1, 'sending', 1, 0));
    expect(next()).toBe(1);
    log.transaction((tx) => {
      tx.outbox.sent(1, ['ref']);
      tx.outbox.sent(first ?? 0, ['ref']);
    });
    expect([next(), second]).toEqual([32, 32]);
    log.transaction((tx) => tx.outbox.sent(second ?? 0, ['ref']));
    expect(next()).toBe(2);
    log.close();
  });

  it('counts what waits, and drops what was settled long ago', () => {
    const log = Log.inMemory(tickingClock());
    for (let i = 0; i < 3; i++) reply(log, null, { kind: 'notice' });
    log.transaction((tx) => tx.outbox.sent(1, []));
    expect(log.outbox.waiting()).toMatchObject([{ transport: 'console', n: 2 }]);
    expect([log.outbox.prune(0, 0), log.outbox.prune(Number.MAX_SAFE_INTEGER, 0)]).toEqual([0, 1]);
    expect(log.outbox.open('console', 'lobby', 10).map((row) => row.id)).toEqual([2, 3]);
    log.close();
  });
});

describe('an open question', () => {
  const question = (text: string): Parameters<Log['confirmations']['put']>[0] => ({
    transport: 'console',
    room: 'lobby',
    sender: 'ann',
    ingress: 'mention',
    direct: false,
    project: 'shop',
    text,
    items: [{ project: 'shop', number: 4, version: 2, seq: null }],
    expiresAt: 5,
  });

  it('is answered once, by its asker, in its room', () => {
    const log = Log.inMemory(tickingClock());
    const id = log.confirmations.put(question('delete 4'));
    expect(log.confirmations.of('console', 'lobby', 'ben')).toBeNull();
    expect(log.confirmations.of('console', 'dev', 'ann')).toBeNull();
    const open = log.confirmations.of('console', 'lobby', 'ann');
    expect(open).toEqual({ id, ...question('delete 4') });
    log.confirmations.close(question('delete 4'));
    expect(log.confirmations.isOpen(id)).toBe(false);
    expect(log.confirmations.of('console', 'lobby', 'ann')).toBeNull();
    log.close();
  });

  it('gives way to the next one, and goes with its item', () => {
    const log = Log.inMemory(tickingClock());
    log.confirmations.put(question('delete 4'));
    log.confirmations.put(question('delete 5'));
    expect(log.confirmations.of('console', 'lobby', 'ann')?.text).toBe('delete 5');
    log.confirmations.put(question('delete 4'));
    log.confirmations.forgetItem('shop', 4);
    expect(log.confirmations.of('console', 'lobby', 'ann')).toBeNull();
    log.close();
  });
});
