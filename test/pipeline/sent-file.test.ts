import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeName, safeType } from '../../src/pipeline/told/sent-file.ts';

describe('the name of a file that a person sent', () => {
  it('is no path, hides nothing, and is short, whatever their device called it', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom('..', '/', '\\', '.', '-', ' ', '\0', '\n', '\u202e', 'a', '漢', '👩‍👩‍👧', '.git', 'CON', '.png', '$(x)', '`'), {
          maxLength: 60,
        })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(wild, (name) => {
        const safe = safeName(name);
        expect(safe).toMatch(/^[\p{L}\p{M}\p{N}+][\p{L}\p{M}\p{N}._+ -]*$|^file/u);
        expect(safe).not.toMatch(/\.\.|[/\\\p{Cc}\p{Cf}]|^[-. ]|[-. ]$/u);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(80);
        expect(safe.isWellFormed()).toBe(true);
        expect(safeName(safe)).toBe(safe);
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays as it is where nothing is wrong with it, and keeps its ending', () => {
    for (const name of ['gap in the cart.png', 'Skizze_für-Anna (2).jpeg'.replace(/[()]/g, '_'), '写真.heic', 'v1.2+fix.tar.gz', 'README'])
      expect(safeName(name)).toBe(name.normalize('NFC'));
    expect(safeName('../../etc/passwd')).toBe('passwd');
    expect(safeName(String.raw`C:\Users\anna\gap.png`)).toBe('gap.png');
    expect(safeName(`${'x'.repeat(300)}.png`)).toMatch(/^x{76}\.png$/);
    expect(['', '...', '.png', ' - '].map(safeName)).toEqual(['file', 'file', 'png', 'file']);
  });
});

it('the type of a file is one that means what it says, or says nothing', () => {
  expect(safeType('image/PNG; charset=x')).toBe('image/png');
  for (const type of [null, '', 'image', 'a b/c', 'text/html\nx', '../x/y', `a/${'b'.repeat(100)}`])
    expect(safeType(type)).toBe('application/octet-stream');
});
