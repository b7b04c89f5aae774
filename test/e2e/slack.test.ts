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

[[room]]
transport = "slack"
id = "C1"
project = "shop"
operator = ["anna"]
notify_style = "messages"
`;

test('a person creates, starts and approves in a channel, and the channel is told each step once', async () => {
  slack = new FakeSlack();
  await slack.start();
  bench = new Bench({ top: 'qa = "human"' });
  bench.append('bot.toml', toml(slack.apiUrl));
  const musher = bench.service();
  const said = (): string => slack.rooms.said('C1').join('\n');
  const shows = (text: string): Promise<void> =>
    until(
      () => said().includes(text),
      () => `${text} in:\n${said()}`,
    );
  await until(() => slack.sockets.connected > 0);
  slack.say('<@UBOT> create story Price');
  await shows('Created story #1');
  slack.say('<@UBOT> start 1');
  await shows('waiting for review');
  // Somebody without rights is told so, and nothing moves.
  slack.say('<@UBOT> approve 1', { user: 'U9' });
  await shows('You have no role here');
  expect(bench.path(1)).toEqual(['backlog', 'current', 'qa']);
  slack.say('<@UBOT> diff 1');
  await shows('[Approve]');
  await slack.press('Approve');
  await shows(' merged into');
  expect(bench.only('item.moved', 1).map(({ actor, payload }) => `${actor} ${payload.to.name}`)).toEqual([
    'person:anna current',
    'musher qa',
    'person:anna merge',
    'musher done',
  ]);
  const approved = '✓ #1 Price approved by anna (1 commit). Merging next.';
  for (const step of [': started', 'waiting for review', approved, ' merged into']) expect(said().split(step)).toHaveLength(2);
  // The answer said it.
  expect(said()).not.toContain('queued to merge');
  const { code } = await musher.kill('SIGTERM');
  expect(code).toBe(0);
});
