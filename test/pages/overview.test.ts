import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDesk, makeWorld, moveTo, startRun, type Desk, type World } from '../commands/harness.ts';
import { pagesOf, type Pages } from './pages.ts';

let desk: Desk;
let world: World;
let pages: Pages;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk, {}, [], { directMessages: true });
  pages = pagesOf(world);
});
afterEach(() => world.close());

const SCRIPT = '<img src=x onerror=alert(1)>';

describe('the page of agents', () => {
  it('shows who works on what', async () => {
    const n = world.make({ title: `Pay ${SCRIPT}` });
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    const html = await shown('/agents');
    expect(html).toContain('… coder-1');
    expect(html).toContain(`href="/item/shop/${n}"`);
    expect(html).not.toContain('<img');
  });
});

describe('the graph', () => {
  it('draws what waits for what, and lists it with links', async () => {
    const first = world.make({ title: `Pay ${SCRIPT}` });
    const second = world.make({ title: 'Refund', dependsOn: [first] });
    const html = await shown('/graph/shop');
    expect(html).toContain(`data-from="${first}" data-to="${second}"`);
    expect(html).toContain(`href="/item/shop/${second}"`);
    expect(html).not.toContain('<img');
    expect(html).not.toContain(' style=');
    expect(await pages.get('/graph/nowhere')).toBeNull();
  });

  it('says where nothing depends on anything', async () => {
    world.make({ title: 'Pay by card' });
    expect(await shown('/graph/shop')).toContain('No open item depends');
  });
});

describe('the cost', () => {
  it('shows what was spent by whom on what', async () => {
    const n = world.make({ title: `Pay ${SCRIPT}` });
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n);
    const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 1_230_000 };
    world.record(n, 'run.usage', { run, agent: 'coder-1', model: 'opus', usage });
    const html = await shown('/cost');
    expect(html).toContain('$1.23');
    expect(html).toContain('coder-1');
    expect(html).toContain('opus');
    expect(html).not.toContain('<img');
    expect(html).not.toContain(' style=');
  });
});

describe('the search', () => {
  it('finds items by words, with the words marked, and pages on', async () => {
    for (let i = 0; i < 27; i++) world.make({ title: `Pay by card ${i}` });
    world.make({ title: 'Sort by price' });
    const html = await shown('/search?q=card');
    expect(html.match(/<strong>card<\/strong>/g)).toHaveLength(25);
    expect(html).not.toContain('Sort by price');
    const next = /href="([^"]*)">Next/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await shown(next)).match(/<strong>card<\/strong>/g)).toHaveLength(2);
  });

  it.each(['', '   ', '"', '-', '*', SCRIPT, 'a'.repeat(5_000), '\u0000', "') OR 1=1 --"])('takes %j as words', async (words) => {
    world.make({ title: 'Pay by card' });
    expect(await shown(`/search?${new URLSearchParams({ q: words }).toString()}`)).not.toContain('<img');
  });

  it.each(['-1', '1e9', 'NaN', '99999999999999999999', ''])('takes %j as the place to begin', async (from) => {
    world.make({ title: 'Pay by card' });
    expect(await shown(`/search?q=card&from=${from}`)).toContain('Found in 1 item');
  });
});

describe('the audit', () => {
  it('lists who did what, the newest first, and goes on with older events', async () => {
    for (let i = 0; i < 60; i++) world.record(world.make({ title: `Item ${i}` }), 'item.commented', { text: `said ${i}` });
    const html = await shown('/audit');
    expect(html.match(/<li value=/g)).toHaveLength(100);
    expect(numbers(html)).toEqual(numbers(html).toSorted((a, b) => b - a));
    const older = /href="([^"]*)">Older/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const rest = numbers(await shown(older));
    expect(rest.length).toBeGreaterThan(10);
    expect(rest.filter((n) => numbers(html).includes(n))).toEqual([]);
    expect(Math.min(...rest)).toBe(1);
  });

  it('keeps to a project and a person', async () => {
    world.record(world.make({ title: 'Pay' }), 'item.commented', { text: 'hello' });
    expect(numbers(await shown('/audit?who=nobody-of-this-name'))).toEqual([]);
    expect(numbers(await shown('/audit?project=shop')).length).toBeGreaterThan(1);
    expect(numbers(await shown('/audit?project=other'))).toEqual([]);
  });
});

describe('the past', () => {
  it('shows the board as it was after an event, without anything to press', async () => {
    const n = world.make({ title: 'Pay by card' });
    const then = world.log.reads.lastSeq();
    moveTo(world, n, { name: 'current' });
    const before = await shown(`/past?event=${then}&part=past`);
    expect(stageOf(before, 'Pay by card')).toBe('backlog');
    expect(stageOf(await shown('/past?part=past'), 'Pay by card')).toBe('current');
    expect(before).not.toContain('<form');
    expect(await shown('/past?event=0')).toContain('No item existed yet');
  });

  it.each(['-5', 'NaN', '1e400', '999999999'])('takes %j as a moment', async (event) => {
    world.make({ title: 'Pay by card' });
    expect(await shown(`/past?event=${event}`)).toContain('id="past"');
  });
});

describe.each(['/graph', '/cost', '/agents', '/rooms', '/search?q=secret', '/audit', '/audit?project=shop', '/past'])('%s', (address) => {
  it('has nothing for a stranger, and nothing of a project that a person may not see', async () => {
    const nobody = { admin: [], operator: [], viewer: [] };
    const limited = makeWorld(desk, {}, [], {
      directMessages: true,
      roles: { ...nobody, operator: ['test:operator'] },
      projectRoles: [
        { project: 'shop', roles: nobody },
        { project: 'docs', roles: { ...nobody, viewer: ['test:viewer'] } },
      ],
    });
    const n = limited.make({ title: 'A secret plan' });
    moveTo(limited, n, { name: 'current' });
    startRun(limited, n);
    const seen = pagesOf(limited);
    expect(await seen.get(address, 'stranger')).toBeNull();
    expect(await seen.get(address, 'operator')).toContain('shop');
    const html = await seen.get(address, 'viewer');
    expect(html).toContain('<h1');
    expect(html).not.toMatch(/A secret|plan|shop#?1/);
    await limited.close();
  });
});

function numbers(html: string): number[] {
  return Array.from(html.matchAll(/<li value="(\d+)"/g), ([, n]) => Number(n));
}

/** The stage under which a title stands. */
function stageOf(html: string, title: string): string | undefined {
  const before = html.slice(0, html.indexOf(title));
  return /past-([a-z]+)"[^]*$/.exec(before.slice(before.lastIndexOf('aria-labelledby')))?.[1];
}

async function shown(address: string, role: 'viewer' | 'operator' = 'operator'): Promise<string> {
  const html = await pages.get(address, role);
  if (html === null) throw new Error(`no page at ${address}`);
  return html;
}
