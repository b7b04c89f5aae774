import { expect, it } from 'vitest';
import { corpus } from '../../scripts/corpus.ts';

/** A person's or a reviewer's name says it all. */
const SILENT = new Set(['cause person', 'cause approved']);

it.each(corpus().map((said) => [said.of, said.text] as const))('%s has words', (of, text) => {
  expect(text === '').toBe(SILENT.has(of));
  expect(text).not.toMatch(/undefined|null|NaN|\[object|  +(?! )$|\/(?:srv|home|backups)\//);
  expect(text.includes('\n') && !of.startsWith('notice ')).toBe(false);
  // Rule of the voice: no hash of more than 8 digits.
  expect(text).not.toMatch(/\b[0-9a-f]{9,}\b/);
});

it('commands name an item of another project in full, and only there', () => {
  const typed = (room: string): string[] =>
    corpus()
      .filter(({ of }) => of.endsWith(`in a room of ${room}`))
      .flatMap(({ text }) => Array.from(text.matchAll(/`(?:start|stop|logs|retry|approve|accept|diff) ([^ `]+)/g), ([, ref = '']) => ref));
  expect(new Set(typed('shop'))).toEqual(new Set(['2']));
  expect(new Set(typed('docs'))).toEqual(new Set(['shop#2']));
});
