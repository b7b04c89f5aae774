import { afterEach, expect, test } from 'vitest';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { Bench, until } from './harness.ts';

let bench: Bench;
let slack: FakeSlack;
afterEach(async () => {
  await bench.close();
  await slack.close();
});

const toml = (apiUrl: string): string => `
[slack]
bot_token = "${BOT_TOKEN}"
app_token = "${APP_TOKEN}"
api_url = "${apiUrl}"

[[person]]
name = "anna"
slack = "T1:U1"
day_tokens = 100_000

[[room]]
transport = "slack"
id = "C1"
project = "shop"
operator = ["anna"]
`;

test('a button in the room tops a budget up after a second step, for who may, and the item continues', async () => {
  slack = new FakeSlack();
  await slack.start();
  bench = new Bench({ sections: '[budget]\nitem_tokens = 1000' });
  bench.append('bot.toml', toml(slack.apiUrl));
  const musher = bench.service();
  const said = (): string => slack.rooms.said('C1').join('\n');
  const shows = (text: string): Promise<void> =>
    until(
      () => said().includes(text),
      () => `${text} in:\n${said()}`,
    );
  await until(() => slack.sockets.connected > 0);
  const steps = ['coder@1: usage 900 200 0.02; hang', 'coder@2: write a.txt a; commit; usage 50 10 0.01; success'];
  slack.say(`<@UBOT> create story Price\n${steps.map((step) => `do ${step}`).join('\n')}`);
  await shows('Created story #1');
  slack.say('<@UBOT> start 1');
  await shows('Budget used up: #1 has used 1.1k of its 1k tokens');
  await until(() => bench.only('run.ended', 1).length === 1);
  await slack.press('Add 1k tokens', 'U9');
  await shows('You have no role here');
  await slack.press('Add 1k tokens');
  await shows('Add 1k tokens to the budget of #1?');
  expect(bench.item(1).toppedUp.tokens).toBe(0);
  await slack.press('Yes');
  await shows('Added 1k tokens to the budget of #1: 900 tokens left');
  await shows(' merged into');
  expect(bench.only('item.budget_raised', 1).map(({ actor, payload }) => [actor, payload.tokens])).toEqual([['person:anna', 1000]]);
  expect(bench.only('run.pending', 1).map(({ payload }) => payload.reserved?.person)).toEqual(['person:anna', 'person:anna']);
  expect(said().split('Budget used up')).toHaveLength(2);
  const { code } = await musher.kill('SIGTERM');
  expect(code).toBe(0);
});
