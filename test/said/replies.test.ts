import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeDesk, type Desk } from '../commands/harness.ts';
import { populate } from '../commands/tour.ts';
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
