import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDesk, type Desk, type World, makeWorld } from '../commands/harness.ts';
import { populate } from '../commands/tour.ts';

/**
 * What people really type who have read nothing, with what a sensible answer holds: the thing done, or the exact command to
 * type. Nothing here may guess and act. Items as `populate` makes them: 1 waits in the backlog, 2 runs, 3 waits for review, 6 is blocked.
 */
const SENTENCES: readonly (readonly [typed: string, says: RegExp])[] = [
  ['status', /backlog \d+ · current/],
  ['status?', /backlog \d+ · current/],
  ['Status please!', /backlog \d+ · current/],
  ['STATUS.', /backlog \d+ · current/],
  ['hi, status', /backlog \d+ · current/],
  ['whats going on', /backlog \d+ · current/],
  ["what's going on?", /backlog \d+ · current/],
  ['what’s up?', /backlog \d+ · current/],
  ['how is it going?', /backlog \d+ · current/],
  ['board', /backlog \d+ · current/],
  ['help', /`help <command>`/],
  ['help me', /`help <command>`/],
  ['help!', /`help <command>`/],
  ['?', /`help <command>`/],
  ['what can you do?', /`help <command>`/],
  ['commands', /`help <command>`/],
  ['hello', /Hello! Try `status`/],
  ['thanks!', /welcome/],
  ['show me 3', /#3 Is reviewed/],
  ['show 3', /#3 Is reviewed/],
  ['show #3', /#3 Is reviewed/],
  ['#3', /#3 Is reviewed/],
  ['3', /#3 Is reviewed/],
  ['why 6?', /#6 Is blocked/],
  ['why is 6 blocked', /#6 Is blocked/],
  ['logs of 2', /#2 Is worked on, run 1/],
  ['log 2', /#2 Is worked on, run 1/],
  ['diff of 3', /#3 Is reviewed/],
  ['how much today', /shop today:/],
  ['how much today?', /shop today:/],
  ['cost', /Cost/],
  ['version?', /Musher 1\.2\.3/],
  ['approve', /needs item numbers, like/],
  ['lgtm 99', /`approve 99`/],
  ['kill everything', /`stop all` or `panic`/],
  ['start', /needs item numbers, like/],
  ['start 97 98', /no items? /i],
  ['yes', /no question/],
  ['who is working', /#2 Is worked on/],
  ['todo', /Backlog of shop/],
  ['restart the server', /`help restart` explains/],
  ['make me a login page', /`help`|`create/],
  ['more', /nothing more to show/],
];

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
  world = makeWorld(desk);
  populate(world);
  world.written.set('2/1', ['at work']);
});
afterAll(async () => {
  await world.close();
  desk.remove();
});

describe('a sentence of somebody who has read nothing', () => {
  it.each(SENTENCES)('%s', async (typed, says) => {
    const before = [1, 2, 3, 4, 5, 6].map((n) => world.kinds(n).length);
    expect((await world.say(typed, { room: typed })).text).toMatch(says);
    // None of these is a clear order about an item that exists.
    expect([1, 2, 3, 4, 5, 6].map((n) => world.kinds(n).length)).toEqual(before);
  });
});
