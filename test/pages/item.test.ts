import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessRole } from '../../src/config/choices.ts';
import {
  blockedStage,
  doneStage,
  endRun,
  failAttempt,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  seeWork,
  SHA,
  startRun,
  type Desk,
  type World,
} from '../commands/harness.ts';
import { pagesOf, type Pages } from './pages.ts';

/** What would break out of a page that escapes anything less than everything, and what nobody may fail to see. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE items; --",
  '</textarea></pre></title><script>',
  '{{constructor}} ${7*7} <%= 7 %>',
  'javascript:alert(1)',
  'a\u202ecod.exe\u2066\u200b',
  'اختبار \u0000 𝕳 ﷽ 👩‍👩‍👧 Z͑ͫ̓a̴l̷g̶o̸',
];

let desk: Desk;
let world: World;
let pages: Pages;
let runs: string;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'musher-runs-'));
  world = makeWorld(desk, {}, [], { directMessages: true });
  pages = pagesOf(world, (project, item, run) => join(runs, project, String(item), String(run)));
});
afterEach(async () => {
  await world.close();
  rmSync(runs, { recursive: true, force: true });
});

function toReview(title: string): number {
  const n = world.make({ title });
  moveTo(world, n, { name: 'current' });
  seeWork(world, n);
  moveTo(world, n, { name: 'qa' });
  return n;
}

async function shown(address: string, role: AccessRole = 'operator'): Promise<string> {
  const html = await pages.get(address, role);
  if (html === null) throw new Error(`no page at ${address}`);
  return html;
}

function printed(item: number, run: number, output: string): void {
  const dir = join(runs, 'shop', String(item), String(run));
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'run.json'), JSON.stringify({ runtime: 'command', model: null, resumed: false, startedAt: 0 }));
  writeFileSync(join(dir, 'stdout'), output);
}

const commands = (html: string): string[] =>
  Array.from(html.matchAll(/name="command"\s+value="([^"]*)"/g), ([, value = '']) => value.replaceAll('&#39;', "'"));
const main = (html: string): string => html.slice(html.indexOf('<main'), html.indexOf('</main>'));

describe('an item’s page', () => {
  it('tells all of it: text, criteria, why, runs, gates with output, cost, dependencies, talk and history', async () => {
    const first = world.make({ title: 'First' });
    const n = world.make({
      title: 'Sort by price',
      description: 'Cheapest first.\n\nWith tests.\n\n## Out of scope\n\nPaging',
      criteria: [
        { text: 'sorted', checked: true },
        { text: 'tested', checked: false },
      ],
      dependsOn: [first],
    });
    world.make({ title: 'Later', dependsOn: [n] });
    moveTo(world, first, { name: 'current' });
    seeWork(world, first);
    moveTo(world, first, { name: 'qa' });
    moveTo(world, first, mergeStage);
    moveTo(world, first, doneStage);
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n);
    world.record(n, 'run.heartbeat', { run, activity: 'reading prices.js' });
    await world.say(`tell ${n} mind the currency`);
    await world.say(`comment ${n} The design is agreed.`);
    const receipt = {
      gate: 'test',
      command: 'npm test',
      where: 'branch',
      commit: SHA,
      tree: SHA,
      exitCode: 1,
      timedOut: false,
      durationMs: 3_100,
    } as const;
    world.record(n, 'gate.ran', { ...receipt, outputHash: 'x', outputTail: '1 test failed\n' });
    const html = await shown(`/item/shop/${n}`);
    for (const words of [
      'Cheapest first.',
      'Paging',
      'sorted',
      'reading prices.js',
      'mind the currency',
      'not read yet',
      'The design is agreed.',
      'npm test',
      '1 test failed',
      'exit 1',
      'Waits for',
      'Needed by',
      'Later',
      '<title>#2 Sort by price · Musher</title>',
    ])
      expect(html).toContain(words);
    // The same words as `history`, the newest first.
    const story = html.slice(html.indexOf('id="item-story"'));
    expect((await world.say(`history ${n}`)).text).toContain('ran gate test on the branch');
    expect(story.indexOf('ran gate test')).toBeLessThan(story.indexOf('created it as a story'));
    expect(html).toContain(`data-live="item:shop:${n}"`);
    endRun(world, n, run, 'finished');
    expect(await shown(`/item/shop/${n}?part=item-work`)).toContain('finished');
  });

  it('pages its history backwards', async () => {
    const n = world.make({ title: 'Old' });
    for (let i = 0; i < 60; i += 1) await world.say(`comment ${n} word ${i}`);
    const [, before] = /\?before=(\d+)#item-story/.exec(await shown(`/item/shop/${n}`)) ?? [];
    expect(Number(before)).toBeGreaterThan(0);
    const older = await shown(`/item/shop/${n}?before=${before}&part=item-story`);
    expect(older).toContain('created it as a story');
    expect(older).not.toContain('Earlier events');
  });

  it('explains a failure with its evidence', async () => {
    const n = world.make({ title: 'Export' });
    moveTo(world, n, { name: 'current' });
    failAttempt(world, n, { cause: 'run', summary: 'the agent gave up', evidence: 'line one\nline two' });
    moveTo(world, n, blockedStage());
    const html = await shown(`/item/shop/${n}`);
    expect(html).toContain('Last failure');
    expect(html).toContain('line one line two');
    expect(commands(html)).toContain(`retry shop#${n}`);
  });

  it.each(['', '/edit/title', '/edit/description', '/edit/criteria', '/diff', '/run/1', '/snapshots'])(
    'shows%s what people, agents and files say as text, with nothing hidden in it',
    async (below) => {
      const text = HOSTILE.join('\n');
      const n = world.make({
        title: HOSTILE.join(' '),
        description: text,
        criteria: HOSTILE.map((one) => ({ text: one, checked: false })),
      });
      moveTo(world, n, { name: 'current' });
      seeWork(world, n);
      startRun(world, n);
      world.record(n, 'run.heartbeat', { run: 1, activity: HOSTILE[0] ?? '' });
      printed(n, 1, `${text}\n`);
      await world.say(`comment ${n} ${text}`);
      failAttempt(world, n, { cause: 'run', summary: HOSTILE[1] ?? '', evidence: text });
      const html = await shown(`/item/shop/${n}${below}`, 'admin');
      const tags = html.match(/<(?:script|img|iframe|object|embed)\b[^>]*>/gi) ?? [];
      expect(tags.every((tag) => /^<script type="module" src="\/assets\/start-[0-9a-f]+\.js">$/.test(tag))).toBe(true);
      expect(html).not.toMatch(/<[^>]*\s(?:on\w+|style)=/i);
      // In a form it is what will be saved; elsewhere it is shown for what it is.
      const seen = main(html).replaceAll(/<textarea[\s\S]*?<\/textarea>/g, '');
      expect(seen).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      expect(seen).not.toContain('\0');
      expect(seen).toContain('&lt;U+202E&gt;');
    },
  );

  it('has forms only of commands that its reader may send', async () => {
    const n = toReview('Pay by card');
    expect(commands(main(await shown(`/item/shop/${n}`, 'viewer')))).toEqual([]);
    expect(main(await shown(`/item/shop/${n}`, 'viewer'))).not.toContain('/edit/');
    expect(commands(main(await shown(`/item/shop/${n}`)))).toEqual([
      `approve shop#${n} ${desk.head.slice(0, 10)}`,
      `reject shop#${n}`,
      `comment shop#${n}`,
      `tell shop#${n}`,
    ]);
    expect(await pages.get(`/item/shop/${n}/edit/title`, 'viewer')).toBeNull();
    for (const below of ['', '/diff', '/run/1', '/snapshots', '/edit/title'])
      expect(await pages.get(`/item/shop/${n}${below}`, 'stranger')).toBeNull();
  });

  it.each([
    '/item',
    '/item/shop',
    '/item/shop/0',
    '/item/shop/01',
    '/item/shop/-1',
    '/item/shop/1e0',
    '/item/shop/999',
    '/item/shop/9999999999999999999',
    '/item/none/1',
    '/item/constructor/1',
    '/item/shop/1/none',
    '/item/shop/1/run',
    '/item/shop/1/run/2',
    '/item/shop/1/run/..%2F..',
    '/item/shop/1/run/1/more',
    '/item/shop/1/edit/qa',
    '/item/shop/1/edit/__proto__',
    '/item/shop/1/diff/more',
    '/item/shop/1?part=none',
    '/item/shop/1/diff?file=../../etc/passwd',
  ])('there is none at %s', async (address) => {
    const n = world.make({ title: 'One' });
    moveTo(world, n, { name: 'current' });
    seeWork(world, n);
    startRun(world, n);
    expect(await pages.get(address, 'admin')).toBeNull();
  });

  it('keeps nothing of an item that was purged', async () => {
    const n = world.make({ title: 'Secret plan', description: 'secret words' });
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    printed(n, 1, 'secret output\n');
    endRun(world, n, 1, 'stopped');
    world.record(n, 'item.deleted', { purge: true });
    world.record(n, 'item.purged', {});
    expect(main(await shown(`/item/shop/${n}`))).not.toMatch(/secret/i);
    expect(await pages.get(`/item/shop/${n}/run/1`)).toBeNull();
  });
});

describe('the form of a text', () => {
  it('carries what was seen, and shows beside it what somebody else has made of it since', async () => {
    const n = world.make({ title: 'Before' });
    const form = await shown(`/item/shop/${n}/edit/title`);
    const [command = ''] = commands(main(form));
    expect(command).toMatch(/^edit shop#1 title@\d+$/);
    const seen = command.split('@')[1] ?? '';
    expect(await shown(`/item/shop/${n}/edit/title?seen=${seen}&part=changed-title`)).not.toContain('conflict');

    await world.say(`edit ${n} title Theirs`, { role: 'admin' });
    const beside = await shown(`/item/shop/${n}/edit/title?seen=${seen}&part=changed-title`);
    expect(beside).toContain('Before');
    expect(beside).toContain('Theirs');

    const refused = await world.say(`${command} Mine`);
    expect(refused).toMatchObject({ ok: false, code: 'changed-meanwhile' });
    expect(refused.text).toContain('Theirs');
    expect(refused.text).toContain('Mine');
    expect(world.item(n).title).toBe('Theirs');

    // Who has seen theirs may replace it, by the button beside it.
    const [again = ''] = commands(beside);
    expect((await world.say(`${again} Mine`)).ok).toBe(true);
    expect(world.item(n).title).toBe('Mine');
  });

  it('conflicts with nobody who changed another text', async () => {
    const n = world.make({ title: 'Before', description: 'words' });
    const [command = ''] = commands(main(await shown(`/item/shop/${n}/edit/description`)));
    await world.say(`edit ${n} title Theirs`, { role: 'admin' });
    expect((await world.say(`${command} new\nwords`)).ok).toBe(true);
    expect(world.item(n).description).toBe('new\nwords');
  });
});

describe('the transcript of a run', () => {
  it('is shown by parts, without secrets, and says where it continues', async () => {
    const n = world.make({ title: 'Long' });
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    const token = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    printed(
      n,
      1,
      `${Array.from({ length: 500 }, (_, i) => `step ${i}\n`).join('')}token ${token}\n{"type":"result","status":"failure","text":"no room"}\n`,
    );
    const end = await shown(`/item/shop/${n}/run/1`);
    expect(end).toContain('step 499');
    expect(end).not.toContain('>step 5<');
    expect(end).toContain('no room');
    const [, before] = /\?before=(\d+)/.exec(end) ?? [];
    const earlier = await shown(`/item/shop/${n}/run/1?before=${before}`);
    expect(earlier).toContain('step 200');
    expect(earlier).not.toContain('step 499');
    const [, after = ''] = /data-after="(\d+)"/.exec(end) ?? [];
    expect(await shown(`/item/shop/${n}/run/1?after=${after}&part=tail`)).not.toContain('<li');
    printed(n, 1, `${'x\n'.repeat(Number(after) / 2)}something new\n`);
    expect(await shown(`/item/shop/${n}/run/1?after=${Math.floor(Number(after) / 2) * 2}&part=tail`)).toContain('something new');
    expect(await shown(`/item/shop/${n}/run/1?at=failure`)).toContain('Transcript');
  });

  it('jumps to the last failure', async () => {
    const n = world.make({ title: 'Fails' });
    moveTo(world, n, { name: 'current' });
    startRun(world, n);
    printed(n, 1, `one\n{"type":"result","status":"failure","text":"the disk is full"}\n${'later\n'.repeat(600)}`);
    const html = await shown(`/item/shop/${n}/run/1?at=failure`);
    expect(html).toContain('the disk is full');
    expect(html).toContain('class="end failed"');
    expect(await shown(`/item/shop/${n}/run/1`)).not.toContain('the disk is full');
  });
});
