import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Bench } from '../e2e/harness.ts';
import { BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { figure } from '../figure.ts';
import { messageViolations, repeatedAnswers } from '../invariants/messages.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { SlackRoom } from '../invariants/three-networks.ts';
import { twice } from './points.ts';

/** All that a slash command passes which is taken in, answered and acknowledged by one commit and one response. */
const POINTS = [
  'after-inbox-insert',
  'before-command-commit',
  'after-command-commit',
  'after-outbox-sending',
  'after-send-before-mark',
  'after-mark-sent',
] as const;
const MOST_COMMANDS = 40;
const SECRET = 'a-signing-secret-of-a-test';

let bench: Bench;
let slack: FakeSlack;
afterEach(async () => {
  await bench.close();
  await slack.close();
});

test('killed between a slash command over HTTP, its answer in the response and what is kept of it, Musher loses nothing and says nothing twice unmarked', async () => {
  slack = new FakeSlack();
  await slack.start();
  const port = await freePort();
  slack.http = { url: `http://127.0.0.1:${port}/slack/events`, secret: SECRET };
  const room = new SlackRoom(slack);
  bench = new Bench({});
  bench.append(
    'bot.toml',
    `
[slack]
mode = "http"
port = ${port}
bot_token = "${BOT_TOKEN}"
signing_secret = "${SECRET}"
api_url = "${slack.apiUrl}"

[[room]]
transport = "slack"
id = "C1"
project = "shop"
operator = ["slack:T1:U1"]
notify = ["none"]
`,
  );
  let before = 0;
  const isConnected = (): boolean => slack.called('auth.test').length > before;
  const musher = new Reborn(bench, {
    environment(start, died) {
      before = slack.called('auth.test').length;
      const armed = start === 0 ? [] : twice(POINTS)(start, died);
      return armed.length === 0 ? {} : { MUSHER_CRASH_AT: armed.join(',') };
    },
    connected: isConnected,
  });
  const until = (holds: () => boolean, what: string): Promise<void> =>
    musher.until(holds, () => `${what}; died at ${musher.died.join(', ')}; ${underWay(bench)}`);
  await until(isConnected, 'the first connection');
  await musher.kill();
  const left = (): boolean => twice(POINTS)(0, musher.died).length > 0;
  for (let n = 1; left() && n <= MOST_COMMANDS; n += 1) {
    await until(() => musher.isBack && settled(bench), 'quiet');
    let isTold = false;
    void room.slash(n % 2 === 0 ? 'ping' : `create story Tea ${n}`).then(() => (isTold = true));
    await until(() => isTold, `what became of command ${n}`);
  }
  await until(() => musher.isBack && settled(bench), 'quiet');
  await musher.end();
  expect(messageViolations(bench, [room])).toEqual([]);
  expect(twice(POINTS)(0, musher.died)).toEqual([]);
  figure(`slash commands over HTTP: ${musher.deaths} kills, 0 lost, 0 doubled, ${repeatedAnswers([room])} given again, which say so`);
}, 300_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
