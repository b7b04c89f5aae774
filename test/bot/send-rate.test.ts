import { describe, expect, it } from 'vitest';
import { SendRate } from '../../src/delivery/send-rate.ts';

/** The times at which `count` messages may go, when each asks for its turn as soon as the one before went. */
function times(pace: SendRate, room: string, count: number, from = 0): number[] {
  let now = from;
  return Array.from({ length: count }, () => (now = pace.turn(room, now)));
}

describe('the pace of a network', () => {
  const slack = { roomMs: 1_000, roomBurst: 3, networkMs: 0, networkBurst: 1 };

  it('lets a few of a room through at once, then one in its time', () => {
    expect(times(new SendRate(slack), 'C1', 6)).toEqual([0, 0, 0, 1_000, 2_000, 3_000]);
  });

  it('fills a room’s bucket again while nothing is sent there', () => {
    const pace = new SendRate(slack);
    times(pace, 'C1', 5);
    expect(times(pace, 'C1', 4, 60_000)).toEqual([60_000, 60_000, 60_000, 61_000]);
  });

  it('makes no room wait for another', () => {
    const pace = new SendRate(slack);
    times(pace, 'C1', 100);
    expect(pace.turn('C2', 97_000)).toBe(97_000);
  });

  it('counts each message of a sending that took several', () => {
    const pace = new SendRate(slack);
    pace.turn('C1', 0);
    pace.sent('C1', 5);
    expect(pace.turn('C1', 0)).toBe(3_000);
  });

  it('empties the bucket of a room that was refused, and of no other', () => {
    const pace = new SendRate(slack);
    pace.turn('C1', 0);
    pace.refused('C1', 0, 30_000, false);
    expect(times(pace, 'C1', 3)).toEqual([30_000, 31_000, 32_000]);
    expect(pace.turn('C2', 32_000)).toBe(32_000);
  });

  it('gives the turns of a whole network in the order in which they were asked for', () => {
    const pace = new SendRate({ roomMs: 0, roomBurst: 1, networkMs: 25, networkBurst: 2 });
    expect(['a', 'b', 'c', 'd', 'a'].map((room) => pace.turn(room, 0))).toEqual([0, 0, 25, 50, 75]);
  });

  it('learns a limit that the network says with refusals alone, and forgets it slowly', () => {
    const pace = new SendRate({ roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 });
    pace.turn('a', 0);
    // Two that were under way together bring the same news.
    pace.refused('a', 0, 5_000, true);
    pace.refused('b', 10, 5_000, true);
    expect([pace.turn('a', 0), pace.turn('b', 0), pace.turn('c', 0)]).toEqual([5_000, 6_000, 7_000]);
    pace.refused('a', 6_000, 11_000, true);
    expect(pace.turn('a', 6_000)).toBe(11_000);
    expect(pace.turn('b', 6_000)).toBe(13_000);
    for (let n = 0; n < 20; n++) pace.sent('a', 1);
    const next = pace.turn('a', 20_000);
    expect(pace.turn('b', 20_000) - next).toBeCloseTo(1_600);
    for (let n = 0; n < 20 * 60; n++) pace.sent('a', 1);
    expect([pace.turn('a', 90_000), pace.turn('b', 90_000)]).toEqual([90_000, 90_000]);
  });
});
