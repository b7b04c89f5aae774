import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { barriers, MISSING, person, PHONE, startBrowser } from './browser.ts';

describe.skipIf(MISSING !== null)(`the browser of the tests${MISSING === null ? '' : ` (skipped: ${MISSING})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('finds what keeps people off a page, and nothing where there is nothing', async () => {
    const context = await person(browser, PHONE);
    const page = await context.newPage();
    await page.setContent('<!doctype html><html lang="en"><title>Items</title><main><h1>Items</h1><button>Stop</button></main></html>');
    expect(await barriers(page)).toEqual([]);
    await page.setContent('<!doctype html><html lang="en"><title>Items</title><main><h1>Items</h1><button></button></main></html>');
    expect(await barriers(page)).toEqual(['button-name: button']);
  });
});
