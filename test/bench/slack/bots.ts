import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { BOT_TOKEN } from '../../fakes/slack/methods.ts';
import { makeProject } from '../project.ts';
import type { Answers } from './answers.ts';
import { PEOPLE, SECRET } from './load.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A bot that takes slash commands at a port. */
export interface Bot {
  readonly port: number;
  readonly child: ChildProcess;
}

/** A bot of one file: `bolt-echo.ts` or `chat-echo.ts`. */
export async function startEcho(file: string, answers: Answers): Promise<Bot> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), SECRET, API_URL: `${answers.origin}/api/`, TOKEN: BOT_TOKEN };
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return listening({ port, child });
}

/** The whole of Musher, with its log in a folder below `dir`. */
export async function startMusher(dir: string, answers: Answers): Promise<Bot> {
  const port = await freePort();
  const folder = join(dir, 'slack');
  mkdirSync(folder);
  const project = makeProject(folder);
  const people = Array.from({ length: PEOPLE }, (_, i) => `"slack:T1:U${i}"`).join(', ');
  const rooms = Array.from(
    { length: PEOPLE },
    (_, i) => `[[room]]\ntransport = "slack"\nid = "C${i}"\nproject = "shop"\nnotify = ["none"]\n`,
  );
  const config = [
    // A bench is a flood.
    `[flood]\nburst = 10000\nper_minute = 600000\n`,
    `[roles]\nviewer = [${people}]\n`,
    `[[project]]\nname = "shop"\npath = ${JSON.stringify(project)}\n`,
    `[slack]\nmode = "http"\nport = ${port}\nbot_token = "${BOT_TOKEN}"\nsigning_secret = "${SECRET}"\napi_url = "${answers.origin}/api/"\n`,
    ...rooms,
  ].join('\n');
  writeFileSync(join(folder, 'bot.toml'), config, { mode: 0o600 });
  const args = [join(ROOT, 'bin/musher.js'), 'run', '--config', join(folder, 'bot.toml'), '--data', join(folder, 'data')];
  return listening({
    port,
    child: spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  });
}

/** Ends a bot and waits for that. */
export async function stopBot({ child }: Bot): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** The bot, when something listens at its port; throws when its process ends first, or after a minute. */
async function listening(bot: Bot): Promise<Bot> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && bot.child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(bot.port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return bot;
    await delay(20);
  }
  await stopBot(bot);
  throw new Error(`nothing listens on ${bot.port}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
