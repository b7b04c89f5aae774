import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { perSecond, times, type Row } from './measure.ts';
import { makeProject } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'a-signing-secret-of-a-bench';
/** Requests that are under way at once: as many as a busy workspace would have. */
const AT_ONCE = 16;
/** People and channels that they come from, so that nobody's flood is slowed. */
const PEOPLE = 50;
const COUNT = 2_000;
const WARM_UP = 300;
const ROUNDS = 3;

/** Slash commands over signed HTTP until their answers have arrived: the whole of Musher against the least bot on bolt. */
export async function benchSlack(dir: string): Promise<Row> {
  const slack = new FakeSlack();
  await slack.start();
  const answers = await Answers.open(slack.apiUrl);
  const children: ChildProcess[] = [];
  try {
    const echo = await startEcho(slack, children);
    const musher = await startMusher(dir, answers, children);
    for (const port of [echo, musher]) await load(port, answers, WARM_UP);
    const [floors, rates]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      floors.push(COUNT / (await load(echo, answers, COUNT)));
      rates.push(COUNT / (await load(musher, answers, COUNT)));
    }
    const [floor, rate] = [Math.max(...floors), Math.max(...rates)];
    return {
      what: 'slash commands over signed HTTP, until answered, against the same on bare bolt (which keeps nothing)',
      floor: perSecond(floor, 1),
      musher: perSecond(rate, 1),
      ratio: times(rate / floor),
      goal: '≥ 0.8×',
      met: rate / floor >= 0.8,
    };
  } finally {
    for (const child of children) await ended(child);
    await answers.close();
    await slack.close();
  }
}

/** Where answers arrive: the least that a server can do, so that it slows neither of the two. */
class Answers {
  readonly #server: Server;
  readonly #waiting = new Map<string, () => void>();

  private constructor(server: Server, api: string) {
    this.#server = server;
    server.on('request', (incoming, response) => {
      if (!(incoming.url ?? '').startsWith('/response/')) {
        // A start's few calls of the Web API.
        const headers = { authorization: incoming.headers.authorization ?? '', 'content-type': incoming.headers['content-type'] ?? '' };
        const forwarded = request(new URL(incoming.url ?? '/', api), { method: incoming.method, headers }, (found) => {
          response.writeHead(found.statusCode ?? 500, { 'content-type': 'application/json' });
          found.pipe(response);
        });
        incoming.pipe(forwarded);
        return;
      }
      incoming.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
        const id = (incoming.url ?? '').slice('/response/'.length);
        this.#waiting.get(id)?.();
        this.#waiting.delete(id);
      });
    });
  }

  static async open(api: string): Promise<Answers> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Answers(server, api);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get base(): string {
    return `${this.origin}/response/`;
  }

  /** Resolves when the answer to this id has come. */
  to(id: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function startEcho(slack: FakeSlack, children: ChildProcess[]): Promise<number> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), SECRET, API_URL: slack.apiUrl, TOKEN: BOT_TOKEN };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bolt-echo.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await listens(port, child);
  return port;
}

async function startMusher(dir: string, answers: Answers, children: ChildProcess[]): Promise<number> {
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
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  await listens(port, child);
  return port;
}

/** Seconds for so many commands, each until its answer has arrived. */
async function load(port: number, answers: Answers, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let left = count;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const id = randomUUID();
      const answered = answers.to(id);
      await send(port, agent, left % PEOPLE, `${answers.base}${id}`);
      await answered;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  return (performance.now() - start) / 1_000;
}

function send(port: number, agent: Agent, who: number, responseUrl: string): Promise<void> {
  const body = new URLSearchParams({
    command: '/musher',
    text: 'ping',
    team_id: 'T1',
    api_app_id: 'A1',
    channel_id: `C${who}`,
    user_id: `U${who}`,
    user_name: `u${who}`,
    trigger_id: responseUrl.slice(-36),
    response_url: responseUrl,
  }).toString();
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': time,
    'x-slack-signature': signature,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/slack/events', method: 'POST', headers, agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a slash command was answered ${response.statusCode}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Resolves when something listens there; throws when the process ends first, or after a minute. */
async function listens(port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await delay(20);
  }
  throw new Error(`nothing listens on ${port}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
