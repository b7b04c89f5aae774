import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { chromium as driver, type Page } from 'playwright-core';
import { demoSettings } from '../src/app/demo.ts';
import { systemClock } from '../src/clock.ts';
import { dayBudget } from '../src/decide/budgets.ts';
import { namesOf } from '../src/decide/people.ts';
import { dependenciesOf } from '../src/decide/dependencies.ts';
import { digestOf } from '../src/decide/digest.ts';
import { projectFacts } from '../src/decide/facts.ts';
import { standingItems } from '../src/decide/standing.ts';
import { Log } from '../src/log/log.ts';
import type { Block } from '../src/message/document.ts';
import { PngMaker } from '../src/pictures/png/png-maker.ts';
import { packageRoot } from '../src/version.ts';
import { needsPeople } from '../src/words/item/step.ts';
import { boardPicture } from '../src/words/pictures/board.ts';
import { costPicture } from '../src/words/pictures/cost.ts';
import { digestPicture } from '../src/words/pictures/digest.ts';
import { graphPicture } from '../src/words/pictures/graph.ts';
import { chromium } from './chromium.ts';

/*
 * Plays the demo and makes the pictures in `docs/pictures` of it: those that rooms get, and those of the page. Needs Chromium,
 * which it fetches where the system has none: `npm run pictures`.
 */

const clock = systemClock();
const FOLDER = join(packageRoot(), 'docs/pictures');
const DESK = { width: 1120, height: 700 } as const;
const PHONE = { width: 360, height: 740 } as const;
const browser = chromium();
if ('missing' in browser) throw new Error(browser.missing);

const home = mkdtempSync(join(tmpdir(), 'musher-pictures-'));
const data = join(home, '.local/state/musher/demo');
mkdirSync(FOLDER, { recursive: true });
try {
  await play();
  await ofRooms();
  // Agents continue without Musher; these end by themselves.
  await setTimeout(8_000);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** Steers the demo and looks at its page at moments at which there is something to see. */
async function play(): Promise<void> {
  const launcher = join(packageRoot(), 'bin', 'musher.js');
  const env = { PATH: process.env['PATH'], HOME: home, MUSHER_DEMO_SECONDS: '4', TERM: 'dumb' };
  const musher = spawn(process.execPath, [launcher, 'run'], { cwd: home, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const out = { text: '' };
  musher.stdout.on('data', (chunk: Buffer) => (out.text += chunk.toString('utf8')));
  const said = async (pattern: RegExp): Promise<string> => {
    for (let waited = 0; waited < 60_000; waited += 100) {
      const found = pattern.exec(out.text)?.[0];
      if (found !== undefined) return found;
      await setTimeout(100);
    }
    throw new Error(`The demo has not said ${String(pattern)}:\n${out.text}`);
  };
  const type = (...lines: readonly string[]): void => void musher.stdin.write(`${lines.join('\n')}\n`);
  try {
    const link = await said(/http:\/\/\S+\/enter\/\S+/);
    type('depends 5 on 4', 'start 1', 'start 3', 'start 6', 'start 7');
    await said(/#1 .* merged into/);
    await said(/#3 [^]*?blocked/i);
    type('start 2', 'start 4', 'start 5');
    await onThePage(link, async (page, origin) => {
      await page.locator('#home .working .card').first().waitFor();
      await shoot(page, 'page-home');
      await page.setViewportSize(PHONE);
      await shoot(page, 'page-phone');
      await page.setViewportSize(DESK);
      await page.goto(`${origin}/board`);
      await shoot(page, 'page-board');
      await page.goto(`${origin}/item/demo/1/diff`);
      await shoot(page, 'page-diff');
    });
  } finally {
    await ended(musher);
  }
}

async function onThePage(link: string, look: (page: Page, origin: string) => Promise<void>): Promise<void> {
  if ('missing' in browser) return;
  const opened = await driver.launch({ executablePath: browser.program, env: { ...process.env, ...browser.env }, chromiumSandbox: false });
  try {
    const page = await opened.newPage({ viewport: DESK, deviceScaleFactor: 1.5 });
    await page.goto(link);
    await page.getByRole('button').click();
    await page.locator('#home').waitFor();
    await look(page, new URL(link).origin);
  } finally {
    await opened.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}

async function ended(musher: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => musher.once('close', resolve));
  musher.kill('SIGTERM');
  await closed;
}

/** The pictures that rooms get with `--picture`. */
async function ofRooms(): Promise<void> {
  const settings = demoSettings(data);
  const [project] = settings.projects;
  if (project === undefined) throw new Error('the demo has a project');
  const log = Log.open(data, clock);
  const { reads } = log;
  const now = clock.now();
  const reader = { current: project.name, now, timezone: settings.timezone, nameOf: namesOf(log, settings).nameOf };
  const facts = projectFacts(reads, project, now);
  const budgets = [{ scope: 'project', name: project.name } as const, { scope: 'bot', name: '' } as const];
  const pictures: Record<string, Block> = {
    board: boardPicture(
      {
        project: project.name,
        note: '',
        counts: reads.counts(project.name),
        standing: standingItems(reads, facts, 100),
        merged: reads.recentInStage(project.name, 'done', 5),
        remark: null,
        arrivedAt: (item) => reads.arrivedAt(item),
      },
      reader,
    ),
    graph: graphPicture(dependenciesOf(reads, facts, 30), project.name, reader),
    cost: costPicture(
      reads,
      project.name,
      budgets.map((day) => dayBudget(reads, day, project.budget, now)),
      reader,
    ),
    digest: digestPicture(digestOf(reads, project, now - 86_400_000, now, needsPeople), project.name, reader),
  };
  const maker = new PngMaker({ clock, report: (error) => process.stderr.write(`${String(error)}\n`) });
  for (const [name, block] of Object.entries(pictures)) {
    if (block.kind !== 'image' || !('picture' in block)) continue;
    const drawn = await maker.draw(block.picture);
    if (drawn === null) throw new Error(`${name} could not be drawn`);
    writeFileSync(join(FOLDER, `${name}.png`), drawn.png);
  }
  maker.stop();
  log.close();
}
