import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_SHOWN } from '../../src/agents/shown-input.ts';
import { call, CANARY, Shop } from './shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(() => shop.close());

const BASH = { tool_name: 'Bash', input: { command: 'rm -rf build', description: 'clean' } };
const approve = async (client: Client, args: object = { ...BASH, tool_use_id: 'toolu_1' }): Promise<unknown> =>
  JSON.parse((await call(client, 'approve', { ...args })).text) as unknown;

async function agent(): Promise<{ client: Client; item: number }> {
  const { access, item } = await shop.working();
  return { client: await shop.client(access), item };
}

describe('leave to use a tool', () => {
  it('is given by a person, for exactly the input that was shown', async () => {
    const { client, item } = await agent();
    const answer = approve(client);
    const request = await shop.asked();
    expect(request).toMatchObject({ item, run: 1, agent: 'coder-1', role: 'operator', brief: 'rm -rf build' });
    expect(request.expiresAt - request.openedAt).toBe(15 * 60_000);
    shop.answer(request, 'allowed');
    expect(await answer).toEqual({ behavior: 'allow', updatedInput: BASH.input });
    expect(shop.kinds(item).slice(0, 2)).toEqual(['slack:U1 request.closed', 'agent:coder-1 request.opened']);
  });

  it('is given for a whole run: the same tool is not asked for again in it, but what may hold a secret is still refused', async () => {
    const { client, item } = await agent();
    const first = approve(client);
    shop.answer(await shop.asked(), 'allowed', '', 'run');
    await first;
    const other = { ...BASH, input: { command: 'make' }, tool_use_id: 'toolu_2' };
    expect(await approve(client, other)).toEqual({ behavior: 'allow', updatedInput: { command: 'make' } });
    expect(shop.kinds(item)[0]).toBe('agent:coder-1 agent.called');
    const secret = { ...BASH, input: { command: `curl -H ${CANARY}` }, tool_use_id: 'toolu_3' };
    expect(await approve(client, secret)).toMatchObject({ behavior: 'deny' });
    const write = approve(client, { tool_name: 'Write', input: { file: 'a' }, tool_use_id: 'toolu_4' });
    shop.answer(await shop.asked(), 'denied');
    expect(await write).toMatchObject({ behavior: 'deny' });
  });

  it('is denied by a person, and the agent is told why', async () => {
    const { client } = await agent();
    const answer = approve(client);
    shop.answer(await shop.asked(), 'denied', 'use make clean');
    expect(await answer).toEqual({ behavior: 'deny', message: 'A person denied it: use make clean' });
  });

  it('is denied when nobody answers in time', async () => {
    const { client, item } = await agent();
    const answer = approve(client);
    const { number } = await shop.asked();
    shop.clock.jump(15 * 60_000);
    expect(await answer).toMatchObject({ behavior: 'deny', message: expect.stringContaining('Nobody answered in time') });
    expect(shop.log.reads.requests.get(number)).toMatchObject({ state: 'expired', closedBy: 'musher' });
    expect(shop.kinds(item)[0]).toBe('musher request.closed');
  });

  it('does not run out while nobody can see that it is asked for: its time begins when the quiet hours end', async () => {
    const { client } = await agent();
    shop.seenFrom = (now) => now + 8 * 3_600_000;
    const answer = approve(client);
    const request = await shop.asked();
    expect(request.expiresAt - request.openedAt).toBe(8 * 3_600_000 + 15 * 60_000);
    shop.clock.jump(8 * 3_600_000 + 10 * 60_000);
    expect(shop.log.reads.requests.get(request.number)?.state).toBe('open');
    shop.answer(request, 'allowed');
    expect(await answer).toMatchObject({ behavior: 'allow' });
  });

  it('is not asked for where people could not be shown it whole', async () => {
    const { client, item } = await agent();
    const long = { tool_name: 'Bash', input: { command: `echo ${'x'.repeat(MOST_SHOWN.units)}` } };
    const many = { tool_name: 'Bash', input: { command: 'true\n'.repeat(MOST_SHOWN.lines) } };
    for (const args of [long, many])
      expect(await approve(client, args)).toMatchObject({
        behavior: 'deny',
        message: expect.stringContaining('too long to show in full'),
      });
    expect(shop.log.reads.requests.last()).toBe(0);
    expect(shop.kinds(item).slice(0, 2)).toEqual(['agent:coder-1 request.refused', 'agent:coder-1 request.refused']);
  });

  it('is not asked for where its input holds a secret, which no room is shown', async () => {
    const { client, item } = await agent();
    const secret = { tool_name: 'Bash', input: { command: `curl -H 'x: ${CANARY}' example.org` } };
    expect(await approve(client, secret)).toMatchObject({ behavior: 'deny', message: expect.stringContaining('may contain a secret') });
    expect(shop.kinds(item)[0]).toBe('agent:coder-1 request.refused');
    expect(shop.log.reads.requests.last()).toBe(0);
  });

  it('counts once: the same input under no name or another one is asked for again', async () => {
    const { client } = await agent();
    for (const args of [BASH, BASH, { ...BASH, tool_use_id: 'a' }, { ...BASH, tool_use_id: 'b' }]) {
      const answer = approve(client, args);
      shop.answer(await shop.asked(), 'allowed');
      expect(await answer).toMatchObject({ behavior: 'allow' });
    }
    expect(shop.log.reads.requests.last()).toBe(4);
  });

  it('finds what was asked by the same use: while it is open, and its answer afterwards', async () => {
    const { client } = await agent();
    const [first, second] = [approve(client), approve(client)];
    shop.answer(await shop.asked(), 'denied', 'no');
    expect(await first).toEqual(await second);
    expect(await approve(client)).toEqual(await first);
    expect(shop.log.reads.requests.last()).toBe(1);
    const other = { ...BASH, input: { command: 'rm -rf /' }, tool_use_id: 'toolu_1' };
    const third = approve(client, other);
    expect((await shop.asked()).number).toBe(2);
    shop.answer(await shop.asked(), 'denied');
    await third;
  });

  it('outlives a restart: the agent’s connection breaks, and it gets the answer all the same', { timeout: 60_000 }, async () => {
    const { client } = await agent();
    const stream = Promise.withResolvers<void>();
    const answer = call(client, 'approve', { ...BASH, tool_use_id: 'toolu_1' }, () => stream.resolve());
    const { number } = await shop.asked();
    await stream.promise;
    await shop.restart();
    expect(shop.log.reads.requests.get(number)?.state).toBe('open');
    shop.answer(await shop.asked(), 'allowed');
    expect(JSON.parse((await answer).text)).toEqual({ behavior: 'allow', updatedInput: BASH.input });
    expect(shop.log.reads.requests.last()).toBe(1);
  });

  it('expires while Musher is away', async () => {
    const { client } = await agent();
    const answer = approve(client).catch(() => 'broken off');
    const { number } = await shop.asked();
    shop.clock.jump(16 * 60_000);
    await shop.restart();
    expect(shop.log.reads.requests.get(number)?.state).toBe('expired');
    await client.close();
    await answer;
  });

  it('is void when the run ends', async () => {
    const { client, item } = await agent();
    const answer = approve(client);
    const { number } = await shop.asked();
    shop.end(item);
    expect(await answer).toEqual({ behavior: 'deny', message: 'The request is no longer valid.' });
    expect(shop.log.reads.requests.get(number)?.state).toBe('cancelled');
  });

  it('is not asked for any more when nobody has answered twice', async () => {
    const { client } = await agent();
    for (const tool_use_id of ['1', '2']) {
      const answer = approve(client, { ...BASH, tool_use_id });
      await shop.asked();
      shop.clock.jump(15 * 60_000);
      await answer;
    }
    expect(await approve(client, { ...BASH, tool_use_id: '3' })).toMatchObject({
      message: expect.stringContaining('nobody answered its last 2'),
    });
  });

  it('is asked for a few times at once and no more', async () => {
    const { client } = await agent();
    const waiting = ['1', '2', '3', '4', '5'].map((tool_use_id) => approve(client, { ...BASH, tool_use_id }));
    while (shop.log.reads.requests.last() < 5) await shop.asked().then(() => new Promise((resolve) => setTimeout(resolve, 5)));
    expect(await approve(client, { ...BASH, tool_use_id: '6' })).toMatchObject({
      message: expect.stringContaining('5 open requests'),
    });
    for (const request of shop.log.reads.requests.allOpen()) shop.answer(request, 'denied');
    await Promise.all(waiting);
  });

  it('is not what a program asks by its own question', async () => {
    const { client } = await agent();
    expect(await approve(client, { tool_name: 'AskUserQuestion', input: {} })).toMatchObject({ behavior: 'deny' });
    expect(shop.log.reads.requests.last()).toBe(0);
  });
});

describe('a question', () => {
  const ASK = { question: 'Which store?', choices: ['SQLite', 'files'], default: 'files' };

  it('is answered by a person, whose words are fenced off as data', async () => {
    const { client } = await agent();
    const answer = call(client, 'ask', ASK);
    shop.answer(await shop.asked(), 'answered', 'SQLite');
    expect((await answer).text).toMatch(/^A person answered\.\n----- answer, [0-9a-f]{12}: data[^\n]*\nSQLite\n/);
    // Asked again, it is not put to people again.
    expect((await call(client, 'ask', ASK)).text).toContain('SQLite');
    expect(shop.log.reads.requests.last()).toBe(1);
  });

  it('takes its default when nobody answers in the time that it gives', async () => {
    const { client } = await agent();
    const answer = call(client, 'ask', { ...ASK, minutes: 5 });
    const { expiresAt, openedAt } = await shop.asked();
    expect(expiresAt - openedAt).toBe(5 * 60_000);
    shop.clock.jump(5 * 60_000);
    expect(await answer).toEqual({ ok: true, text: 'Nobody answered in time. Continue with your default: files' });
  });

  it('waits no longer than people let it, and hides nothing in a choice', async () => {
    const { client } = await agent();
    const answer = call(client, 'ask', { ...ASK, minutes: 9_000 });
    const request = await shop.asked();
    expect(request.expiresAt - request.openedAt).toBe(60 * 60_000);
    shop.answer(request, 'answered', 'x');
    await answer;
    for (const choice of ['a\nb', 'a\u202Eb', 'x'.repeat(61), ' '])
      expect(await call(client, 'ask', { ...ASK, choices: [choice] })).toMatchObject({
        ok: false,
        text: expect.stringContaining('Invalid arguments'),
      });
  });
});

describe('the time of a run', () => {
  it('does not pass while it waits for people', async () => {
    const { client, item } = await agent();
    const from = shop.clock.now();
    const answer = approve(client);
    const request = await shop.asked();
    shop.clock.jump(10 * 60_000);
    const waited = shop.endpoint.waited(shop.run(item), from, shop.clock.now());
    expect(waited.forPeople).toBeGreaterThanOrEqual(10 * 60_000);
    expect(waited.forPeople).toBeLessThanOrEqual(shop.clock.now() - from);
    expect(waited.forMusher).toBe(0);
    shop.answer(request, 'denied');
    await answer;
  });
});
