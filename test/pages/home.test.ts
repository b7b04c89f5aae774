import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blockedStage, doneStage, makeDesk, makeWorld, moveTo, seeWork, startRun, type Desk, type World } from '../commands/harness.ts';
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

/** An item that waits for its review. */
function toReview(title: string): number {
  const n = world.make({ title });
  moveTo(world, n, { name: 'current' });
  seeWork(world, n);
  moveTo(world, n, { name: 'qa' });
  return n;
}

describe('the home page', () => {
  it('shows what needs somebody with what waits behind it, what runs, what waits and what was merged', async () => {
    const review = toReview('Pay by card');
    world.make({ title: 'Needs the card', dependsOn: [review] });
    const running = world.make({
      title: 'Sort by price',
      criteria: [
        { text: 'sorted', checked: true },
        { text: 'tested', checked: false },
      ],
    });
    moveTo(world, running, { name: 'current' });
    startRun(world, running);
    world.record(running, 'run.heartbeat', { run: 1, activity: 'reading prices.js' });
    const blocked = world.make({ title: 'Export orders' });
    moveTo(world, blocked, { name: 'current' });
    moveTo(world, blocked, blockedStage());
    const waiting = world.make({ title: 'Search' });
    moveTo(world, waiting, { name: 'current' });
    const merged = toReview('Fix the login');
    moveTo(world, merged, { name: 'merge', branch: 'b', commitsAhead: 1 as never });
    moveTo(world, merged, doneStage);

    const html = await shown('/');
    const sections = html.split('<section ').slice(1);
    const of = (name: string): string => sections.find((one) => one.startsWith(`class="${name}"`)) ?? '';
    expect(of('needs')).toContain('Pay by card');
    expect(of('needs')).toContain('1 item waits behind it: #2.');
    expect(of('needs')).toContain('Export orders');
    expect(of('working')).toContain('reading prices.js');
    expect(of('working')).toContain('1 of 2');
    expect(of('waiting')).toContain('Search');
    expect(of('merged')).toContain('Fix the login');
    expect(html).toContain('<title>(2) Home · Musher</title>');
  });

  it('says in each section that it is empty, and how to begin', async () => {
    world.make({ title: 'Search' });
    const html = await shown('/');
    expect(html.match(/class="empty"/g)).toHaveLength(5);
    expect(html).toContain('name="command" value="start shop#1"');
    expect(await shown('/', 'viewer')).not.toContain('value="start');
    expect(html).toContain('<title>Home · Musher</title>');
  });

  it('shows at most 20 rows of a section, and the rest on a page of its own', async () => {
    for (let n = 0; n < 23; n++) moveTo(world, world.make({ title: `Item ${n}` }), { name: 'current' });
    world.record(1, 'item.held', { why: 'later' });
    const html = await shown('/');
    expect(html.match(/class="row wait"/g)).toHaveLength(20);
    expect(html).toContain('<a href="/?show=waiting">2 more</a>');
    const alone = await shown('/?show=waiting');
    expect(alone.match(/class="row wait"/g)).toHaveLength(22);
    expect(alone).not.toContain('class="needs"');
  });

  it('counts and shows what needs somebody however far behind it is', async () => {
    for (let n = 1; n <= 130; n++) moveTo(world, world.make({ title: `Item ${n}` }), { name: 'current' });
    for (let n = 101; n <= 130; n++) world.record(n, 'item.held', { why: 'later' });
    const html = await shown('/');
    expect(html).toContain('<title>(30) Home · Musher</title>');
    expect(html.match(/class="row need"/g)).toHaveLength(20);
    expect(html).toContain('<a href="/?show=needs">10 more</a>');
    expect(html).toContain('<a href="/?show=waiting">80 more</a>');
    expect((await shown('/?show=needs')).match(/class="row need"/g)).toHaveLength(30);
  });

  it('has buttons only for those who may press them, and nothing at all for a stranger', async () => {
    const n = toReview('Pay by card');
    const commands = (html: string): string[] => Array.from(html.matchAll(/name="command" value="([^"]*)"/g), ([, value = '']) => value);
    expect(commands(await shown('/'))).toEqual([`approve shop#${n} ${desk.head.slice(0, 10)}`, `reject shop#${n}`]);
    expect(commands(await shown('/', 'viewer'))).toEqual([]);
    expect(await pages.get('/', 'stranger')).toBeNull();
  });

  it('gives one element anew, as the page has it', async () => {
    toReview('Pay by card');
    const part = await shown('/?part=home');
    expect(part.startsWith('<div id="home"')).toBe(true);
    expect(await shown('/')).toContain(part.trim());
    expect(await shown('/?part=needs-count')).toContain('data-count="1"');
    expect(await pages.get('/?part=constructor')).toBeNull();
  });
});

async function shown(address: string, role: 'viewer' | 'operator' = 'operator'): Promise<string> {
  const html = await pages.get(address, role);
  if (html === null) throw new Error(`no page at ${address}`);
  return html;
}
