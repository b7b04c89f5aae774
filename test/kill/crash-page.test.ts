import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { digestOf, newSecret } from '../../src/bot/page/links.ts';
import { systemClock } from '../../src/clock.ts';
import { Log } from '../../src/log/log.ts';
import { Bench } from '../e2e/harness.ts';
import { figure } from '../figure.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { Browser } from '../transports/web/browser.ts';
import { twice } from './points.ts';

/** All that a command of the page passes, and its answer. */
const POINTS = [
  'after-inbox-insert',
  'before-command-commit',
  'after-command-commit',
  'after-outbox-sending',
  'network/web/after-message-kept',
  'after-send-before-mark',
  'after-mark-sent',
] as const;
const MOST_COMMANDS = 40;

let bench: Bench;
afterEach(() => bench.close());

test('killed on the way of a command of the page and its answer, Musher loses neither and doubles neither, and the session stays', async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  bench = new Bench({});
  await bench.run('ping');
  bench.append('bot.toml', `\n[web]\nlisten = "127.0.0.1:${port}"\n`);
  const secret = newSecret();
  const log = Log.open(bench.data, systemClock());
  const asker = { transport: 'console', room: 'terminal', sender: 'local', name: 'Anna', ingress: 'terminal', direct: true } as const;
  log.transaction((tx) => tx.windows.addLink(digestOf(secret), asker, tx.now + 600_000));
  log.close();

  let isUp = false;
  const over = new AbortController();
  const browser = new Browser(origin);
  const watching = (async () => {
    while (!over.signal.aborted) {
      const answered = await new Browser(origin).ask('/').catch(() => null);
      isUp = answered?.status === 401;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  })();
  const musher = new Reborn(bench, {
    environment(start, died) {
      isUp = false;
      const armed = start === 0 ? [] : twice(POINTS)(start, died);
      return armed.length === 0 ? {} : { MUSHER_CRASH_AT: armed.join(',') };
    },
    connected: () => isUp,
  });
  const until = (holds: () => boolean, what: string): Promise<void> =>
    musher.until(holds, () => `${what}; died at ${musher.died.join(', ')}; up: ${isUp}; ${underWay(bench)}`);
  /** Sends a command under one id until it was taken, as a page does whose connection breaks. */
  const say = async (n: number, command: string): Promise<void> => {
    let isTaken = false;
    while (!isTaken) {
      await until(() => isUp, `the page before command ${n}`);
      const answered = await browser.say(command, { id: `command-${n}` }).catch(() => null);
      isTaken = answered?.status === 204;
    }
  };

  await until(() => isUp, 'the first start');
  expect((await browser.post(`/enter/${secret}`, {})).status).toBe(303);
  await musher.kill();
  const left = (): boolean => twice(POINTS)(0, musher.died).length > 0;
  let said = 0;
  let created = 0;
  while (left() && said < MOST_COMMANDS) {
    said += 1;
    const isPing = said % 2 === 0;
    if (!isPing) created += 1;
    await say(said, isPing ? 'ping' : `create story Tea ${said}`);
    await until(() => musher.isBack && settled(bench), `what became of command ${said}`);
  }
  await until(() => musher.isBack && isUp && settled(bench), 'quiet');
  const { status, body } = await browser.ask('/answers');
  over.abort();
  await watching;
  await musher.end();
  expect(status).toBe(200);
  expect(body.match(/<li id="answer-\d+"/g)).toHaveLength(said);
  expect(body.match(/pong/gi)).toHaveLength(said - created);
  expect(bench.items().filter(({ title }) => /^Tea \d+$/.test(title))).toHaveLength(created);
  expect(twice(POINTS)(0, musher.died)).toEqual([]);
  figure(`commands of the page, ${musher.deaths} kills at ${POINTS.length} points: 0 lost, 0 doubled`);
}, 300_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
