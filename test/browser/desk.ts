import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Bench, type ProjectFile, type Session } from '../e2e/harness.ts';
import { person, type Device } from './browser.ts';

/** Generous: other programs share the machine. */
const PATIENCE_MS = 30_000;

/** A person's machine whose Musher serves the page, on a port that stays the same over restarts. */
export class Desk {
  readonly bench: Bench;
  readonly #contexts: BrowserContext[] = [];
  #musher: Session;

  constructor(project: ProjectFile, further = '') {
    this.bench = new Bench(project);
    this.bench.append('bot.toml', `\n[web]\nlisten = "127.0.0.1:0"\n${further}`);
    this.#musher = this.bench.open();
  }

  get musher(): Session {
    return this.#musher;
  }

  /** Types lines in the terminal and waits for the answer of the last one. */
  async type(line: string, answered: RegExp): Promise<RegExpMatchArray> {
    this.#musher.type(line);
    return this.#musher.said(answered);
  }

  /** A fresh link, as the terminal gives it. */
  async link(): Promise<string> {
    const [found] = await this.type('web', /http:\/\/127\.0\.0\.1:\d+\/enter\/[\w-]+/);
    return found;
  }

  /** A browser of its own in which the page is open. */
  async enter(browser: Browser, device?: Device): Promise<Page> {
    const page = await this.stranger(browser, device);
    await page.goto(await this.link());
    await page.getByRole('button').press('Enter');
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    return page;
  }

  /** A browser of its own that has no session. What a page's scripts complain of fails the test. */
  async stranger(browser: Browser, device?: Device): Promise<Page> {
    const context = await person(browser, device);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION/.test(message.text()))
        this.complaints.push(message.text());
    });
    return page;
  }

  readonly complaints: string[] = [];

  /** Pulls the plug and starts Musher again. */
  async restart(): Promise<void> {
    await this.#musher.kill('SIGKILL');
    this.#musher = this.bench.open();
    await this.#musher.said(/is back after/);
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    if (this.#musher.running) await this.#musher.kill('SIGTERM');
    await this.bench.close();
  }
}

/** Where a page is, without its origin. */
export function address(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
