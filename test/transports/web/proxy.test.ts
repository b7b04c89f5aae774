import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOUNDS } from '../../../src/bounds.ts';
import { makeDesk, makeWorld, type Desk, type World } from '../../commands/harness.ts';
import { eventually } from '../../eventually.ts';
import { Browser, Stream, type Answered } from './browser.ts';
import { keeping, never, openSite, type Site } from './fixture.ts';

const NAME = 'musher.example.org';
const PUBLIC = `https://${NAME}`;
/** What a browser says that has opened the public address. */
const FROM = { host: NAME, origin: PUBLIC };

let desk: Desk;
let world: World;
let site: Site;
let proxy: Server;
/** Where the proxy is reached, by whoever comes from `caller`. */
let entrance = '';
let caller = '203.0.113.1';
const { sink, received } = keeping();

/** A proxy as docs/transports/web.md wants one: it passes on `Host`, adds who asked, and holds nothing back. */
async function openProxy(port: number): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const said = incoming.headers['x-forwarded-for'];
    const headers = { ...incoming.headers, 'x-forwarded-for': said === undefined ? caller : `${String(said)}, ${caller}` };
    const onward = request({ host: '127.0.0.1', port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  desk = await makeDesk();
  world = makeWorld(desk);
  site = await openSite(world, { url: PUBLIC, behind_proxy: true });
  await site.transport.start(sink);
  proxy = await openProxy(site.port());
  entrance = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.close();
  proxy.closeAllConnections();
  await site.transport.stop(never);
  await world.close();
  desk.remove();
});

const enter = (browser: Browser, link: string): Promise<Answered> => browser.post(link, {}, FROM);

it('links name the public address, and a session through the proxy has a cookie of that host alone', async () => {
  expect(site.transport.address()).toBe(PUBLIC);
  const browser = new Browser(entrance);
  const { status, headers } = await enter(browser, site.link());
  expect(status).toBe(303);
  expect(headers['set-cookie']?.[0]).toMatch(/^__Host-musher=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
  expect(headers['strict-transport-security']).toBeDefined();
  const page = await browser.ask('/', { headers: FROM });
  expect(page.status).toBe(200);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const before = received.length;
  expect((await browser.post('/do', { csrf, command: 'status' }, FROM)).status).toBe(303);
  expect(
    (await browser.post('/do', { csrf, command: 'status' }, { ...FROM, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }))
      .status,
  ).toBe(403);
  expect(received).toHaveLength(before + 1);
});

it('the stream comes through as it happens', async () => {
  const browser = new Browser(entrance);
  await enter(browser, site.link());
  const stream = await Stream.open(entrance, `/live?after=${world.log.reads.lastSeq()}`, { host: NAME, cookie: browser.cookie ?? '' });
  world.make({ title: 'Now' });
  await eventually(() => expect(stream.events.map(({ name }) => name)).toEqual(['change']));
  stream.close();
});

it('callers are told apart by what the proxy says, not by what they say', async () => {
  caller = '203.0.113.7';
  const browser = new Browser(entrance);
  for (let i = 0; i < BOUNDS.webWrongLinks; i++) await browser.post('/enter/nothing', {}, { ...FROM, 'x-forwarded-for': `10.0.0.${i}` });
  expect((await browser.post('/enter/nothing', {}, { ...FROM, 'x-forwarded-for': '10.0.0.99' })).status).toBe(429);
  caller = '203.0.113.8';
  expect((await enter(browser, site.link())).status).toBe(303);
});

it('a proxy that replaces the host is refused, as the documentation says', async () => {
  const { status, body } = await new Browser(entrance).ask('/', { headers: { host: 'backend.internal' } });
  expect(status).toBe(421);
  const page = readFileSync(join(import.meta.dirname, '../../../docs/transports/web.md'), 'utf8');
  expect(page).toContain(`“${body.trim().replace(/\.$/, '')}”`);
  for (const needed of ['proxy_set_header Host $host', 'proxy_buffering off', 'X-Forwarded-For $proxy_add_x_forwarded_for'])
    expect(page).toContain(needed);
});
