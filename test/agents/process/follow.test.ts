import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followFile, LINE_BYTES, lineSplitter } from '../../../src/agents/process/follow.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher-follow-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('gives the same lines however the bytes are cut into chunks', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), line, fc.array(fc.integer({ min: 1, max: 9 })), (lines, last, sizes) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join('') + last);
      const seen: string[] = [];
      const splitter = lineSplitter((text) => seen.push(text));
      let at = 0;
      for (const size of sizes) {
        splitter.push(bytes.subarray(at, at + size));
        at = Math.min(bytes.length, at + size);
      }
      splitter.push(bytes.subarray(at));
      splitter.end();
      expect(seen).toEqual(last === '' ? lines : [...lines, last]);
    }),
  );
});

it('cuts a line that is too long, says how much is missing, and continues with the next', () => {
  const seen: string[] = [];
  const splitter = lineSplitter((text) => seen.push(text));
  splitter.push(Buffer.from('x'.repeat(LINE_BYTES)));
  splitter.push(Buffer.from('yyyyy\nnext\n'));
  expect(seen[0]).toBe(`${'x'.repeat(LINE_BYTES)} [… 5 bytes cut]`);
  expect(seen[1]).toBe('next');
});

it('takes a carriage return off the end of a line', () => {
  const seen: string[] = [];
  const splitter = lineSplitter((text) => seen.push(text));
  splitter.push(Buffer.from('a\r\nb\rc\n'));
  expect(seen).toEqual(['a', 'b\rc']);
});

it('reads what was appended since the last look, a half line only when it is whole or at the end', async () => {
  const path = join(dir, 'out');
  const seen: string[] = [];
  const follower = followFile(path, (text) => seen.push(text), { bytes: 1000, exceeded: () => seen.push('too long') });
  await follower.readOn();
  expect(seen).toEqual([]);
  appendFileSync(path, 'one\ntw');
  await follower.readOn();
  expect(seen).toEqual(['one']);
  appendFileSync(path, 'o\nthr');
  await Promise.all([follower.readOn(), follower.readOn(), follower.readOn()]);
  expect(seen).toEqual(['one', 'two']);
  await follower.finish();
  expect(seen).toEqual(['one', 'two', 'thr']);
  expect(follower.offset).toBe(11);
});

it('reads no more than it may, and says that there is more', async () => {
  const path = join(dir, 'out');
  const seen: string[] = [];
  let exceeded = false;
  const follower = followFile(path, (text) => seen.push(text), {
    bytes: 6,
    exceeded: () => {
      exceeded = true;
    },
  });
  appendFileSync(path, 'one\ntw');
  await follower.readOn();
  expect(exceeded).toBe(false);
  appendFileSync(path, 'o\nthree\n');
  await follower.readOn();
  await follower.finish();
  expect(seen).toEqual(['one', 'tw']);
  expect(exceeded).toBe(true);
  expect(follower.offset).toBe(6);
});
