import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { homeserver, HomeserverError } from '../../../transports/matrix/homeserver.ts';
import { failureOf } from '../../../transports/matrix/sending/sending.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The error of a request to such a server. */
async function failureAt(url: string, timeoutMs = 5_000): Promise<HomeserverError> {
  const call = homeserver({ url, accessToken: 'syt_secret', clock: systemClock() });
  const error = await call({ method: 'PUT', path: '/x', body: {}, timeoutMs }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(HomeserverError);
  return error as HomeserverError;
}

const limited =
  (headers: Record<string, string>, body: object): RequestListener =>
  (_, response) => {
    response.writeHead(429, headers);
    response.end(JSON.stringify({ errcode: 'M_LIMIT_EXCEEDED', error: 'slow down', ...body }));
  };

describe('a limit of the server', () => {
  it.each([
    ['the header in seconds', { 'Retry-After': '3' }, {}, 3_000],
    ['the header rather than the body', { 'Retry-After': '3' }, { retry_after_ms: 999 }, 3_000],
    ['the header as a date', { 'Retry-After': 'Sat, 21 Nov 2026 10:00:07 GMT', Date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, {}, 7_000],
    ['the body in ms', {}, { retry_after_ms: 1_234 }, 1_234],
  ])('is read from %s', async (_, headers, body, ms) => {
    const error = await failureAt(await serverThat(limited(headers, body)));
    expect(error.retryAfterMs).toBe(ms);
    expect(failureOf(error)).toMatchObject({ outcome: 'not-sent', retryAfterMs: ms, everywhere: true });
  });

  it('is a second where the server does not say', async () => {
    expect(failureOf(await failureAt(await serverThat(limited({}, {}))))).toMatchObject({ outcome: 'not-sent', retryAfterMs: 1_000 });
  });
});

describe('a failed request', () => {
  const status =
    (code: number, body: string): RequestListener =>
    (_, response) => {
      response.writeHead(code);
      response.end(body);
    };

  it.each([
    ['a gateway that fails', status(502, '<html>bad gateway</html>'), 'unknown'],
    ['a server that fails', status(500, '{"errcode":"M_UNKNOWN","error":"Internal server error"}'), 'unknown'],
    ['a room that it is not in', status(403, '{"errcode":"M_FORBIDDEN","error":"not in room"}'), 'not-sent'],
    ['a refusal', status(403, '{"errcode":"M_GUEST_ACCESS_FORBIDDEN","error":"no guests"}'), 'rejected'],
    ['too large a text', status(413, '{"errcode":"M_TOO_LARGE","error":"event too large"}'), 'rejected'],
    ['a token that is not known', status(401, '{"errcode":"M_UNKNOWN_TOKEN","error":"Unknown token"}'), 'not-sent'],
    ['an answer that is not JSON', status(200, 'hello'), 'unknown'],
    ['a connection that breaks', ((request) => request.socket.destroy()) satisfies RequestListener, 'unknown'],
  ])('through %s is %s for a message', async (_, listener, outcome) => {
    expect(failureOf(await failureAt(await serverThat(listener))).outcome).toBe(outcome);
  });

  it('never arrived where nobody listens', async () => {
    const url = await serverThat(() => {});
    closers.splice(0).forEach((close) => close());
    expect(failureOf(await failureAt(url)).outcome).toBe('not-sent');
  });

  it('ends when no answer comes in time', async () => {
    const error = await failureAt(await serverThat(() => {}), 50);
    expect(error.message).toContain('no answer within 50 ms');
    expect(error.mayHaveActed).toBe(true);
  });

  it('does not tell the access token', async () => {
    const error = await failureAt(await serverThat(status(500, 'x')));
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('syt_secret');
  });
});
