import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/bot/loop/turns.ts';
import { testClock } from '../commands/harness.ts';

function open(burst = 3, everyMs = 1_000) {
  const clock = testClock();
  const turns = new Turns(clock, { burst, everyMs });
  const done: string[] = [];
  /** Puts messages into a room, each named after its sender, which is its first letter. */
  const add = (room: string, ...names: readonly string[]): void => {
    for (const name of names) turns.add(room, name.charAt(0), () => Promise.resolve(void done.push(name)));
  };
  /** All that can happen without the clock has happened. */
  const settle = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  return { clock, turns, done, add, settle };
}

describe('turns', () => {
  it('are in the order of arrival where nobody has more than one message', async () => {
    const { add, done, settle } = open();
    add('r', 'a1', 'b1', 'c1');
    await settle();
    expect(done).toEqual(['a1', 'b1', 'c1']);
  });

  it('let others wait for one message of a flood at most, and keep each sender’s own order', async () => {
    const { add, done, settle } = open(10);
    add('r', 'a1', 'a2', 'a3', 'a4', 'b1', 'b2');
    await settle();
    expect(done).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('slow one sender down after the burst, and nobody else in the room or in another', async () => {
    const { add, done, settle, clock } = open(2, 1_000);
    add('r', 'a1', 'a2', 'a3', 'a4');
    await settle();
    expect(done).toEqual(['a1', 'a2']);
    add('r', 'b1');
    add('s', 'c1', 'a5');
    await settle();
    expect(done.toSorted()).toEqual(['a1', 'a2', 'b1', 'c1']);
    clock.move(999);
    await settle();
    expect(done).toHaveLength(4);
    clock.move(1);
    await settle();
    expect(done).toHaveLength(5);
    clock.move(1_000);
    await settle();
    clock.move(1_000);
    await settle();
    expect(done.toSorted()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1']);
    expect(done.filter((name) => ['a3', 'a4'].includes(name))).toEqual(['a3', 'a4']);
    expect(clock.waiting()).toBe(0);
  });

  it('give the whole burst again to who has rested', async () => {
    const { add, done, settle, clock } = open(2, 1_000);
    add('r', 'a1', 'a2');
    await settle();
    clock.move(2_000);
    add('r', 'a3', 'a4', 'a5');
    await settle();
    expect(done).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('wait in their room for the work before them', async () => {
    const { turns, done, add, settle } = open();
    let release = (): void => {};
    turns.add('r', 'z', () => new Promise((resolve) => (release = resolve)));
    add('r', 'a1');
    add('s', 'b1');
    await settle();
    expect(done).toEqual(['b1']);
    release();
    await settle();
    expect(done).toEqual(['b1', 'a1']);
  });

  it('are unpaced for the terminal', async () => {
    const { turns, done, settle } = open(1);
    for (let n = 1; n <= 50; n++) turns.add('r', null, () => Promise.resolve(void done.push(String(n))));
    await settle();
    expect(done).toHaveLength(50);
  });

  it('end with what may go at once; what waits for its pace is left, and no timer with it', async () => {
    const { turns, add, done, clock } = open(1);
    add('r', 'a1', 'a2', 'b1');
    await turns.stop();
    expect(done).toEqual(['a1', 'b1']);
    expect(clock.waiting()).toBe(0);
  });
});
