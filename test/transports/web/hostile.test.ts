import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOUNDS } from '../../../src/bounds.ts';
import { makeDesk, makeWorld, type Desk, type World } from '../../commands/harness.ts';
import { eventually } from '../../eventually.ts';
import { Browser, Stream, type Answered } from './browser.ts';
import { keeping, never, openSite, type Site } from './fixture.ts';

const TITLE = 'Fix </textarea><script>alert("title")</script> & "quotes"';

let desk: Desk;
let world: World;
let site: Site;
const { sink, received } = keeping();
beforeAll(async () => {
  desk = await makeDesk();
  world = makeWorld(desk);
  world.make({ title: TITLE });
  site = await openSite(world);
  await site.transport.start(sink);
});
afterAll(async () => {
  await site.transport.stop(never);
  await world.close();
  desk.remove();
});

/** Sends bytes as they stand and gives all that comes back until the end. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(site.origin());
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answered = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answered += chunk;
    });
    socket.on('error', () => resolve(answered));
    socket.on('close', () => resolve(answered));
  });
}

const host = (): string => new URL(site.origin()).host;
/** Without what differs from answer to answer. */
function shape({ status, headers, body }: Answered): unknown {
  const { date: _, ...others } = headers;
  return { status, headers: others, body };
}

describe('without a session', () => {
  it.each([
    '/',
    '/board/shop',
    '/item/shop/1',
    '/nothing',
    '/live?after=0',
    '/answers',
    '/complete?text=sta',
    '/do',
    '/assets/none.js',
    '/../etc',
    '/%00',
  ])('%s is the same plain 401, and says nothing of Musher', async (path) => {
    const answered = await new Browser(site.origin()).ask(path);
    expect(shape(answered)).toEqual(shape(await new Browser(site.origin()).ask('/')));
    expect(answered.status).toBe(401);
    expect(answered.body).not.toMatch(/<script|shop|alert|0\.1\.0/i);
  });

  it('a form does nothing', async () => {
    const before = received.length;
    expect(await new Browser(site.origin()).post('/do', { csrf: '', command: 'status' })).toMatchObject({ status: 401 });
    expect(received).toHaveLength(before);
  });

  it('a cookie that is no session, or comes twice, is none', async () => {
    const browser = await site.enter();
    const { cookie } = browser;
    const [name = ''] = cookie?.split('=') ?? [];
    for (const wrong of [
      `${name}=`,
      `${name}=${'A'.repeat(43)}`,
      `${name}=../../x`,
      `${cookie}; ${name}=${'A'.repeat(43)}`,
      `x${cookie}`,
      `${cookie}A`,
    ]) {
      browser.cookie = wrong;
      expect([wrong, (await browser.ask('/')).status]).toEqual([wrong, 401]);
    }
    browser.cookie = cookie;
    expect((await browser.ask('/')).status).toBe(200);
  });
});

describe('a link', () => {
  it('is only looked at by whoever fetches it, however often, and says the same whether it is good', async () => {
    const link = site.link();
    const visitor = new Browser(site.origin());
    for (const method of ['GET', 'HEAD', 'GET']) expect(await visitor.ask(link, { method })).toMatchObject({ status: 200 });
    expect(visitor.cookie).toBeNull();
    const wrong = `/enter/${'A'.repeat(43)}`;
    const given = await visitor.ask(link);
    expect((await visitor.ask(wrong)).body).toBe(given.body.replace(link, wrong));
    expect((await visitor.post(link, {})).status).toBe(303);
  });

  it('opens one session, which another try with it does not', async () => {
    const link = site.link();
    const [first, second] = [new Browser(site.origin()), new Browser(site.origin())];
    const both = await Promise.all([first.post(link, {}), second.post(link, {})]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 401]);
    const unknown = await new Browser(site.origin()).post(`/enter/${'B'.repeat(43)}`, {});
    expect(shape(await new Browser(site.origin()).post(link, {}))).toEqual(shape(unknown));
  });

  it('is over after ten minutes', async () => {
    const link = site.link();
    world.clock.move(10 * 60_000);
    expect((await new Browser(site.origin()).post(link, {})).status).toBe(401);
  });

  it('gives a secret of its own, whatever the browser brought along', async () => {
    const planted = `musher-${new URL(site.origin()).port}=${'C'.repeat(43)}`;
    const browser = new Browser(site.origin());
    browser.cookie = planted;
    const { headers } = await browser.post(site.link(), {});
    expect(browser.cookie).not.toBe(planted);
    expect(headers['set-cookie']?.[0]).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect((await browser.ask('/')).status).toBe(200);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['nowhere', { 'sec-fetch-site': null, origin: null }],
    ['a page without an origin', { 'sec-fetch-site': null, origin: 'null' }],
  ])('is not taken from a form of %s', async (_, headers) => {
    const link = site.link();
    expect((await new Browser(site.origin()).post(link, {}, headers)).status).toBe(403);
    expect((await new Browser(site.origin()).post(link, {})).status).toBe(303);
  });

  it('is refused unseen to whoever tried too many wrong ones, for a minute', async () => {
    const other = await openSite(world);
    await other.transport.start(sink);
    const browser = new Browser(other.origin());
    for (let i = 0; i < BOUNDS.webWrongLinks; i++) expect((await browser.post('/enter/nothing', {})).status).toBe(401);
    const link = other.link();
    expect((await browser.post(link, {})).status).toBe(429);
    // What a caller says of itself makes it no other.
    expect((await browser.post(link, {}, { 'x-forwarded-for': '10.9.8.7' })).status).toBe(429);
    world.clock.move(60_000);
    expect((await browser.post(link, {})).status).toBe(303);
    await other.transport.stop(never);
  });
});

describe('a form', () => {
  it.each([
    ['without the token', { csrf: null }, {}],
    ['with a wrong token', { csrf: 'x'.repeat(43) }, {}],
    ['of another site', {}, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['of another site that hides its origin', {}, { 'sec-fetch-site': 'cross-site', origin: null }],
    ['of another origin, in a browser that says no more', {}, { 'sec-fetch-site': null, origin: 'http://evil.example' }],
    ['of no page at all', {}, { 'sec-fetch-site': null, origin: null }],
    ['typed as an address', {}, { 'sec-fetch-site': 'none', origin: null }],
  ] as const)('%s does nothing', async (_, fields: { csrf?: string | null }, headers) => {
    const browser = await site.enter();
    const before = received.length;
    const csrf = fields.csrf === undefined ? await browser.csrf() : (fields.csrf ?? '');
    expect((await browser.post('/do', { csrf, command: 'status' }, headers)).status).toBe(403);
    expect(received).toHaveLength(before);
  });

  it('with the token of another session does nothing', async () => {
    const [mine, theirs] = [await site.enter('operator'), await site.enter('admin')];
    expect((await mine.post('/do', { csrf: await theirs.csrf(), command: 'status' })).status).toBe(403);
  });

  it('of our own page is a message of its person, once for each id', async () => {
    const browser = await site.enter('viewer');
    const before = received.length;
    expect((await browser.say('show 1', { id: 'abcdefgh-1' })).status).toBe(204);
    expect((await browser.say('comment 1', { text: 'two\nlines', id: 'abcdefgh-2' })).status).toBe(204);
    expect(received.slice(before)).toMatchObject([
      {
        id: `${site.roomOf(browser)}:abcdefgh-1`,
        at: { transport: 'web', room: site.roomOf(browser), thread: null },
        sender: { transport: 'web', id: 'test:viewer' },
        text: 'show 1',
      },
      { text: 'comment 1 two\nlines' },
    ]);
  });

  it.each([
    ['too long', { body: `command=${'x'.repeat(BOUNDS.webBody)}` }, 413],
    [
      'too long, without saying so',
      { body: `command=${'x'.repeat(BOUNDS.webBody)}`, headers: { 'content-length': null, 'transfer-encoding': 'chunked' } },
      413,
    ],
    ['in another form', { body: '{"command":"status"}', headers: { 'content-type': 'application/json' } }, 400],
    ['of several parts', { body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 400],
    ['of plain text, as forms of other sites can send', { body: 'command=status', headers: { 'content-type': 'text/plain' } }, 400],
  ])('that is %s is refused', async (_, ask, status) => {
    const browser = await site.enter();
    expect((await browser.ask('/do', { method: 'POST', ...ask })).status).toBe(status);
  });

  it('leads back to our own pages alone', async () => {
    const browser = await site.enter();
    const csrf = await browser.csrf();
    for (const back of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/a\nb',
      '/%0d%0aset-cookie:x',
      '/board/shop',
    ]) {
      const { status, headers } = await browser.post('/do', { csrf, command: 'status', back });
      expect(status).toBe(303);
      const to = new URL(headers.location ?? '', site.origin());
      expect(to.origin).toBe(site.origin());
    }
  });
});

describe('whatever is asked', () => {
  it.each(['evil.example', '', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example', `x@127.0.0.1`])(
    'the host “%s” is not ours',
    async (name) => {
      const { status, body } = await (await site.enter()).ask('/', { headers: { host: name } });
      expect([400, 421]).toContain(status);
      expect(body).not.toContain('shop');
    },
  );

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is not supported', async (method) => {
    expect((await (await site.enter()).ask('/', { method })).status).toBe(405);
  });

  it('no answer is without the headers that hold a page in', async () => {
    const browser = await site.enter();
    const answers = [
      await browser.ask('/'),
      await browser.ask('/nothing'),
      await browser.ask('/answers'),
      await new Browser(site.origin()).ask('/'),
      await browser.ask('/', { headers: { host: 'evil.example' } }),
      await browser.ask('/', { method: 'PUT' }),
      await browser.post('/do', {}),
    ];
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';.* frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['cache-control']).toMatch(/no-store|private, no-cache/);
    }
  });

  it('text of people is shown as text', async () => {
    const browser = await site.enter();
    world.make({ title: '<img src=x onerror=alert(1)>' });
    const room = site.roomOf(browser);
    await site.transport.send(
      { transport: 'web', room, thread: null },
      { blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: TITLE }] }] },
      'k',
      { again: false },
    );
    const shown = [(await browser.ask('/')).body, (await browser.ask('/board/shop')).body, (await browser.ask('/answers')).body].join('\n');
    expect(shown).toContain('alert(&quot;title&quot;)');
    expect(shown).not.toMatch(/<script>|<img src=x/);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['an address of another host', 'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
    ['two lengths', 'POST /do HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc'],
    ['a length and chunks', 'POST /do HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n'],
    ['a huge header', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'a'.repeat(BOUNDS.webHeaders)}\r\n\r\n`],
    ['an address that is too long', `GET /${'a'.repeat(BOUNDS.webUrl)} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`],
  ])('%s is refused, and its connection closed', async (_, text) => {
    const answered = await raw(text.replaceAll('HOST', host()));
    expect(answered).toMatch(/^(?:$|HTTP\/1\.1 4\d\d )/);
    expect(answered).not.toMatch(/ at |\.ts|node:/);
  });

  it('a request that never ends holds nobody up, and is closed', { timeout: BOUNDS.webRequestMs + 20_000 }, async () => {
    const slow = raw(`GET / HTTP/1.1\r\nHost: ${host()}\r\nX-`);
    const browser = await site.enter();
    expect((await browser.ask('/')).status).toBe(200);
    expect(await slow).toMatch(/^(?:$|HTTP\/1\.1 4\d\d )/);
  });
});

describe('random requests', () => {
  const NAUGHTY = [
    '\u0000',
    '../../etc/passwd',
    '%2e%2e%2f',
    '<script>alert(1)</script>',
    "' OR 1=1 --",
    '${7*7}',
    '\u202e',
    '\ud83d\ude00',
    '%',
    '%zz',
    '__proto__',
    'constructor',
    '-1',
    '1e999',
    '',
    'a'.repeat(300),
    '{{x}}',
    '\r\nSet-Cookie: a=b',
  ];
  const word = fc.oneof(
    fc.constantFrom(...NAUGHTY),
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      'item',
      'board',
      'shop',
      'docs',
      '1',
      'assets',
      'enter',
      'live',
      'do',
      'leave',
      'answers',
      'complete',
      'cost',
      'search',
      'at',
    ),
  );
  const path = fc
    .array(word, { maxLength: 5 })
    .map((parts) => `/${parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`);
  const broken = fc.stringMatching(/^\/[!-"$-~]{0,40}$/);
  const query = fc.array(fc.tuple(fc.constantFrom('part', 'q', 'after', 'text', 'project', 'label', 'page', 'stage', 'x'), word), {
    maxLength: 3,
  });

  it('are never a bug, show no stack, and nothing of a project that their person may not see', { timeout: 240_000 }, async () => {
    const secret = 'Only for admins of docs';
    world.make({ title: secret }, 'docs');
    // In a room of `shop`, this person is nobody in `docs`.
    const strangers = [await site.enter('nobody'), new Browser(site.origin())];
    const known = await site.enter('viewer');
    const errors = site.errors.length;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(path, broken),
        query,
        fc.constantFrom('GET', 'HEAD', 'POST'),
        fc.boolean(),
        async (at, asked, method, knows) => {
          const address = `${at}?${asked.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&')}`;
          // The stream does not end.
          if (/^\/+live/i.test(at)) return;
          for (const browser of knows ? [known] : strangers) {
            const { cookie } = browser;
            const { status, headers, body } = await browser.ask(
              address,
              method === 'POST' ? { method, form: { csrf: 'x', command: at } } : { method },
            );
            expect(browser.cookie).toBe(cookie);
            expect(status).toBeLessThan(500);
            expect(body).not.toMatch(/node_modules|\.ts:\d|Error:|SqliteError/);
            expect(headers['set-cookie']).toBeUndefined();
            expect(knows ? '' : body).not.toContain(secret);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(site.errors.slice(errors)).toEqual([]);
  });
});

describe('the stream', () => {
  it('ends at once with its session, and no other does', async () => {
    const [mine, theirs] = [await site.enter('operator'), await site.enter('viewer')];
    const at = `/live?after=${world.log.reads.lastSeq()}`;
    const [one, other] = [
      await Stream.open(site.origin(), at, { cookie: mine.cookie ?? '' }),
      await Stream.open(site.origin(), at, { cookie: theirs.cookie ?? '' }),
    ];
    expect((await world.say('web revoke all', { role: 'operator' })).ok).toBe(true);
    await eventually(() => expect(one.hasEnded).toBe(true));
    expect(one.events.at(-1)?.name).toBe('ended');
    expect((await mine.ask('/')).status).toBe(401);
    expect((await theirs.ask('/')).status).toBe(200);
    expect(other.hasEnded).toBe(false);
    other.close();
  });

  it('ends with a session that nobody used for a week', async () => {
    const browser = await site.enter();
    const stream = await Stream.open(site.origin(), '/live?after=0', { cookie: browser.cookie ?? '' });
    world.clock.move(7 * 24 * 60 * 60_000);
    await eventually(() => expect(stream.hasEnded).toBe(true));
    expect(stream.events.at(-1)?.name).toBe('ended');
  });

  it('gives what was missed, then each change once, in order', async () => {
    const browser = await site.enter();
    const after = world.log.reads.lastSeq();
    world.make({ title: 'Missed' });
    const stream = await Stream.open(site.origin(), `/live?after=${after}`, { cookie: browser.cookie ?? '' });
    const changes = (): number[] => stream.events.filter(({ name }) => name === 'change').map(({ id }) => Number(id));
    await eventually(() => expect(changes()).toEqual([after + 1]));
    world.make({ title: 'Now' });
    await eventually(() => expect(changes()).toEqual([after + 1, after + 2]));
    stream.close();
    // As a browser asks after a break.
    world.make({ title: 'Meanwhile' });
    const again = await Stream.open(site.origin(), `/live?after=${after}`, {
      cookie: browser.cookie ?? '',
      'last-event-id': String(after + 2),
    });
    await eventually(() => expect(again.events.map(({ id }) => Number(id))).toEqual([after + 3]));
    again.close();
  });

  it('tells each session its own answers', async () => {
    const [mine, theirs] = [await site.enter('operator'), await site.enter('viewer')];
    const open = (browser: Browser): Promise<Stream> =>
      Stream.open(site.origin(), `/live?after=${world.log.reads.lastSeq()}`, { cookie: browser.cookie ?? '' });
    const [one, other] = [await open(mine), await open(theirs)];
    const to = (browser: Browser): { transport: string; room: string; thread: null } => ({
      transport: 'web',
      room: site.roomOf(browser),
      thread: null,
    });
    const words = (text: string): Parameters<Site['transport']['send']>[1] => ({
      blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text }] }],
    });
    await site.transport.send(to(mine), words('for one'), 'k1', { again: false });
    await site.transport.send(to(theirs), words('for another'), 'k2', { again: false });
    await eventually(() =>
      expect([one, other].map(({ events }) => events.map(({ data }) => /for \w+/.exec(data)?.[0]))).toEqual([['for one'], ['for another']]),
    );
    one.close();
    other.close();
  });

  it('is kept by the newest of one session, at most so many', async () => {
    const browser = await site.enter();
    const streams: Stream[] = [];
    for (let i = 0; i <= BOUNDS.webStreamsOfSession; i++)
      streams.push(await Stream.open(site.origin(), '/live?after=0', { cookie: browser.cookie ?? '' }));
    await eventually(() =>
      expect(streams.map(({ hasEnded }) => hasEnded)).toEqual([true, ...Array.from({ length: BOUNDS.webStreamsOfSession }, () => false)]),
    );
    for (const stream of streams) stream.close();
  });
});
