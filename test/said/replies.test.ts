import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeDesk, type Desk } from '../commands/harness.ts';
import { populate } from '../commands/tour.ts';
import { eventually } from '../eventually.ts';
import { converse, type Conversation } from './conversations.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

async function begin(network: string): Promise<Conversation> {
  const talk = await converse(desk, network);
  onTestFinished(() => talk.close());
  populate(talk.world);
  return talk;
}

it('a reply in Discord to what a slash command was answered with is about its item', async () => {
  const { say } = await begin('discord');
  expect(await say('a slash command for all', '/show item:3')).toContain('#3 Is reviewed');
  expect(await say('a reply', 'why')).toContain('#3 Is reviewed');
});

it.each(['matrix', 'slack', 'discord'])('in %s other commands are answered while a live reply goes on in the room', async (network) => {
  const { sees, world } = await begin(network);
  const form = network === 'matrix' ? 'a pill' : 'a mention';
  await sees(form, 'htop 60', /60 s left/);
  await sees(form, 'show 3', /#3 Is reviewed/);
  await eventually(() => expect(world.clock.waiting()).toBeGreaterThan(0));
  world.clock.move(1_000);
  await sees(form, 'ping', /pong/);
  await sees(form, 'ping', /59 s left/);
});
