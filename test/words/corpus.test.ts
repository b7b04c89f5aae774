import { expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { corpus } from '../../scripts/corpus.ts';
import { declared } from '../../scripts/corpus/command-line.ts';
import { commandOf, replies } from '../../scripts/corpus/replies.ts';
import { sourceTexts } from '../../scripts/corpus/sources.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { commandName } from '../../src/words/described.ts';

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

it('the corpus has the message and the hint of every error code', () => {
  const said = sourceTexts().filter(({ of }) => of.startsWith('error '));
  const missing = Object.keys(ERROR_CODES).filter((code) => !said.some(({ of }) => of === `error ${code}`));
  expect(missing).toEqual([]);
});

it('the corpus has a reply and the help of every command', async () => {
  const said = await replies();
  const answered = new Set(said.map(commandOf));
  // `htop` only ends when its time is over.
  expect(COMMANDS.map(commandName).filter((name) => !answered.has(name))).toEqual(['htop']);
  const helped = new Set(declared().map(({ of }) => of));
  expect(COMMANDS.filter((command) => !helped.has(`help ${commandName(command)}`))).toEqual([]);
  expect(said.filter(({ text }) => /undefined|NaN|\[object/.test(text))).toEqual([]);
}, 120_000);
