import { expect, test } from 'vitest';
import { Delivery, type SendingNetwork } from '../../src/delivery/delivery.ts';
import { Log } from '../../src/log/log.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { SendFailure } from '../../transports/transport.ts';
import { testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const ROOMS = 100;
const EACH = 20;
const PACE = { roomMs: 1_000, roomBurst: 3, networkMs: 0, networkBurst: 1 };

test('many messages to many rooms run into no refusal, in order and each once, in the time that the buckets need', async () => {
  const clock = testClock();
  const log = Log.inMemory(clock);
  const shown = new Map<string, string[]>();
  const buckets = new Map<string, { left: number; at: number }>();
  let refused = 0;
  const sender: SendingNetwork = {
    name: 'net',
    capabilities: { edits: true, threads: false, broadcasts: false, pace: PACE },
    send: (to, body, key) => {
      const bucket = buckets.get(to.room) ?? { left: PACE.roomBurst, at: clock.now() };
      bucket.left = Math.min(PACE.roomBurst, bucket.left + (clock.now() - bucket.at) / PACE.roomMs);
      bucket.at = clock.now();
      buckets.set(to.room, bucket);
      if (bucket.left < 1) {
        refused += 1;
        return Promise.reject(new SendFailure('not-sent', 'too fast', { retryAfterMs: 30_000 }));
      }
      bucket.left -= 1;
      shown.set(to.room, [...(shown.get(to.room) ?? []), plainText(body, { width: 80 })]);
      return Promise.resolve([{ transport: to.transport, room: to.room, id: key }]);
    },
    edit: () => Promise.resolve(),
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
  const started = clock.now();
  log.transaction((tx) => {
    for (let n = 0; n < EACH; n++) {
      for (let room = 0; room < ROOMS; room++) {
        const to = { transport: 'net', room: `r${room}`, thread: null };
        tx.outbox.add({ to, kind: 'notice', body: line(`news ${n}`), inbox: null, item: null }, tx.now);
      }
    }
  });
  delivery.start();
  const isDone = (): boolean => log.outbox.waiting().length === 0;
  while (!isDone()) {
    await eventually(() => expect(isDone() || clock.waiting() === ROOMS).toBe(true));
    if (!isDone()) clock.move(250);
  }
  expect(refused).toBe(0);
  const news = Array.from({ length: EACH }, (_, n) => `news ${n}`);
  for (let room = 0; room < ROOMS; room++) expect(shown.get(`r${room}`)).toEqual(news);
  // Three at once, the others a second apart; no room waited for another.
  expect(clock.now() - started).toBe((EACH - PACE.roomBurst) * PACE.roomMs);
  await delivery.stop(AbortSignal.timeout(1_000));
  log.close();
});
