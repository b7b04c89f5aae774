import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessRole } from '../../src/config/choices.ts';
import { changedWithin } from '../../src/pages/item/diff/changed-within.ts';
import { highlight, languageOf, type Open } from '../../src/pages/item/diff/highlight.ts';
import { commitSha, type CommitSha } from '../../src/pipeline/values.ts';
import { doneStage, makeDesk, makeWorld, mergeStage, moveTo, type Desk, type World } from '../commands/harness.ts';
import { figure } from '../figure.ts';
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

let branches = 0;

/** An item in review whose branch has these commits. */
function reviewed(...commits: readonly Readonly<Record<string, string | Buffer | null>>[]): {
  n: number;
  heads: CommitSha[];
  branch: string;
} {
  branches += 1;
  const { owner } = desk;
  const branch = `musher/1-changes-${branches}`;
  owner.git(['switch', '-q', '-c', branch, 'main']);
  const heads = commits.map((files, index) => {
    const written: Record<string, string | Buffer> = {};
    for (const [name, text] of Object.entries(files)) {
      if (text === null) rmSync(`${owner.repository}/${name}`);
      else written[name] = text;
    }
    return owner.commit(written, `commit ${index + 1} <b>`);
  });
  owner.git(['switch', '-q', 'main']);
  const n = world.make({ title: 'Changes' });
  moveTo(world, n, { name: 'current' });
  const head = heads.at(-1);
  if (head === undefined) throw new Error('one commit at least');
  world.record(n, 'item.work_seen', { work: { branch, head, commitsAhead: heads.length } });
  moveTo(world, n, { name: 'qa' });
  return { n, heads, branch };
}

async function shown(address: string, role: AccessRole = 'operator'): Promise<string> {
  const html = await pages.get(address, role);
  if (html === null) throw new Error(`no page at ${address}`);
  return html;
}

const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('the changes of an item', () => {
  it('are shown as a whole and by commit, unified and side by side', async () => {
    const { n, heads } = reviewed({ 'a.ts': 'const one = 1;\n' }, { 'a.ts': 'const one = 2;\n', 'b.txt': 'b\n' });
    const whole = await shown(`/item/shop/${n}/diff`);
    expect(whole).toContain('2 files');
    expect(textOf(whole)).toContain('const one = 2;');
    expect(textOf(whole)).not.toContain('const one = 1;');
    expect(whole).toContain('<span class="keyword">const</span>');
    const second = await shown(`/item/shop/${n}/diff?commit=${heads[1]?.slice(0, 8)}`);
    expect(textOf(second)).toContain('const one = 1;');
    expect(second).toContain('<mark><span class="number">1</span></mark>');
    const split = await shown(`/item/shop/${n}/diff?view=split&commit=${heads[1]?.slice(0, 8)}`);
    expect(split).toContain('class="diff split"');
    expect(textOf(split)).toContain('const one = 1;');
    // A commit that is none of this item's is as good as none.
    const others = await shown(`/item/shop/${n}/diff?commit=${desk.head.slice(0, 8)}`);
    expect(textOf(others)).toContain('2 files');
    expect(textOf(others)).not.toContain('zwei');
  });

  it('of a merged item are those of its merge', async () => {
    const n = world.make({ title: 'Merged' });
    moveTo(world, n, { name: 'current' });
    world.record(n, 'item.work_seen', { work: { branch: desk.branch, head: desk.head, commitsAhead: 1 } });
    moveTo(world, n, { name: 'qa' });
    moveTo(world, n, mergeStage);
    moveTo(world, n, { ...doneStage, mergeCommit: desk.head });
    expect(textOf(await shown(`/item/shop/${n}/diff`))).toContain('zwei');
    const gone = world.make({ title: 'Gone' });
    moveTo(world, gone, { name: 'current' });
    world.record(gone, 'item.work_seen', { work: { branch: desk.branch, head: desk.head, commitsAhead: 1 } });
    moveTo(world, gone, { name: 'qa' });
    moveTo(world, gone, mergeStage);
    moveTo(world, gone, { ...doneStage, mergeCommit: commitSha('1'.repeat(40)) ?? desk.head });
    expect(await shown(`/item/shop/${gone}/diff`)).toContain('no longer in the repository');
    const nothing = world.make({ title: 'Nothing' });
    expect(await shown(`/item/shop/${nothing}/diff`)).toContain('No commits yet');
  });

  it('hide nothing: neither names nor characters that turn the reading around', async () => {
    const { n } = reviewed({
      'src/a\u202etxt.js': 'const admin = "user\u202e \u2066// check\u2069 \u2066";\u200b\r\n',
      '<img src=x>.html': '<script>alert(1)</script>\n',
      'long.js': `${'y'.repeat(100_000)}\n`,
    });
    for (const view of ['', '?view=split']) {
      const html = await shown(`/item/shop/${n}/diff${view}`);
      expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
      expect(html).toContain('<span class="hid">&lt;U+202E&gt;</span>');
      expect(html).toContain('<span class="hid">␍</span>');
      expect(html).not.toMatch(/<img|<script>/);
      expect(html).not.toMatch(/<[^>]*\s(?:on\w+|style)=/i);
      expect(html.length).toBeLessThan(60_000);
      expect(html).toContain('98000 characters of this line are left out');
    }
  });

  it('are quick and small for 50 MB, with large files folded and fetched when they are opened', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`many/${i}.txt`, `${i}\n${line.repeat(400)}`]));
    const { n } = reviewed({ ...many, 'huge.txt': line.repeat(260_000), 'large.ts': line.repeat(8_000), 'small.ts': 'let x = 1;\n' });
    const first = performance.now();
    const html = await shown(`/item/shop/${n}/diff`);
    const took = performance.now() - first;
    const again = performance.now();
    await shown(`/item/shop/${n}/diff`);
    const second = performance.now() - again;
    const sent = gzipSync(html).length;
    figure(`the page of a change of 50 MB: ${Math.round(took)} ms, again ${Math.round(second)} ms, ${Math.round(sent / 1000)} kB sent`);
    expect(html.length).toBeLessThan(1_500_000);
    expect(sent).toBeLessThan(80_000);
    expect(html).toContain('103 files more');
    expect(html).toContain('Binary, or too large to compare. (26 MB)');
    const folded = Array.from(html.matchAll(/data-loads="([^"]*large\.ts)" data-part="([^"]*)"/g))[0];
    const [, url = '', id = ''] = folded ?? [];
    const part = await shown(`${url.replaceAll('&amp;', '&')}&part=${id}`);
    expect(part).toContain('Too long to show here');
    expect(part.length).toBeLessThan(4_000_000);
  });

  it('that an agent made since are those that are shown next', async () => {
    const { n, branch } = reviewed({ 'a.txt': 'first\n' });
    expect(textOf(await shown(`/item/shop/${n}/diff`))).toContain('first');
    desk.owner.git(['switch', '-q', branch]);
    desk.owner.commit({ 'a.txt': 'second\n' }, 'more');
    desk.owner.git(['switch', '-q', 'main']);
    expect(textOf(await shown(`/item/shop/${n}/diff`))).toContain('second');
  });
});

describe('a comment on a line', () => {
  it('names the file, the line and what stands there, for the agent, for people, or as a rejection', async () => {
    const { n } = reviewed({ 'src/a.ts': 'one\nconst rate = 0.19;\n' });
    const html = await shown(`/item/shop/${n}/diff`);
    const [, link = ''] = /href="([^"]*line=after%3A2)"/.exec(html) ?? [];
    const form = await shown(`${link.replaceAll('&amp;', '&')}&part=comment`);
    const text = /<textarea[^>]*>\s*([\s\S]*?)<\/textarea/.exec(form)?.[1] ?? '';
    expect(textOf(text)).toContain('On src/a.ts:2:');
    expect(textOf(text)).toContain('> const rate = 0.19;');
    const words = Array.from(form.matchAll(/name="command" value="([^"]*)"/g), ([, value = '']) => value);
    expect(words).toEqual([`tell shop#${n}`, `comment shop#${n}`, `reject shop#${n}`]);
    for (const word of words) expect((await world.say(`${word} ${textOf(text)}\n> really?\nTake it from the settings.`)).ok).toBe(true);
    expect(world.item(n).told?.[0]?.text).toContain('On src/a.ts:2:');
    expect(world.item(n).failure?.evidence).toContain('Take it from the settings.');
    // Without a script it is a page of its own.
    expect(await shown(link.replaceAll('&amp;', '&'))).toContain('id="comment"');
  });

  it('is offered to nobody who may say nothing, and on no line that is not there', async () => {
    const { n } = reviewed({ 'a.txt': 'one\n' });
    expect(await shown(`/item/shop/${n}/diff`, 'viewer')).not.toContain('data-comment');
    for (const line of ['after:99', 'before:1', 'after:-1', 'after:1e3', 'constructor', '']) {
      expect(await pages.get(`/item/shop/${n}/diff?file=a.txt&line=${line}&part=comment`)).toBeNull();
    }
    expect(await pages.get(`/item/shop/${n}/diff?file=a.txt&line=after:1&part=comment`, 'viewer')).toBeNull();
    expect(await pages.get(`/item/shop/${n}/diff?file=a.txt&line=after:1&part=comment`)).not.toBeNull();
    expect(await pages.get(`/item/shop/${n}/diff?file=none.txt`)).toBeNull();
  });
});

describe('colours', () => {
  it('keep every character of every line, whatever the language and the lines before', () => {
    const piece = fc.constantFrom(
      '"',
      "'",
      '`',
      '/*',
      '*/',
      '//',
      '#',
      '<!--',
      '-->',
      '--',
      '\\',
      'const',
      ' ',
      '12',
      'x',
      '\t',
      '𝕳',
      '"""',
      '\ud800',
    );
    const line = fc.array(piece, { maxLength: 30 }).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('a.ts', 'a.py', 'a.sql', 'a.html', 'a.css', 'a.sh', 'a.yml', 'a.rb', 'a'),
        (lines, path) => {
          let open: Open = null;
          for (const text of lines) {
            const read = highlight(text, languageOf(path), open);
            open = read.open;
            expect(read.pieces.map((one) => one.text).join('')).toBe(text);
          }
        },
      ),
    );
  });

  it('know comments, strings, numbers and keywords, also over several lines', () => {
    const tones = (text: string, path: string, open: Open = null): string[] =>
      highlight(text, languageOf(path), open)
        .pieces.filter(({ tone }) => tone !== 'plain')
        .map(({ tone, text: of }) => `${tone}: ${of}`);
    expect(tones(`const a = "it's" + 12; // so`, 'a.ts')).toEqual(['keyword: const', `string: "it's"`, 'number: 12', 'comment: // so']);
    expect(tones("don't def", 'a.py')).toEqual(['keyword: def']);
    const { open } = highlight('a /* b', languageOf('a.ts'), null);
    expect(tones('c */ return', 'a.ts', open)).toEqual(['comment: c */', 'keyword: return']);
    expect(languageOf('Makefile')).toBe(languageOf('a.yml'));
    expect(languageOf('constructor')).toBeNull();
  });

  it('mark what changed within a line, and only whole characters', () => {
    expect(changedWithin('const one = 1;', 'const one = 2;')).toEqual({ before: { from: 12, to: 13 }, after: { from: 12, to: 13 } });
    expect(changedWithin('completely', 'different')).toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const found = changedWithin(before, after);
        if (found === null) return true;
        const [a, b] = [before.slice(0, found.before.from), after.slice(0, found.after.from)];
        const [y, z] = [before.slice(found.before.to), after.slice(found.after.to)];
        return (
          a === b &&
          y === z &&
          a.isWellFormed() &&
          y.isWellFormed() &&
          found.before.from <= found.before.to &&
          found.after.from <= found.after.to
        );
      }),
    );
  });
});
