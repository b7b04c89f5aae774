import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendWords } from '../../../src/agents/process/words-file.ts';

let dir = '';
let file = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher-words-'));
  file = join(dir, 'told.jsonl');
  writeFileSync(file, '');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const words = (id: number): Parameters<typeof appendWords>[1][number] => ({
  id,
  from: 'anna',
  at: '2026-11-21T13:05:00.000Z',
  text: `${id}\nlines`,
});
const lines = (): string[] => readFileSync(file, 'utf8').split('\n');

it('holds each words once, whoever appends them how often', () => {
  appendWords(file, [words(1)]);
  appendWords(file, [words(1), words(2)]);
  appendWords(file, [words(1), words(2)]);
  expect(
    lines()
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { id: number }).id),
  ).toEqual([1, 2]);
});

it('says again, and says that it does, what was cut short', () => {
  appendWords(file, [words(1)]);
  writeFileSync(file, `${readFileSync(file, 'utf8')}${JSON.stringify({ type: 'told', ...words(2) }).slice(0, 20)}`);
  appendWords(file, [words(1), words(2)]);
  expect(lines()).toHaveLength(4);
  expect(JSON.parse(lines()[2] ?? '')).toEqual({ type: 'told', ...words(2), again: true });
});
