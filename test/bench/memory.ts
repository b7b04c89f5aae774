import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeDiscord } from '../fakes/discord/discord.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { times, type Row } from './measure.ts';
import { makeProject } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Until a process has come to rest: what it loaded is compiled, what it used once is collected. */
const REST_MS = 4_000;
/** What bots on the three SDKs load before they do anything. */
const BARE = `
  await Promise.all([import('@slack/bolt'), import('discord.js'), import('matrix-bot-sdk')]);
  console.log('ready');
  setInterval(() => {}, 1000);
`;

/** Memory at rest with all three networks connected, against a process that has only loaded their three SDKs. */
export async function benchMemory(dir: string): Promise<Row> {
  const [slack, discord, matrix] = [new FakeSlack(), new FakeDiscord(), new FakeHomeserver()];
  await Promise.all([slack.start(), discord.open(), matrix.listen()]);
  matrix.createRoom('!room:example.org');
  const room = discord.world.room();
  const folder = join(dir, 'memory');
  mkdirSync(folder);
  const project = makeProject(folder);
  const bound = (transport: string, id: string): string => `[[room]]\ntransport = "${transport}"\nid = "${id}"\nproject = "shop"\n`;
  const config = [
    `[[project]]\nname = "shop"\npath = ${JSON.stringify(project)}\n`,
    `[slack]\nbot_token = "${BOT_TOKEN}"\napp_token = "${APP_TOKEN}"\napi_url = "${slack.apiUrl}"\n`,
    `[discord]\ntoken = "${discord.token}"\napi_url = "${discord.api}"\n`,
    `[matrix]\nhomeserver = "${matrix.url}"\naccess_token = "${matrix.accessToken}"\n`,
    bound('slack', 'C1'),
    bound('discord', room.id),
    bound('matrix', '!room:example.org'),
  ];
  writeFileSync(join(folder, 'bot.toml'), config.join('\n'), { mode: 0o600 });
  const started: ChildProcess[] = [];
  try {
    // Matrix' SDK needs a native library to be loaded that may not be there: both have the same stand-in for it.
    const stub = join(import.meta.dirname, 'matrix-without-crypto.ts');
    const bare = spawn(process.execPath, ['--import', stub, '--input-type=module', '-e', BARE], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(bare);
    await once(bare.stdout, 'data');
    const args = [join(ROOT, 'bin/musher.js'), 'run', '--config', join(folder, 'bot.toml'), '--data', join(folder, 'data')];
    const musher = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    started.push(musher);
    await connected(() => slack.sockets.connected > 0 && discord.gateway.identifies.length > 0 && matrix.waiting > 0);
    await delay(REST_MS);
    const [floor, taken] = [mebibytes(bare), mebibytes(musher)];
    return {
      what: 'memory at rest with all three networks, against their three SDKs, only loaded',
      floor: `${floor.toFixed(0)} MiB`,
      musher: `${taken.toFixed(0)} MiB`,
      ratio: times(taken / floor),
      goal: '≤ 1.25×',
      met: taken / floor <= 1.25,
    };
  } finally {
    for (const child of started) {
      const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.kill('SIGTERM');
      await exit;
    }
    await Promise.all([slack.close(), discord.close(), matrix.close()]);
  }
}

async function connected(all: () => boolean): Promise<void> {
  const until = Date.now() + 60_000;
  while (!all()) {
    if (Date.now() > until) throw new Error('not all networks were connected within a minute');
    await delay(20);
  }
}

function mebibytes(child: ChildProcess): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
}
