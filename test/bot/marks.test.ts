import { expect, test } from 'vitest';
import { Marks } from '../../src/bot/marks.ts';
import { Log } from '../../src/log/log.ts';
import { testClock } from '../commands/harness.ts';

test('changes that come together are kept together, and each gets its own result', async () => {
  const log = Log.inMemory(testClock());
  const marks = new Marks(log);
  const transaction = log.transaction.bind(log);
  let transactions = 0;
  log.transaction = (work) => {
    transactions += 1;
    return transaction(work as never);
  };
  const set = (key: string): Promise<string> =>
    marks.keep(() => {
      log.stateStore('x').set(key, key);
      return key;
    });
  expect(await Promise.all(['a', 'b', 'c'].map(set))).toEqual(['a', 'b', 'c']);
  expect(transactions).toBe(1);
  log.close();
});

test('a change that can not be kept takes no other along, and says why', async () => {
  const log = Log.inMemory(testClock());
  const marks = new Marks(log);
  const state = log.stateStore('x');
  const [good, bad, other] = await Promise.allSettled([
    marks.keep(() => state.set('good', '1')),
    marks.keep(() => {
      state.set('bad', '1');
      throw new Error('no room');
    }),
    marks.keep(() => state.set('other', '1')),
  ]);
  expect([good.status, bad, other.status]).toMatchObject(['fulfilled', { reason: { message: 'no room' } }, 'fulfilled']);
  expect([state.get('good'), state.get('bad'), state.get('other')]).toEqual(['1', null, '1']);
  log.close();
});
