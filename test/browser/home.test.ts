import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Bench, create, until, type Session } from '../e2e/harness.ts';
import { barriers, MISSING, person, PHONE, screenshot, startBrowser, type Device } from './browser.ts';

/** The words of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
}

describe.skipIf(MISSING !== null)(`home and board in a browser${MISSING === null ? '' : ` (skipped: ${MISSING})`}`, () => {
  let browser: Browser;
  let bench: Bench;
  let musher: Session;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(() => {
    bench = new Bench({ top: 'qa = "human"\nmax_coders = 1' });
    bench.append('bot.toml', '\n[web]\nlisten = "127.0.0.1:0"\n');
    musher = bench.open();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    // Agents that still wait end.
    bench.raise('go');
    await until(() => bench.items().every(({ execution }) => execution.state !== 'running' && execution.state !== 'pending'));
    await bench.close();
  });

  /** Enters by a link of its own. */
  const enter = async (device?: Device): Promise<Page> => {
    musher.type('web');
    const [link] = await musher.said(/http:\/\/127\.0\.0\.1:\d+\/enter\/\S+/);
    const context = await person(browser, device);
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Needs you' }).waitFor();
    return page;
  };
  const make = async (...items: string[]): Promise<void> => {
    musher.type(...items);
    await until(() => bench.hasLog && bench.items().length === items.length);
  };
  const stageOf = (n: number): string => bench.item(n).stage.name;

  it('is enough, by keys alone, from an item in the backlog to its merge', async () => {
    await make(create('Cart'));
    const page = await enter();
    await page.keyboard.press('/');
    await page.keyboard.type('start 1');
    await page.keyboard.press('Enter');
    // What the agent does comes by itself, and so does the review that it ends in.
    const need = page.locator('#need-shop-1');
    await need.waitFor();
    await page.waitForFunction("document.title.startsWith('(1) ')");
    expect(await page.locator('#needs-count').textContent()).toBe('1');
    await screenshot(page, 'home-review');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    expect(await focused(page)).toContain('Cart');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Approve');
    await page.keyboard.press('Enter');
    await page.locator('#merged-shop-1').waitFor();
    await page.waitForFunction("!document.title.startsWith('(')");
    expect(bench.merges).toHaveLength(1);
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.locator('#stage-done #tile-shop-1').waitFor();
    await page.goBack();
    await page.locator('#merged-shop-1').waitFor();
  });

  it('moves an item on the board by keys, by dragging and by touch, and says there why it can’t', async () => {
    await make(
      create('Cart', 'coder: await go; success'),
      create('Login', 'coder: await go; success'),
      create('Search', 'coder: await go; success'),
    );
    const page = await enter();
    await page.goto(new URL('/board', page.url()).href);
    await page.locator('#tile-shop-2 a.item').focus();
    await page.keyboard.press('+');
    await until(() => bench.item(2).priority === 'high');
    await page.locator('#tile-shop-2[data-priority=high]').waitFor();
    expect(await focused(page)).toContain('Login');
    await page.keyboard.press(']');
    await page.locator('#stage-current #tile-shop-2').waitFor();
    expect(await page.locator('.note').textContent()).toContain('#2 Login');
    // A drop where it can't go is the command all the same, and Musher's answer is shown there.
    await page.locator('#tile-shop-3').dragTo(page.locator('#stage-merge'));
    await page.locator('.note', { hasText: /can.t|cannot|only/i }).waitFor();
    expect(stageOf(3)).toBe('backlog');
    await page.locator('#tile-shop-3').dragTo(page.locator('#stage-archived'));
    await page.locator('#stage-archived #tile-shop-3').waitFor();

    const phone = await enter(PHONE);
    await phone.goto(new URL('/board', phone.url()).href);
    await phone.locator('#tile-shop-1 .tile-menu').tap();
    await phone.getByRole('button', { name: '→ archived' }).tap();
    await phone.locator('#stage-archived #tile-shop-1').waitFor();
    // The other person's page shows it too.
    await page.locator('#stage-archived #tile-shop-1').waitFor();
    expect(await barriers(phone)).toEqual([]);
    await screenshot(phone, 'board-phone');
  });

  it('keeps what is typed over a reload and a kill of Musher, and shows what came meanwhile', async () => {
    await make(create('Cart', 'coder: await go; write a.txt a; commit; success'));
    const page = await enter();
    const other = await page.context().newPage();
    await other.goto(page.url());
    musher.type('start 1');
    // Two tabs with one stream: both show it.
    for (const tab of [page, other]) await tab.locator('#work-shop-1').waitFor();
    await page.locator('#work-shop-1 summary', { hasText: 'Tell' }).click();
    await page.locator('#work-shop-1 textarea').fill('use the old API');
    await page.reload();
    expect(await page.locator('#work-shop-1 textarea').inputValue()).toBe('use the old API');
    await musher.kill();
    await page.locator('#connection', { hasText: 'Reconnecting' }).waitFor();
    musher = bench.open();
    await page.locator('#connection', { hasText: /^$/ }).waitFor({ state: 'attached' });
    musher.type(create('Login', 'coder: await go; write a.txt a; commit; success'), 'priority 2 high');
    await until(() => bench.items().length === 2);
    for (const tab of [page, other]) await tab.locator('#work-shop-1').waitFor();
    const field = page.locator('#work-shop-1 textarea');
    expect(await field.inputValue()).toBe('use the old API');
    await field.press('Control+Enter');
    await until(() => bench.only('item.told', 1).length === 1);
    await page.reload();
    expect(await page.locator('#work-shop-1 textarea').inputValue()).toBe('');
  });
});
