import { afterEach, describe, expect, it } from 'vitest';
import { System } from '../model/system.ts';

const HOUR = 3_600_000;
let system: System;
let ids = 0;
afterEach(() => system.end());

async function say(...texts: readonly string[]): Promise<void> {
  for (const text of texts) system.say(`m${(ids += 1)}`, text);
  await system.settle();
}
function begin(): void {
  system = new System({ qa: 'server' });
  system.begin();
}
const stages = (): (string | undefined)[] => [1, 2, 3].map((number) => system.reads.item('shop', number)?.stage.name);
const working = (): number[] => system.outside.running.map(({ item }) => item);

/** The agent of an item commits and ends. */
async function finish(number: number): Promise<void> {
  const agent = system.outside.running.find(({ item }) => item === number);
  if (agent === undefined) throw new Error(`nobody works on ${number}`);
  system.outside.finish(agent, 'commit', system.clock.now());
  await system.settle();
}

describe('a paused project', () => {
  it('lets runs finish, begins no run, gate or merge, and takes all of it up in order when it is resumed', async () => {
    begin();
    await say('create story One', 'create story Two', 'create story Three', 'start 1', 'start 2', 'start 3');
    expect(working()).toEqual([1, 2]);
    await say('pause');
    await finish(1);
    expect([working(), stages()]).toEqual([[2], ['current', 'current', 'current']]);
    expect(system.reads.receipts('shop', 1)).toEqual([]);
    await say('resume');
    expect(stages()[0]).toBe('done');
    expect(working()).toEqual([2, 3]);
  });

  it('stays paused over a restart, and continues by itself at its time', async () => {
    begin();
    await say('create story One', 'pause for 1h', 'start 1');
    await system.restart(true);
    await system.settle();
    expect(working()).toEqual([]);
    system.clock.move(HOUR);
    await system.settle();
    expect(working()).toEqual([1]);
    expect(system.eventsOf('project.resumed')).toHaveLength(1);
  });

  it('whose time passed while Musher was off continues with the start', async () => {
    begin();
    await say('create story One', 'pause for 1h', 'start 1');
    system.clock.move(2 * HOUR);
    await system.restart(false);
    await system.settle();
    expect(working()).toEqual([1]);
  });

  it('that was resumed, or paused for longer, does not end at the first time', async () => {
    begin();
    await say('create story One', 'pause for 1h', 'pause for 3h', 'start 1');
    system.clock.move(2 * HOUR);
    await system.settle();
    expect(working()).toEqual([]);
    await say('resume', 'pause');
    system.clock.move(2 * HOUR);
    await system.settle();
    expect([working(), system.eventsOf('project.resumed').length]).toEqual([[], 1]);
  });

  it('with --stop ends runs and gates without an attempt, and they begin again afterwards', async () => {
    begin();
    system.outside.gateMode = 'hang';
    await say('create story One', 'create story Two', 'start 1', 'start 2');
    await finish(1);
    expect(system.outside.gates.size).toBe(1);
    await say('pause --stop');
    expect([working(), system.outside.gates.size]).toEqual([[], 0]);
    expect([1, 2].map((number) => system.reads.item('shop', number)?.attempts)).toEqual([0, 0]);
    system.outside.gateMode = 'pass';
    await say('resume');
    expect([stages()[0], working()]).toEqual(['done', [2]]);
  });

  it('lets a merge that is under way come to its end', async () => {
    begin();
    await say('create story One', 'start 1');
    system.outside.slow = true;
    await finish(1);
    await say('pause');
    system.outside.letGo();
    await system.settle();
    expect(stages()[0]).toBe('done');
  });
});
