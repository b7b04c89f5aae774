import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunAccess } from '../../src/agents/access.ts';
import { MOST_BODY_BYTES } from '../../src/mcp/guards.ts';
import { call, Shop } from './shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(() => shop.close());

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** One plain request; the status and the reason that came back. */
function plain(
  { url, token }: RunAccess,
  change: { method?: string; path?: string; headers?: Record<string, string | undefined>; body?: string | Buffer } = {},
): Promise<{ status: number; text: string }> {
  const { method = 'POST', path = '/mcp', body = LIST } = change;
  const headers = Object.entries({ ...HEADERS, authorization: `Bearer ${token}`, ...change.headers }).filter(
    ([, value]) => value !== undefined,
  );
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers: Object.fromEntries(headers) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? body : undefined);
  });
}

describe('the way to Musher', () => {
  it('is open to the token of a run, and offers its tools', async () => {
    const { access } = await shop.working();
    const client = await shop.client(access);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(
      [
        'approve',
        'ask',
        'check_criterion',
        'git_commit',
        'git_diff',
        'git_status',
        'item',
        'note',
        'report',
        'report_blocker',
        'run_gates',
        'verdict',
      ].sort(),
    );
    expect(new URL(access.url).hostname).toBe('127.0.0.1');
  });

  it('is closed without a token, with another one, and when the run is over or asked to stop', async () => {
    const { access, item } = await shop.working();
    const refused = { status: 401, text: expect.stringContaining('does not belong to a running run') };
    expect(await plain(access)).toMatchObject({ status: 200 });
    expect(await plain(access, { headers: { authorization: undefined } })).toMatchObject(refused);
    expect(await plain({ ...access, token: `musher_${'x'.repeat(43)}` })).toMatchObject(refused);
    const second = await shop.endpoint.admit(shop.item(item), shop.run(item));
    expect(await plain(access)).toMatchObject(refused);
    expect(await plain(second)).toMatchObject({ status: 200 });
    shop.record(item, 'run.stop_requested', { run: 1, why: 'stop' });
    expect(await plain(second)).toMatchObject(refused);
    shop.end(item);
    expect(await plain(second)).toMatchObject(refused);
  });

  it('is closed to the token of a run whose item was stopped or deleted', async () => {
    const refused = { status: 401 };
    const held = await shop.working();
    shop.record(held.item, 'item.held', { why: '' });
    expect(await plain(held.access)).toMatchObject(refused);
    const deleted = await shop.working();
    shop.record(deleted.item, 'item.deleted', { purge: false });
    expect(await plain(deleted.access)).toMatchObject(refused);
  });

  it('keeps of a token only its hash', async () => {
    const { access } = await shop.working();
    const events = JSON.stringify(shop.log.reads.events(0, 1_000));
    expect(events).not.toContain(access.token);
    expect(events).toContain('run.admitted');
    expect(JSON.stringify(shop.run(1))).not.toContain(access.token);
  });

  it('is closed to pages in a browser: another host name, or any origin', async () => {
    const { access } = await shop.working();
    const refused = { status: 403, text: expect.stringContaining('Only programs on this machine') };
    expect(await plain(access, { headers: { host: 'evil.example:80' } })).toMatchObject(refused);
    expect(await plain(access, { headers: { origin: 'http://evil.example' } })).toMatchObject(refused);
    expect(await plain(access, { headers: { origin: new URL(access.url).origin } })).toMatchObject(refused);
    expect(await plain(access, { headers: { host: `localhost:${new URL(access.url).port}` } })).toMatchObject({ status: 200 });
  });

  it('takes no body beyond its size, none that is broken, and no batch', async () => {
    const { access } = await shop.working();
    const huge = { 'content-length': String(MOST_BODY_BYTES + 1) };
    expect(await plain(access, { headers: huge, body: ' '.repeat(MOST_BODY_BYTES + 1) })).toMatchObject({ status: 413 });
    expect(await plain(access, { body: '{' })).toMatchObject({ status: 400 });
    expect(await plain(access, { body: `[${LIST}]` })).toMatchObject({ status: 400 });
    expect(await plain(access, { path: '/other' })).toMatchObject({ status: 404 });
    expect(await plain(access, { method: 'GET' })).toMatchObject({ status: 405 });
    expect(await plain(access, { method: 'DELETE' })).toMatchObject({ status: 405 });
  });

  it('slows a caller that calls without end, and no other', async () => {
    const [greedy, modest] = [await shop.working(), await shop.working()];
    const statuses: number[] = [];
    for (let n = 0; n < 400 && statuses.at(-1) !== 429; n++) statuses.push((await plain(greedy.access, { body: '{' })).status);
    expect(statuses.at(-1)).toBe(429);
    expect(await plain(modest.access)).toMatchObject({ status: 200 });
    shop.clock.jump(1_000);
    expect(await plain(greedy.access)).toMatchObject({ status: 200 });
  });

  it('is where it was after a restart, with the tokens that were given', async () => {
    const { access } = await shop.working({ description: 'Round the prices.' });
    const client = await shop.client(access);
    await shop.restart();
    expect((await call(client, 'item')).text).toContain('Round the prices.');
    const next = await shop.working();
    expect(next.access.url).toBe(access.url);
  });
});
