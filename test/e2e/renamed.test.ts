import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { Bench, create, succeeded, until } from './harness.ts';

let bench: Bench;
let slack: FakeSlack | null = null;
afterEach(async () => {
  await bench.close();
  await slack?.close();
  slack = null;
});

const account = (name: string): string => `\n[[account]]\nname = "${name}"\nruntime = "command"\nenv = { ACCOUNT = "${name}" }\n`;

test('an account that is gone from the configuration holds nobody back any more: what waited for it continues with another', async () => {
  bench = new Bench({});
  const plain = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
  bench.append('bot.toml', account('main'));
  const first = bench.start();
  first.type(create('Limited', 'coder@1: limited 3600000; exit 1'), 'start 1', 'wait 1 ratelimited 60', 'why 1');
  expect(succeeded(await first.end())).toContain('Rate-limited on account main, until');
  bench.write('bot.toml', `${plain}${account('other')}`);
  succeeded(await bench.run('wait 1 done 60'));
  expect(bench.runs(1).map((run) => run.account)).toEqual(['main', 'other']);
});

test('a room that is gone from the configuration gets nothing more, and stops nobody: neither the others nor the pipeline', async () => {
  slack = new FakeSlack();
  slack.rooms.members.add('C2');
  await slack.start();
  bench = new Bench({});
  const network = `\n[slack]\nbot_token = "${BOT_TOKEN}"\napp_token = "${APP_TOKEN}"\napi_url = "${slack.apiUrl}"\n`;
  const room = (id: string): string =>
    `\n[[room]]\ntransport = "slack"\nid = "${id}"\nproject = "shop"\noperator = ["slack:T1:U1"]\nnotify_style = "messages"\n`;
  const plain = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
  bench.write('bot.toml', `${plain}${network}${room('C1')}${room('C2')}`);
  const said = (id: string): string => slack?.rooms.said(id).join('\n') ?? '';
  const first = bench.service();
  await until(() => (slack?.sockets.connected ?? 0) > 0);
  slack.say('<@UBOT> create story One\ndo coder: raise there; await go; write a.txt a; commit; success');
  await until(() => said('C1').includes('Created story #1'));
  slack.say('<@UBOT> start 1');
  await until(() => bench.raised('there') && said('C2').includes(': started'));
  await first.kill('SIGTERM');
  bench.write('bot.toml', `${plain}${network}${room('C1')}`);
  const second = bench.service();
  bench.raise('go');
  await until(
    () => said('C1').includes(' merged into'),
    () => said('C1'),
  );
  expect(said('C2')).not.toContain('queued to merge');
  expect((await second.kill('SIGTERM')).code).toBe(0);
});

test('a project that has another name now is named wherever somebody looks for its items, and comes back with its name', async () => {
  bench = new Bench({});
  succeeded(await bench.run(create('One'), create('Two'), 'delete 2', 'yes'));
  const before = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
  bench.write('bot.toml', before.replace('name = "shop"', 'name = "store"'));
  const out = succeeded(await bench.run('status', 'health'));
  const named = /1 item of project “shop” \(1 open\), which is not in bot.toml.*?\[\[project\]\] named "shop"/gs;
  expect(out.match(named)).toHaveLength(3);
  const { out: found, code } = await bench.callHere('doctor', '--config', join(bench.dir, 'bot.toml'), '--data', bench.data);
  expect([found.match(named)?.length, code]).toEqual([1, 0]);
  bench.write('bot.toml', before);
  expect(succeeded(await bench.run('status'))).not.toContain('“shop”');
});
