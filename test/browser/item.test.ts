import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Bench, create, until, type Session } from '../e2e/harness.ts';
import { barriers, DESK, MISSING, person, PHONE, screenshot, startBrowser, TABLET, type Device } from './browser.ts';

/** Another one may take it meanwhile: then the test says so. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(MISSING !== null)(`an item’s pages in a browser${MISSING === null ? '' : ` (skipped: ${MISSING})`}`, () => {
  let browser: Browser;
  let bench: Bench;
  let musher: Session;
  let origin = '';
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    bench = new Bench({ top: 'qa = "human"\nmax_coders = 1' });
    bench.append('bot.toml', `\n[web]\nlisten = "127.0.0.1:${await freePort()}"\n`);
    musher = bench.open();
    complaints.length = 0;
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await bench.close();
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`);
  });

  const enter = async (device?: Device): Promise<Page> => {
    musher.type('web');
    const [link] = await musher.said(/http:\/\/127\.0\.0\.1:\d+\/enter\/\S+/);
    origin = new URL(link).origin;
    const context = await person(browser, device);
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(link);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Needs you' }).waitFor();
    return page;
  };
  const reviewed = async (): Promise<void> => {
    musher.type(create('Price with tax', 'coder: write src/price.ts 9; commit; usage 1200 1 0.21; success Added the price.'));
    await until(() => bench.hasLog && bench.items().length === 1);
    musher.type('start 1');
    await until(() => bench.item(1).stage.name === 'qa' && bench.item(1).execution.state === 'idle');
  };

  it('take a comment on a line to the agent as a rejection, by keyboard alone', async () => {
    await reviewed();
    // The next attempt is none of this test's.
    musher.type('pause');
    await musher.said(/paused/i);
    const page = await enter();
    await page.goto(`${origin}/item/shop/1/diff`);
    await page.locator('a[data-comment]').first().focus();
    await page.keyboard.press('Enter');
    const field = page.locator('#comment textarea');
    await field.waitFor();
    expect(await field.inputValue()).toMatch(/^On src\/price\.ts:1:\n> 9\n\n$/);
    await page.keyboard.type('Take the rate from the settings.');
    await page.getByRole('button', { name: 'Reject' }).focus();
    await page.keyboard.press('Enter');
    await until(() => bench.item(1).failure?.cause === 'rejected');
    expect(bench.item(1).failure?.evidence).toBe('On src/price.ts:1:\n> 9\n\nTake the rate from the settings.');
  });

  it('let a title be edited in place, and show what somebody else made of it meanwhile', async () => {
    await reviewed();
    const page = await enter(PHONE);
    await page.goto(`${origin}/item/shop/1`);
    await page.getByRole('link', { name: 'Edit title' }).tap();
    const field = page.locator('#edit-title textarea');
    await field.fill('Mine');
    musher.type('edit 1 title Theirs');
    await page.getByRole('heading', { name: 'Theirs' }).waitFor();
    // What is typed stays, and theirs is beside it.
    expect(await field.inputValue()).toBe('Mine');
    await page.locator('.conflict').waitFor();
    await screenshot(page, 'item-conflict-360');
    await page.getByRole('button', { name: 'Replace with mine' }).tap();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    expect(await field.count()).toBe(0);
  });

  it('show what happens as it happens, and open what is folded', async () => {
    await reviewed();
    const page = await enter();
    await page.goto(`${origin}/item/shop/1`);
    await page.locator('summary', { hasText: 'Snapshots' }).click();
    await page.locator('#snapshots .run, #snapshots .empty').first().waitFor();
    musher.type('comment 1 The design is agreed.');
    await page.locator('#item-said').getByText('The design is agreed.').waitFor();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.locator('#item-head').getByText('✓ done').waitFor();
    // What was opened is still open.
    expect(await page.locator('details.loaded').getAttribute('open')).not.toBeNull();
  });

  it('add to a transcript what an agent says while it works', async () => {
    musher.type(create('Slow', 'coder: say first words; await go; say last words; write a.txt 1; commit; success Done.'));
    await until(() => bench.hasLog && bench.items().length === 1);
    musher.type('start 1');
    await until(() => bench.item(1).execution.state === 'running');
    const page = await enter();
    await page.goto(`${origin}/item/shop/1/run/1`);
    await page.locator('.transcript').getByText('first words').waitFor();
    expect(await page.getByText('last words').count()).toBe(0);
    bench.raise('go');
    await page.locator('#transcript > .transcript').getByText('last words').waitFor();
    await page.locator('#run-head').getByText('finished').waitFor();
  });

  it('keep nobody out, in no size and no colours', async () => {
    await reviewed();
    musher.type('tell 1 mind the currency', 'comment 1 The design is agreed.');
    const run = join(bench.data, 'runs', 'shop', '1', '1');
    writeFileSync(join(run, 'run.json'), JSON.stringify({ runtime: 'claude', model: null, resumed: false, startedAt: 0 }));
    copyFileSync(new URL('../agents/recordings/claude/perm_deny.jsonl', import.meta.url), join(run, 'stdout'));
    for (const device of [PHONE, TABLET, { ...DESK, dark: true }]) {
      const page = await enter(device);
      for (const [name, below] of [
        ['item', ''],
        ['diff', '/diff'],
        ['diff-split', '/diff?view=split'],
        ['comment', '/diff?file=src%2Fprice.ts&line=after:1'],
        ['run', '/run/1'],
        ['edit', '/edit/criteria'],
        ['snapshots', '/snapshots'],
      ]) {
        await page.goto(`${origin}/item/shop/1${below}`);
        expect([name, await barriers(page)]).toEqual([name, []]);
        const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect([name, over]).toEqual([name, 0]);
        await screenshot(page, `${name}-${device.width}${'dark' in device ? '-dark' : ''}`);
      }
    }
  });
});
