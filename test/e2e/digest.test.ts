import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { DATABASE_FILE } from '../../src/log/log.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { Bench, until } from './harness.ts';

let bench: Bench;
let slack: FakeSlack;
afterEach(async () => {
  await bench.close();
  await slack.close();
});

const HOUR_MS = 60 * 60_000;
const clockAt = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
const quiet = (now: number): string =>
  `quiet_hours = "${clockAt(now - 3 * HOUR_MS)}-${clockAt(now - HOUR_MS)}"\ndigest = "after quiet hours"`;

test.each([
  ['at its time of day', (now: number) => `digest = "${clockAt(now - HOUR_MS)}"`],
  ['when the room wakes up', quiet],
])('a room is told %s what was merged and what waits, once, also where Musher was down then', async (_when, keys) => {
  slack = new FakeSlack();
  await slack.start();
  bench = new Bench({ top: 'qa = "server"' });
  bench.write('bot.toml', `timezone = "UTC"\n${readFileSync(join(bench.dir, 'bot.toml'), 'utf8')}`);
  bench.append(
    'bot.toml',
    `
[slack]
bot_token = "${BOT_TOKEN}"
app_token = "${APP_TOKEN}"
api_url = "${slack.apiUrl}"

[[room]]
transport = "slack"
id = "C1"
project = "shop"
operator = ["slack:T1:U1"]
${keys(Date.now())}
`,
  );
  const said = (): string => slack.rooms.said('C1').join('\n');
  const digests = (): number => said().split('shop since').length - 1;
  const shows = (text: string): Promise<void> => until(() => said().includes(text), said);
  const first = bench.service();
  await until(() => slack.sockets.connected > 0);
  slack.say('<@UBOT> create story Price\ndo coder: write price.txt 9; commit; success');
  await shows('Created story #1');
  slack.say('<@UBOT> start 1');
  await shows(' merged into');
  // Nobody has had one before, and this one is not a day old.
  expect(digests()).toBe(0);
  await first.kill('SIGTERM');
  const db = new Database(join(bench.data, DATABASE_FILE));
  db.prepare("UPDATE state SET value = ? WHERE scope = 'digests'").run(String(Date.now() - 25 * HOUR_MS));
  db.close();
  const second = bench.service();
  await shows('1 merged · 0 blocked · 0 waiting for you');
  expect(said()).toContain('✓ #1 Price');
  await second.kill('SIGTERM');
  const third = bench.service();
  await until(() => slack.sockets.connected > 0);
  slack.say('<@UBOT> ping');
  await shows('pong');
  expect(digests()).toBe(1);
  expect((await third.kill('SIGTERM')).code).toBe(0);
});
