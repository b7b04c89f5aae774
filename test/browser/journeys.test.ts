import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { create, until } from '../e2e/harness.ts';
import { barriers, DESK, MISSING, PHONE, screenshot, startBrowser, TABLET } from './browser.ts';
import { address, Desk } from './desk.ts';

const REVIEWED = { top: 'qa = "human"' };
const STORY = create('Price with tax', 'coder: write price.txt 9; commit; usage 1200 1 0.21; success Added the price.');

const DEVICES = [
  { name: 'on a phone', device: PHONE },
  { name: 'on a phone in the dark', device: { ...PHONE, dark: true } },
  { name: 'on a tablet', device: TABLET },
  { name: 'on a desk in the dark', device: { ...DESK, dark: true } },
];

describe.skipIf(MISSING !== null)(`the page in a browser${MISSING === null ? '' : ` (skipped: ${MISSING})`}`, () => {
  let browser: Browser;
  let desk: Desk;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterEach(() => desk.close());

  it('leads from the link to the merge by keyboard alone', async () => {
    desk = new Desk(REVIEWED);
    await desk.type(STORY, /Created story #1/);
    const page = await desk.enter(browser);
    expect(address(page)).toBe('/');
    await page.keyboard.press('/');
    await page.keyboard.type('start 1');
    await page.keyboard.press('Enter');
    await page.locator('.toast').getByText('started by').waitFor();
    await until(() => desk.bench.item(1).stage.name === 'qa');
    const approve = page.locator('#home .needs').getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await approve.focus();
    await page.keyboard.press('Enter');
    await page.locator('#home .merged').getByText('Price with tax').waitFor();
    expect(desk.bench.item(1).stage.name).toBe('done');
    expect(desk.complaints).toEqual([]);
  });

  it('leads from the link to the merge by touch on a phone', async () => {
    desk = new Desk(REVIEWED);
    await desk.type(STORY, /Created story #1/);
    await desk.type('start 1', /started by/);
    const page = await desk.stranger(browser, PHONE);
    await page.goto(await desk.link());
    await page.getByRole('button').tap();
    await page.locator('#home .needs').getByRole('button', { name: 'Approve' }).tap();
    await page.locator('#home .merged').getByText('Price with tax').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
    expect(desk.complaints).toEqual([]);
  });

  it('shows the lineage of an item in the graph, and opens it', async () => {
    desk = new Desk(REVIEWED);
    for (const title of ['Paying', 'Refunds', 'Search', 'Filters']) await desk.type(`create story ${title}`, /Created story/);
    await desk.type('depends 2 on 1', /#2 Refunds now depends/);
    await desk.type('depends 4 on 3', /#4 Filters now depends/);
    const page = await desk.enter(browser);
    await page.goto(new URL('/graph/shop', page.url()).href);
    const node = (item: number) => page.locator(`.node[data-item="${item}"]`);
    await node(2).click();
    await page.locator('.node.dim').first().waitFor();
    const dim = await page.locator('.node.dim').evaluateAll((nodes) => nodes.map((one) => one.getAttribute('data-item')));
    expect(new Set(dim)).toEqual(new Set(['3', '4']));
    await node(2).click();
    await page.getByRole('heading', { name: 'Refunds' }).waitFor();
    expect(address(page)).toBe('/item/shop/2');
  });

  it('lets nobody in by a link that was used, and shows a stranger nothing', async () => {
    desk = new Desk(REVIEWED);
    await desk.type(STORY, /Created story #1/);
    const link = await desk.link();
    const first = await desk.stranger(browser);
    await first.goto(link);
    await first.getByRole('button').click();
    await first.locator('#home').waitFor();
    const second = await desk.stranger(browser);
    await second.goto(link);
    await second.getByRole('button').click();
    await second.waitForLoadState();
    expect(await second.content()).not.toContain('Price with tax');
    const answer = await second.goto(new URL('/item/shop/1', link).href);
    expect(answer?.status()).toBe(401);
    expect(await second.content()).not.toContain('shop');
  });

  it('shows what happens in all tabs and to all people, without a reload', async () => {
    desk = new Desk(REVIEWED);
    const mine = await desk.enter(browser);
    const tab = await mine.context().newPage();
    await tab.goto(mine.url());
    const theirs = await desk.enter(browser, PHONE);
    await desk.type(STORY, /Created story #1/);
    await desk.type('start 1', /started by/);
    for (const page of [mine, tab, theirs]) await page.locator('#home .needs').getByText('Price with tax').waitFor();
    expect(await mine.title()).toBe('(1) Home · Musher');
    await theirs.locator('#home .needs').getByRole('button', { name: 'Approve' }).click();
    for (const page of [mine, tab, theirs]) await page.locator('#home .merged').getByText('Price with tax').waitFor();
  });

  it('goes on by itself after a kill, with what was typed', async () => {
    desk = new Desk(REVIEWED);
    const page = await desk.enter(browser);
    await page.locator('#command').fill('create story Half a thought');
    await desk.restart();
    await desk.type(STORY, /Created story #1/);
    await desk.type('start 1', /started by/);
    await page.locator('#home .needs').getByText('Price with tax').waitFor({ timeout: 60_000 });
    expect(await page.locator('#command').inputValue()).toBe('create story Half a thought');
    await page.reload();
    expect(await page.locator('#command').inputValue()).toBe('create story Half a thought');
  });

  it('ends at once where a session is revoked', async () => {
    desk = new Desk(REVIEWED);
    const page = await desk.enter(browser);
    await desk.type('web revoke all', /ended/);
    await page.locator('#connection:not(:empty)').waitFor();
    const answer = await page.goto(page.url());
    expect(answer?.status()).toBe(401);
  });

  it.each(DEVICES)('has no barrier on any page $name, and nothing is wider than that', async ({ name, device }) => {
    desk = new Desk(REVIEWED);
    await desk.type(STORY, /Created story #1/);
    await desk.type(create('Sort by price', 'exit 3'), /Created story #2/);
    await desk.type('depends 2 on 1', /depends/);
    await desk.type('start 1', /started by/);
    await until(() => desk.bench.item(1).stage.name === 'qa');
    const page = await desk.enter(browser, device);
    const found: string[] = [];
    for (const path of PAGES) {
      await page.goto(new URL(path, page.url()).href);
      await screenshot(page, `${path.replaceAll(/[^a-z0-9]+/g, '-')} ${name}`);
      found.push(...(await barriers(page)).map((barrier) => `${path}: ${barrier}`));
      if ((await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) === true)
        found.push(`${path}: wider than the screen`);
    }
    expect(found).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});

/** One of each kind of page. */
const PAGES = [
  '/graph',
  '/cost',
  '/',
  '/?show=needs',
  '/board',
  '/board/shop',
  '/search?q=price',
  '/agents',
  '/rooms',
  '/audit',
  '/past',
  '/nowhere',
];
