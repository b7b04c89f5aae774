import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { line } from '../../../src/message/build.ts';
import { OpenRequests } from '../../../transports/slack/open-requests.ts';
import { signatureCheck } from '../../../transports/slack/intake/signature.ts';
import { open, OVER_HTTP, prepare, SECRET, start } from './workspace.ts';
import { eventually } from '../../eventually.ts';

const status = (time = 0): string =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    api_app_id: 'A1',
    event: { type: 'message', channel: 'C1', ts: `1700000000.00000${time}`, user: 'U1', text: '<@UBOT> status' },
  });
const now = (): number => Math.floor(Date.now() / 1_000);

describe('the answer to a slash command', () => {
  /** Takes requests, and gives each its answer with the commit, or a moment later. */
  async function answering(later: boolean) {
    const sent: Promise<unknown>[] = [];
    const give = (): void => {
      const asked = opened.received.at(-1);
      if (asked !== undefined && sent.length < opened.received.length)
        sent.push(opened.transport.send(asked.at, line(`answer ${sent.length + 1}`), `outbox:${sent.length + 1}`, { again: false }));
    };
    const inSharedCommit = async <T>(run: () => T): Promise<T> => {
      const taken = run();
      if (later) setImmediate(give);
      else give();
      return taken;
    };
    const opened = await open({ ...OVER_HTTP, inSharedCommit });
    return { ...opened, sent };
  }

  it('that is there with the commit goes into the response, for its asker alone', async () => {
    const { slack, sent } = await answering(false);
    expect(await slack.slash('status')).toMatchObject({ response_type: 'ephemeral', mrkdwn: false });
    expect(await Promise.all(sent)).toHaveLength(1);
    expect(slack.called('respond')).toEqual([]);
    expect(slack.rooms.all.map(({ onlyFor, text }) => [onlyFor, text])).toEqual([['U1', 'answer 1']]);
  });

  it('that comes later goes to the response address, and keeps no acknowledgement waiting', async () => {
    const { slack, sent } = await answering(true);
    expect(await slack.slash('status')).toEqual({});
    await eventually(() => expect(slack.called('respond')).toHaveLength(1));
    expect(await Promise.all(sent)).toHaveLength(1);
  });

  it.each([
    ['for all', { text: 'status --public' }],
    ['without a response address', { response_url: '' }],
  ])('%s is sent as ever', async (_name, more) => {
    const { slack, sent } = await answering(false);
    expect(await slack.slash('status', more)).toEqual({});
    expect(await Promise.all(sent)).toHaveLength(1);
    expect(slack.rooms.all).toHaveLength(1);
  });

  it('to a request that Slack may have given up by now goes to the response address', async () => {
    const { slack, sent } = await answering(false);
    const body = slashBody(slack.respondTo('C1', 'U1'));
    expect(await slack.request(body, 'application/x-www-form-urlencoded', { time: now() - 3 })).toEqual({ status: 200, text: '' });
    expect(await Promise.all(sent)).toHaveLength(1);
    expect(slack.called('respond')).toHaveLength(1);
  });

  it('to a request whose connection broke meanwhile goes to the response address', async () => {
    const requests = new OpenRequests();
    const held = requests.hold('https://hooks.example/1');
    requests.claim('https://hooks.example/1');
    const given = requests.give('https://hooks.example/1', { text: 'x', blocks: [] });
    expect(await held.answer()).toMatchObject({ text: 'x' });
    held.given('nothing');
    expect(await given).toBe(false);
    const other = requests.hold('https://hooks.example/2');
    requests.claim('https://hooks.example/2');
    const half = requests.give('https://hooks.example/2', { text: 'x', blocks: [] });
    other.given('part');
    await expect(half).rejects.toMatchObject({ outcome: 'unknown' });
  });

  it('that does not come after all lets the request be acknowledged', async () => {
    const requests = new OpenRequests();
    const held = requests.hold('https://hooks.example/1');
    requests.claim('https://hooks.example/1');
    requests.release('https://hooks.example/1');
    expect(await held.answer()).toBeNull();
    expect(await requests.give('https://hooks.example/1', { text: 'x', blocks: [] })).toBe(false);
  });
});

function slashBody(responseUrl: string): string {
  const ids = { team_id: 'T1', api_app_id: 'A1', channel_id: 'C1', user_id: 'U1', trigger_id: 't1' };
  return new URLSearchParams({ command: '/musher', text: 'status', response_url: responseUrl, ...ids }).toString();
}

describe('a signed request', () => {
  it('is taken', async () => {
    const { slack, received } = await open(OVER_HTTP);
    expect((await slack.request(status())).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['another secret', { secret: 'another' }],
    ['no signature', { signature: '' }],
    ['a signature of another kind', { signature: 'v1=00' }],
    ['a time 301 s ago', { off: -302 }],
    ['a time 301 s ahead', { off: 302 }],
    ['no time', { time: Number.NaN }],
  ])('with %s is refused', async (_name, wrong) => {
    const { slack, received } = await open(OVER_HTTP);
    const { off, ...rest } = { off: 0, ...wrong };
    expect((await slack.request(status(), 'application/json', { time: now() + off, ...rest })).status).toBe(401);
    expect(received).toEqual([]);
  });

  it('within five minutes either way is taken', async () => {
    const { slack } = await open(OVER_HTTP);
    expect((await slack.request(status(1), 'application/json', { time: now() - 290 })).status).toBe(200);
    expect((await slack.request(status(2), 'application/json', { time: now() + 290 })).status).toBe(200);
  });

  it('that was taken is refused when it is played again', async () => {
    const { slack, received } = await open(OVER_HTTP);
    const time = now();
    expect((await slack.request(status(), 'application/json', { time })).status).toBe(200);
    expect((await slack.request(status(), 'application/json', { time })).status).toBe(401);
    expect(received).toHaveLength(1);
  });

  it('that could not be stored is not acknowledged, and is taken when it comes again', async () => {
    const { slack, received, sink } = await open(OVER_HTTP);
    const time = now();
    sink.fails = new Error('disk full');
    expect((await slack.request(status(), 'application/json', { time })).status).toBe(500);
    sink.fails = null;
    expect((await slack.request(status(), 'application/json', { time })).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it('whose commit with others fails is taken alone, and where that fails too its room is told', async () => {
    const inSharedCommit = <T>(run: () => T): Promise<T> => {
      // Undone with all that was in it.
      run();
      received.length = 0;
      return Promise.reject(new Error('disk full'));
    };
    const { slack, received, sink, errors } = await open({ ...OVER_HTTP, inSharedCommit });
    expect((await slack.request(status())).status).toBe(200);
    expect(received).toHaveLength(1);
    sink.fails = new Error('disk full');
    expect((await slack.request(status(1))).status).toBe(500);
    expect(errors.map(String)).toContain('Error: disk full');
    await eventually(() => expect(JSON.stringify(slack.rooms.said('C1'))).toContain('could not be stored'));
  });

  it.each([
    ['another workspace', { team_id: 'T2' }],
    ['another app', { api_app_id: 'A2' }],
    ['no workspace', { team_id: undefined }],
    ['no app', { api_app_id: undefined }],
  ])('of %s is refused, of every kind', async (_name, wrong) => {
    const { slack, received } = await open(OVER_HTTP);
    expect((await slack.request(JSON.stringify({ ...(JSON.parse(status()) as object), ...wrong }))).status).toBe(401);
    const slash: Record<string, string | undefined> = {
      command: '/musher',
      text: 'status',
      team_id: 'T1',
      api_app_id: 'A1',
      channel_id: 'C1',
      user_id: 'U1',
      trigger_id: 't',
      ...wrong,
    };
    const form = new URLSearchParams(Object.entries(slash).filter((one): one is [string, string] => one[1] !== undefined));
    expect((await slack.request(form.toString(), 'application/x-www-form-urlencoded')).status).toBe(401);
    const button = {
      type: 'block_actions',
      team: { id: wrong['team_id' as keyof typeof wrong] ?? 'T2' },
      api_app_id: 'A1',
      user: { id: 'U1' },
      ...wrong,
    };
    const payload = new URLSearchParams({ payload: JSON.stringify(button) }).toString();
    expect((await slack.request(payload, 'application/x-www-form-urlencoded')).status).toBe(401);
    expect(received).toEqual([]);
  });

  it('in a channel shared with another workspace is taken where ours is among those it is for', async () => {
    const { slack, received } = await open(OVER_HTTP);
    const shared = { ...(JSON.parse(status()) as object), team_id: 'T9', authorizations: [{ team_id: 'T1' }] };
    expect((await slack.request(JSON.stringify(shared))).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['{', 400],
    ['[]', 401],
    ['null', 401],
    ['', 400],
  ])('with the body %j is answered with %i', async (body, expected) => {
    const { slack } = await open(OVER_HTTP);
    expect((await slack.request(body)).status).toBe(expected);
  });

  it('answers Slack’s check of the address, if it is signed', async () => {
    const { slack } = await open(OVER_HTTP);
    const check = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' });
    expect(JSON.parse((await slack.request(check)).text)).toEqual({ challenge: 'abc' });
    expect((await slack.request(check, 'application/json', { secret: 'another' })).status).toBe(401);
  });

  it('is too long with more than a mebibyte', async () => {
    const { slack } = await open(OVER_HTTP);
    const answer = await slack.request('x'.repeat(1_100_000)).catch(() => null);
    expect(answer?.status ?? 413).toBe(413);
  });

  it('is looked for at one path, and posted', async () => {
    const { transport } = await open(OVER_HTTP);
    const answered = (method: string, path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port: transport.port() ?? 0, path, method, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
    expect(await answered('POST', '/')).toBe(404);
    expect(await answered('GET', '/slack/events')).toBe(405);
  });
});

describe('a request that does not fit the secret', () => {
  it('is told once in a row, so that a wrong secret shows and a stranger fills no log', async () => {
    const { slack, errors } = await open(OVER_HTTP);
    const wrong = { secret: 'another' };
    for (let n = 0; n < 5; n++) expect((await slack.request(status(n), undefined, wrong)).status).toBe(401);
    expect(errors).toEqual([expect.objectContaining({ code: 'NETWORK_SECRET_WRONG' })]);
    expect((await slack.request(status(9))).status).toBe(200);
    await slack.request(status(10), undefined, wrong);
    expect(errors).toHaveLength(2);
  });
});

describe('a stranger who has found the address', () => {
  /** Sends bytes as they are; resolves with what came back when the other end closes, or when `ends` is set, after that. */
  const sends = (port: number | null, bytes: string, ends: boolean): Promise<string> =>
    new Promise((resolve) => {
      let back = '';
      const socket = connect(port ?? 0, '127.0.0.1', () => {
        socket.write(bytes, () => (ends ? socket.destroy() : undefined));
      });
      socket.on('data', (data) => (back += data.toString()));
      socket.on('error', () => undefined).on('close', () => resolve(back));
    });

  it.each([
    ['no path that can be read', 'GET // HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'HTTP/1.1 404'],
    ['another host in the path', 'POST http://[ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 'HTTP/1.1 404'],
    ['no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n', 'HTTP/1.1 400'],
  ])('and sends %s is answered, and fills no log', async (_, bytes, expected) => {
    const { slack, transport, errors, received } = await open(OVER_HTTP);
    expect(await sends(transport.port(), bytes, false)).toContain(expected);
    expect((await slack.request(status())).status).toBe(200);
    expect(received).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('and breaks off in the middle, or never ends what it sends, keeps nobody out and fills no log', async () => {
    const { slack, transport, errors, received } = await open(OVER_HTTP);
    const half = 'POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"half":';
    await Promise.all(Array.from({ length: 20 }, () => sends(transport.port(), half, true)));
    const held = Array.from({ length: 50 }, () => sends(transport.port(), half, false));
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => slack.request(status(n))));
    expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 100 }, () => 200));
    expect(received).toHaveLength(100);
    // An end of Musher does not wait for them either.
    await transport.stop(new AbortController().signal);
    await Promise.all(held);
    expect(errors).toEqual([]);
  });
});

describe('intake over HTTP', () => {
  it.each(['', '  '])('does not start with the secret %j', async (signingSecret) => {
    const opened = await prepare({ intake: { kind: 'http', host: '127.0.0.1', port: 0, path: '/slack/events', signingSecret } });
    await expect(start(opened)).rejects.toMatchObject({ code: 'NETWORK_SECRET_WRONG' });
    expect(opened.transport.port()).toBeNull();
    expect(() => signatureCheck(signingSecret, Date.now)).toThrow('empty');
  });

  it('does not start where the app’s id cannot be known', async () => {
    const opened = await prepare(OVER_HTTP);
    opened.slack.trouble('bots.info', { kind: 'refused', error: 'missing_scope' });
    await expect(start(opened)).rejects.toThrow('App ID');
  });

  it('says so where its port is taken', async () => {
    const { transport } = await open(OVER_HTTP);
    const other = await prepare({
      intake: { kind: 'http', host: '127.0.0.1', port: transport.port() ?? 0, path: '/slack/events', signingSecret: SECRET },
    });
    await expect(start(other)).rejects.toMatchObject({
      code: 'NETWORK_PORT_IN_USE',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
  });

  it('looks every few minutes whether Slack still answers, and reads what it missed when it does again', async () => {
    let look = (): void => {};
    const system = systemClock();
    const clock: Clock = {
      now: () => system.now(),
      at(time, fire) {
        // The looks are the only timers so far ahead.
        if (time - system.now() < 14_000) return system.at(time, fire);
        look = fire;
        return () => {};
      },
    };
    const { slack, transport } = await open({ ...OVER_HTTP, clock });
    const history = slack.called('conversations.history').length;
    slack.trouble('auth.test', { kind: 'refused', error: 'token_revoked' });
    look();
    await eventually(() =>
      expect(transport.health()).toMatchObject({ state: 'reconnecting', problem: expect.stringContaining('revoked') }),
    );
    look();
    await eventually(() => expect(transport.health()).toMatchObject({ state: 'online', problem: null }));
    await eventually(() => expect(slack.called('conversations.history').length).toBeGreaterThan(history));
  });

  it('refuses connections once it has stopped', async () => {
    const { slack, transport } = await open(OVER_HTTP);
    await slack.request(status());
    await transport.stop(new AbortController().signal);
    await expect(slack.request(status(1))).rejects.toThrow('fetch failed');
  });
});
