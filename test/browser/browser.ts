import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { chromium as driver, type Browser, type BrowserContext, type Page } from 'playwright-core';
import axe from 'axe-core';
import { chromium } from '../../scripts/chromium.ts';

const there = chromium();
/** Why the tests of the page are skipped here; null: they run. */
export const MISSING = 'missing' in there ? there.missing : null;

/** Where screenshots are left for people to look at. */
const SCREENSHOTS = join(import.meta.dirname, '../../build/screenshots');

/** How wide and in which colours a page is looked at; `touch`: with a finger, without hover. */
export interface Device {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  readonly touch?: boolean;
}

export const PHONE: Device = { width: 360, height: 740, touch: true };
export const TABLET: Device = { width: 768, height: 1024 };
export const DESK: Device = { width: 1280, height: 800 };

/** Starts the browser; it has to be closed. */
export function startBrowser(): Promise<Browser> {
  if (!('program' in there)) throw new Error(there.missing);
  return driver.launch({
    executablePath: there.program,
    env: { ...process.env, ...there.env },
    // Inside a container there is no second one.
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage'],
  });
}

/** A browser's profile of its own: nothing is shared with others. */
export function person(browser: Browser, device: Device = DESK): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: device.width, height: device.height },
    colorScheme: device.dark === true ? 'dark' : 'light',
    hasTouch: device.touch === true,
    isMobile: device.touch === true,
    reducedMotion: 'reduce',
  });
}

/** Keeps a picture of the whole page as `build/screenshots/NAME.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** What keeps people off this page by WCAG 2.2 AA, as `rule: element`; empty: nothing was found. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await page.evaluate<AxeFindings>(`axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} } })`);
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** What axe says, as far as it is read here. */
interface AxeFindings {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: readonly string[] }[] }[];
}
