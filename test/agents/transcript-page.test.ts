import { appendFileSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastFailure, readTranscript, type Entry } from '../../src/agents/transcript-page.ts';
import { BOUNDS } from '../../src/bounds.ts';
import { figure } from '../figure.ts';
import { leaveNothingBehind, runFixture } from './run-fixture.ts';

leaveNothingBehind();

const END = { at: 'end', ended: true } as const;
const plain = (text: string): string => text;

function runOf(runtime: string, output: string): string {
  const { runDir } = runFixture().spec;
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(runDir, 'run.json'), JSON.stringify({ runtime, model: null, resumed: false, startedAt: 0 }));
  writeFileSync(join(runDir, 'stdout'), output);
  return runDir;
}

function recorded(runtime: string, name: string): string {
  const runDir = runOf(runtime, '');
  copyFileSync(new URL(`recordings/${runtime}/${name}`, import.meta.url), join(runDir, 'stdout'));
  return runDir;
}

async function backwards(runDir: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let page = await readTranscript(runDir, END, plain); ; page = await readTranscript(runDir, { before: page.from }, plain)) {
    all.unshift(...page.entries);
    if (page.from === 0) return all;
  }
}

async function forwards(runDir: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let page = await readTranscript(runDir, { after: 0 }, plain); ; page = await readTranscript(runDir, { after: page.to }, plain)) {
    all.push(...page.entries);
    if (page.to >= page.size) return all;
  }
}

describe('a transcript', () => {
  it('has what the agent said in full, and its calls and answers to be unfolded', async () => {
    const { entries } = await readTranscript(recorded('claude', 'basic.jsonl'), END, plain);
    expect(entries.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'said: I will use Write.',
      'call: Write /repo/hello.txt',
      'answer: Write /repo/hello.txt',
      'said: I will use Bash.',
      'call: Bash git add -A && git commit -qm hello && git log --oneline',
      'answer: Bash git add -A && git commit -qm hello && git log --oneline',
      'said: All done.',
      'end: All done.',
    ]);
    expect(entries[1]?.whole).toContain('file_path: /repo/hello.txt');
    expect(entries[5]?.whole).toContain('hello');
    expect(entries[5]?.whole).not.toMatch(/uuid|session_id|toolu_/);
  });

  it.each(['claude', 'codex', 'gemini', 'opencode'])('of each recorded run of %s is read, by parts as in one piece', async (runtime) => {
    for (const name of readdirSync(new URL(`recordings/${runtime}`, import.meta.url)).filter((one) => one.endsWith('.jsonl'))) {
      const runDir = recorded(runtime, name);
      const { entries, from, to, size } = await readTranscript(runDir, END, plain);
      expect([from, to]).toEqual([0, size]);
      expect(entries.every(({ text }) => text !== '' && !text.includes('\n'))).toBe(true);
    }
    expect((await readTranscript(recorded(runtime, 'e401.jsonl'), END, plain)).entries.some(({ failed }) => failed)).toBe(true);
  });

  it('shows words with line breaks as they were said', async () => {
    const words = 'First.\n\n- one\n- two';
    const line = JSON.stringify({ type: 'assistant', message: { id: 'm', model: 'x', content: [{ type: 'text', text: words }] } });
    const { entries } = await readTranscript(runOf('claude', `${line}\n`), END, plain);
    expect(entries).toEqual([{ at: 0, kind: 'said', text: 'First. - one - two', whole: words, failed: false }]);
  });

  it('is the same read from its end and from its beginning, whatever the lines', async () => {
    const line = fc.oneof(
      fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\n{]/g, 'x')),
      fc.constantFrom(
        '',
        '{"type":"status","text":"ü"}',
        '{"type":"result","status":"failure","text":"no"}',
        '{"broken',
        'x'.repeat(3_000),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 900 }), async (lines) => {
        const runDir = runOf('command', lines.map((one) => `${one}\n`).join(''));
        const [first, second] = [await backwards(runDir), await forwards(runDir)];
        expect(first).toEqual(second);
        expect(new Set(first.map(({ at }) => at)).size).toBe(first.length);
      }),
      { numRuns: 25 },
    );
  });

  it('follows an output that grows, line by line', async () => {
    const runDir = runOf('command', 'one\ntw');
    const now = await readTranscript(runDir, { at: 'end', ended: false }, plain);
    expect([now.entries.map(({ text }) => text), now.to]).toEqual([['one'], 4]);
    appendFileSync(join(runDir, 'stdout'), 'o\nthree\nfo');
    const next = await readTranscript(runDir, { after: now.to }, plain);
    expect([next.entries.map(({ text }) => text), next.to]).toEqual([['two', 'three'], 14]);
    // Nobody writes any more: what has no line break was said all the same.
    expect((await readTranscript(runDir, END, plain)).entries.at(-1)?.text).toBe('fo');
  });

  it('reads no more than its bound of an endless output, nor of an endless line', async () => {
    const runDir = runOf('command', `${'y'.repeat(200)}\n`.repeat(300_000));
    const started = performance.now();
    const { entries, from, size } = await readTranscript(runDir, END, plain);
    figure(`a part of a transcript of ${Math.round(size / 2 ** 20)} MiB: ${Math.round(performance.now() - started)} ms`);
    expect(entries.length).toBe(200);
    expect(size - from).toBeLessThan(BOUNDS.transcriptLook);
    const line = runOf('command', `first\n${'z'.repeat(9 * 2 ** 20)}\nlast\n`);
    const texts = (await backwards(line)).map(({ text }) => text);
    expect(texts[0]).toBe('first');
    expect(texts.at(-1)).toBe('last');
    expect((await forwards(line)).map(({ text }) => text)).toContain('last');
    expect(statSync(join(line, 'stdout')).size).toBeGreaterThan(4 * BOUNDS.transcriptLook);
  });

  it('takes secrets out of whole texts before it cuts them', async () => {
    const secret = 'sk-secret-value';
    const words = `${'a '.repeat(BOUNDS.transcriptText)}${secret} ${'b '.repeat(BOUNDS.transcriptText / 2 - 5)}`;
    const line = JSON.stringify({ type: 'assistant', message: { id: 'm', model: 'x', content: [{ type: 'text', text: words }] } });
    const runDir = runOf('claude', `${line}\n`);
    writeFileSync(join(runDir, 'stderr'), `token ${secret}\n`);
    const page = await readTranscript(runDir, END, (text) => text.replaceAll(secret, '[redacted]'));
    expect(JSON.stringify(page)).not.toContain('secret-value');
    expect(page.complaints).toEqual(['token [redacted]']);
    expect(page.entries[0]?.whole?.length).toBeLessThan(BOUNDS.transcriptText + 100);
  });

  it('finds the last failure, also far from the end', async () => {
    const failure = '{"type":"result","status":"failure","text":"the disk is full"}';
    const runDir = runOf('command', `one\n${failure}\n${'later\n'.repeat(1_000)}`);
    expect(await lastFailure(runDir, plain)).toMatchObject({ at: 4, text: 'the disk is full', failed: true });
    expect(await lastFailure(runOf('command', 'fine\n'), plain)).toBeNull();
  });

  it('of a run without files is empty', async () => {
    const nothing = { entries: [], from: 0, to: 0, size: 0, complaints: [] };
    expect(await readTranscript('/nowhere/at/all', END, plain)).toEqual(nothing);
    expect(await readTranscript('/nowhere/at/all', { after: 12 }, plain)).toEqual(nothing);
  });
});
